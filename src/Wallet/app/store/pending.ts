/** What has begun and not ended: its keys and session, so that a closed browser or a lost network wastes no offer. Each row ends by itself. */
import type { IssuerMetadata } from '../../../web/lib/openid4vci/issuer.ts';
import type { Offer } from '../../../web/lib/openid4vci/offer.ts';
import type { Asked } from '../../../web/lib/openid4vci/page.ts';
import type { AccessToken } from '../../../web/lib/openid4vci/token.ts';
import { all, get, write, type Row } from './db.ts';
import { changing, seal, unseal } from './vault.ts';

/** One at a time: a new offer replaces what was left unfinished. */
export const PENDING = 'reception';
const PAGE = 'page';

export interface Session {
  readonly offer: Offer;
  readonly issuer: IssuerMetadata;
  readonly token: Pick<AccessToken, 'value' | 'expiresAt'>;
  /** The key that the token is bound to; without one it is a bearer token. */
  readonly bound?: CryptoKeyPair | undefined;
}

interface PendingRow extends Row {
  readonly keys: readonly CryptoKeyPair[];
  readonly bound?: CryptoKeyPair | undefined;
  /** Unix seconds; after it the row is of no use. */
  readonly until: number;
}

/** A reception whose token is there. It takes the place of the page that led to it. */
export async function keepPending({ bound, ...session }: Session, keys: readonly CryptoKeyPair[]): Promise<void> {
  await changing(async () => write([
    { put: { id: PENDING, keys, bound, until: session.token.expiresAt, body: await seal('pending', PENDING, session) }, in: 'pending' },
    { remove: PAGE, in: 'pending' },
  ]));
}

/** The person is on the organisation's page. */
export async function keepPage(asked: Asked, key: CryptoKeyPair): Promise<void> {
  await changing(async () => write([
    { put: { id: PAGE, keys: [key], until: asked.expiresAt, body: await seal('pending', PAGE, asked) }, in: 'pending' },
    { remove: PENDING, in: 'pending' },
  ]));
}

/** What the answer with this `state` belongs to, once: it is forgotten. An answer that nobody asked for takes nothing away. */
export async function takePage(state: string, now: number): Promise<{ asked: Asked; key: CryptoKeyPair } | undefined> {
  await sweep(now);
  return changing(async () => {
    const page = await waiting();
    if (!page || page.asked.state !== state) return undefined;
    await write([{ remove: PAGE, in: 'pending' }]);
    return page;
  });
}

/** The reception that was cut off, or the page that the person went to and did not come back from. */
export async function pending(now: number): Promise<{ session: Session; keys: readonly CryptoKeyPair[] } | { asked: Asked } | undefined> {
  await sweep(now);
  const row = await get<PendingRow>('pending', PENDING);
  return row ? { session: { ...await unseal<Session>('pending', row), bound: row.bound }, keys: row.keys } : waiting();
}

export const dropPending = (): Promise<void> => write([{ clear: 'pending' }]);

async function waiting(): Promise<{ asked: Asked; key: CryptoKeyPair } | undefined> {
  const row = await get<PendingRow>('pending', PAGE);
  return row && { asked: await unseal<Asked>('pending', row), key: row.keys[0]! };
}

async function sweep(now: number): Promise<void> {
  const over = (await all<PendingRow>('pending')).filter(row => row.until <= now);
  await write(over.map(row => ({ remove: row.id, in: 'pending' })));
}
