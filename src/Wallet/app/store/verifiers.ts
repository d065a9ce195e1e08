/** The signed list of registered verifiers, carried on this phone. Public, so it stays readable while locked. */
import { readVerifierList, type VerifierList } from '../../../web/lib/verifiers.ts';
import { get, write, type Row } from './db.ts';

const ID = 'verifiers';
const FRESH = 3600_000;
const TIMEOUT = 4000;

interface ListRow extends Row {
  readonly jwt: string;
  /** Unix milliseconds of the last look that found a list, newer or not. */
  readonly lookedAt: number;
}

/** Thumbprints of the keys whose signature counts, as the server wrote them into this version of the page. None: a wallet without a list. */
export function signers(): readonly string[] {
  return document.querySelector<HTMLMetaElement>('meta[name="verifier-signers"]')?.content.split(' ').filter(text => /^[\w-]{43}$/.test(text)) ?? [];
}

/** The list at hand: checked anew, since what is pinned may have changed. Looks for a newer one first when it is old or absent; without a network the one at hand serves. */
export async function verifierList(): Promise<VerifierList | undefined> {
  const row = await get<ListRow>('settings', ID);
  const kept = row && await opened(row.jwt);
  const now = Date.now();
  if (row && kept && now < kept.expires * 1000 && Math.abs(now - row.lookedAt) < FRESH) return kept;
  return refreshVerifiers();
}

/** Looks for a newer list; returns the one then at hand. */
export async function refreshVerifiers(): Promise<VerifierList | undefined> {
  await takeNewer();
  const row = await get<ListRow>('settings', ID);
  return row && opened(row.jwt);
}

/** Takes a newer list from the wallet's own server, if there is one and it can be reached. An older one than ours is never taken. */
async function takeNewer(): Promise<void> {
  if (signers().length === 0 || navigator.onLine === false) return;
  try {
    const response = await fetch('verifiers.jwt', { cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) return;
    const jwt = await response.text();
    const list = await readVerifierList(jwt, signers());
    const row = await get<ListRow>('settings', ID);
    const kept = row && await opened(row.jwt);
    if (kept && kept.version > list.version) return;
    await write([{ put: { id: ID, jwt: kept && kept.version === list.version ? row.jwt : jwt, lookedAt: Date.now() }, in: 'settings' }]);
  } catch {
    // no network, or no list by a pinned key: the one at hand serves
  }
}

async function opened(jwt: string): Promise<VerifierList | undefined> {
  try {
    return await readVerifierList(jwt, signers());
  } catch {
    return undefined;
  }
}
