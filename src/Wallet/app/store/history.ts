/** Who asked for what and what was shared. Names of claims only: the values stay in the cards. */
import { all, write, type Row } from './db.ts';
import { changing, seal, unseal } from './vault.ts';

export interface Event {
  readonly id: string;
  /** Unix milliseconds, by the clock as it was known then: it may be set right between two events. */
  readonly at: number;
  readonly way: 'online' | 'code';
  /** `refused`: by the wallet itself, before anybody could agree. */
  readonly outcome: 'shared' | 'declined' | 'failed' | 'refused';
  /** As the asker states it. */
  readonly asker: string;
  /** How far that statement was verified; a string key under `who.`. */
  readonly verified: string;
  readonly purpose: string;
  readonly shared: readonly {
    readonly vct: string; readonly issuer: string; readonly claims: readonly string[];
    /** Our own signed line (src/web/lib/receipt/shown.ts). */
    readonly line?: string;
  }[];
  /** Thumbprint of the key that asked, and the question as it signed it. */
  readonly key?: string;
  readonly question?: string;
  /** Where the receipt of a code can be asked for. */
  readonly from?: string;
  /** What the verifier signed about its checks, as it came. */
  readonly receipts?: readonly string[];
  /** Put out of sight by the person. */
  readonly hidden?: boolean;
}

/** `turn`: place in the order in which things happened. It lies beside the content, since what happens is written down also where nobody may read. */
interface EventRow extends Row { readonly turn?: number }

const turnOf = ({ turn }: EventRow): number => turn ?? 0;

/** What happened last first. */
export async function events(): Promise<Event[]> {
  const opened = await Promise.all((await all<EventRow>('history')).map(async row => ({ turn: turnOf(row), event: await unseal<Event>('history', row) })));
  return opened.sort((a, b) => b.turn - a.turn || b.event.at - a.event.at).map(({ event }) => event);
}

/** Keeps what is new after everything else, and what is there already in its place. */
export async function record(event: Event): Promise<void> {
  await changing(async () => {
    const rows = await all<EventRow>('history');
    const turn = rows.find(({ id }) => id === event.id)?.turn ?? Math.max(0, ...rows.map(turnOf)) + 1;
    await write([{ put: { id: event.id, turn, body: await seal('history', event.id, event) }, in: 'history' }]);
  });
}

export const forget = (id: string): Promise<void> => write([{ remove: id, in: 'history' }]);
export const forgetAll = (): Promise<void> => write([{ clear: 'history' }]);
