/** Who asked for what and what was shared. Names of claims only: the values stay in the cards. */
import { all, write } from './db.ts';
import { changing, seal, unseal } from './vault.ts';

export interface Event {
  readonly id: string;
  /** Unix milliseconds, by the clock as it was known then: it may be set right between two events. */
  readonly at: number;
  /** Place in the order in which things happened; given by `record`. */
  readonly turn?: number;
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

/** What happened last first. */
export async function events(): Promise<Event[]> {
  const opened = await Promise.all((await all('history')).map(row => unseal<Event>('history', row)));
  return opened.sort((a, b) => (b.turn ?? 0) - (a.turn ?? 0) || b.at - a.at);
}

/** Keeps what is new after everything else, and what is there already in its place. */
export async function record(event: Event): Promise<void> {
  await changing(async () => {
    const before = await events();
    const turn = before.find(({ id }) => id === event.id)?.turn ?? (before[0]?.turn ?? 0) + 1;
    await write([{ put: { id: event.id, body: await seal('history', event.id, { ...event, turn }) }, in: 'history' }]);
  });
}

export const forget = (id: string): Promise<void> => write([{ remove: id, in: 'history' }]);
export const forgetAll = (): Promise<void> => write([{ clear: 'history' }]);
