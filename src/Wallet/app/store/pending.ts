/** What has begun and not ended: its keys and session, so that a closed browser or a lost network wastes no offer. Each row ends by itself. */
import type { IssuerMetadata } from '../../../web/lib/openid4vci/issuer.ts';
import type { Offer } from '../../../web/lib/openid4vci/offer.ts';
import type { Asked } from '../../../web/lib/openid4vci/page.ts';
import type { AccessToken } from '../../../web/lib/openid4vci/token.ts';
import { all, get, write, type Row } from './db.ts';
import { changing, seal, unseal } from './vault.ts';

// One of each at a time: a new offer replaces what was left unfinished. What an issuer has put off waits beside them, under a name of its own.
const RECEPTION = 'reception';
const PAGE = 'page';
/** How long a card may wait for the organisation's agreement, in seconds. */
const WAIT = 30 * 86_400;

export interface Session {
  /** Its row. */
  readonly id: string;
  readonly offer: Offer;
  readonly issuer: IssuerMetadata;
  readonly token: Omit<AccessToken, 'send'>;
  /** The name under which the token was given; none for an anonymous one. */
  readonly client?: string | undefined;
  /** The key that the token is bound to; without one it is a bearer token. */
  readonly bound?: CryptoKeyPair | undefined;
  /** The card whose place it takes: another organisation issues it in the place of one that has closed. */
  readonly replaces?: string;
  /** What the issuer has put off, configuration id → transaction. */
  readonly putOff?: Readonly<Record<string, string>>;
}

interface PendingRow extends Row {
  readonly keys: readonly CryptoKeyPair[];
  readonly bound?: CryptoKeyPair | undefined;
  /** Unix seconds; after it the row is of no use. */
  readonly until: number;
}

export type Unfinished = { readonly session: Session; readonly keys: readonly CryptoKeyPair[] } | { readonly asked: Asked };

export const newSession = (session: Omit<Session, 'id'>): Session => ({ ...session, id: RECEPTION });
/** One that takes the place of nothing else that is unfinished. */
export const besideOthers = (session: Omit<Session, 'id'>): Session => ({ ...session, id: crypto.randomUUID() });

/** A reception whose token is there. It takes the place of the page that led to it; one that was put off makes room for the next. */
export async function keepPending({ bound, ...session }: Session, keys: readonly CryptoKeyPair[]): Promise<Session> {
  const id = session.putOff && session.id === RECEPTION ? crypto.randomUUID() : session.id;
  const until = session.token.expiresAt + (session.putOff && session.token.refresh !== undefined ? WAIT : 0);
  const removed = id !== session.id ? RECEPTION : id === RECEPTION ? PAGE : undefined;
  await changing(async () => write([
    { put: { id, keys, bound, until, body: await seal('pending', id, session) }, in: 'pending' },
    ...(removed === undefined ? [] : [{ remove: removed, in: 'pending' as const }]),
  ]));
  return { ...session, id, bound };
}

/** The person is on the organisation's page. */
export async function keepPage(asked: Asked, key: CryptoKeyPair): Promise<void> {
  await changing(async () => write([
    { put: { id: PAGE, keys: [key], until: asked.expiresAt, body: await seal('pending', PAGE, asked) }, in: 'pending' },
    { remove: RECEPTION, in: 'pending' },
  ]));
}

/** What the answer with this `state` belongs to, once: it is forgotten. An answer that nobody asked for takes nothing away. */
export async function takePage(state: string, now: number): Promise<{ asked: Asked; key: CryptoKeyPair } | undefined> {
  await sweep(now);
  return changing(async () => {
    const row = await get<PendingRow>('pending', PAGE);
    if (!row) return undefined;
    const asked = await unseal<Asked>('pending', row);
    if (asked.state !== state) return undefined;
    await write([{ remove: PAGE, in: 'pending' }]);
    return { asked, key: row.keys[0]! };
  });
}

/** What was cut off, what waits, and the page that the person went to and did not come back from, by the names of their rows. */
export async function pending(now: number): Promise<ReadonlyMap<string, Unfinished>> {
  await sweep(now);
  return new Map(await Promise.all((await all<PendingRow>('pending')).map(async row => [row.id, row.id === PAGE
    ? { asked: await unseal<Asked>('pending', row) }
    : { session: { ...await unseal<Session>('pending', row), id: row.id, bound: row.bound }, keys: row.keys }] as const)));
}

export const dropPending = (id: string): Promise<void> => write([{ remove: id, in: 'pending' }]);

async function sweep(now: number): Promise<void> {
  const over = (await all<PendingRow>('pending')).filter(row => row.until <= now);
  await write(over.map(row => ({ remove: row.id, in: 'pending' })));
}
