/** A reception that has begun: its keys and session, so that a closed browser or a lost network wastes no offer. */
import type { IssuerMetadata } from '../../../web/lib/openid4vci/issuer.ts';
import type { Offer } from '../../../web/lib/openid4vci/offer.ts';
import type { AccessToken } from '../../../web/lib/openid4vci/token.ts';
import { get, write, type Row } from './db.ts';
import { changing, seal, unseal } from './vault.ts';

/** One at a time: a new offer replaces what was left unfinished. */
export const PENDING = 'reception';

export interface Session {
  readonly offer: Offer;
  readonly issuer: IssuerMetadata;
  readonly token: AccessToken;
}

interface PendingRow extends Row {
  readonly keys: readonly CryptoKeyPair[];
  /** Unix seconds; after it the session is of no use. */
  readonly until: number;
}

export async function keepPending(session: Session, keys: readonly CryptoKeyPair[]): Promise<void> {
  await changing(async () => write([{ put: { id: PENDING, keys, until: session.token.expiresAt, body: await seal('pending', PENDING, session) }, in: 'pending' }]));
}

export async function pending(now: number): Promise<{ session: Session; keys: readonly CryptoKeyPair[] } | undefined> {
  const row = await get<PendingRow>('pending', PENDING);
  if (!row) return undefined;
  if (row.until <= now) {
    await dropPending();
    return undefined;
  }
  return { session: await unseal<Session>('pending', row), keys: row.keys };
}

export const dropPending = (): Promise<void> => write([{ remove: PENDING, in: 'pending' }]);
