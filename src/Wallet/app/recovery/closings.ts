/** Closed organisations and who keeps their records, by a trust pack of a pinned signer (docs/trust-pack.md). Of a pack only that stays on the phone: it is public, and stays readable while locked. */
import type { Bytes } from '../../../web/lib/bytes.ts';
import { readAll } from '../../../web/lib/net.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import type { Closed } from '../../../web/lib/recovery/depositary.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { get, write, type Row } from '../store/db.ts';

interface ClosingsRow extends Row {
  readonly signer: string;
  readonly version: number;
  /** Unix milliseconds of the last look that found a pack, newer or not. */
  readonly lookedAt: number;
  readonly closed: readonly Closed[];
}

const ID = 'closings';
const TIMEOUT = 60_000;

const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
/** Keys whose packs count, as the server wrote them into this version of the page. */
const signers = (): readonly string[] => meta('pack-signers').split(' ').filter(text => /^[\w-]{43}$/.test(text)).slice(0, 2);

/** What an earlier pack said. Nothing is asked of anybody. */
export async function closedIssuer(issuer: string): Promise<Closed | undefined> {
  return (await kept())?.closed.find(closed => closed.issuer === issuer);
}

/** The same, by a pack that is looked for first where the last look is more than `patience` milliseconds ago: the whole pack, the same for everybody, from the check page. Where there is none the earlier one serves. */
export async function lookUp(issuer: string, patience: number, outside: Outside): Promise<Closed | undefined> {
  const row = await kept();
  if (!row || Math.abs(Date.now() - row.lookedAt) > patience) await takeNewer(row, outside).catch(() => undefined);
  return closedIssuer(issuer);
}

/** Of the closed organisation with this id, as an earlier pack said. */
export async function closedName(id: unknown): Promise<string | undefined> {
  return (await kept())?.closed.find(closed => closed.id === id)?.name;
}

async function kept(): Promise<ClosingsRow | undefined> {
  const row = await get<ClosingsRow>('settings', ID);
  return row && signers().includes(row.signer) ? row : undefined;
}

async function takeNewer(row: ClosingsRow | undefined, outside: Outside): Promise<void> {
  const [page, pinned] = [meta('check-page'), signers()];
  if (!page || pinned.length === 0 || navigator.onLine === false) return;
  const file = await fetchPack(new URL('/trust/pack', page).href, outside);
  const [{ readTrustPack }, { closedIn }] = [await import('../../../web/lib/trustpack/pack.ts'), await import('../../../web/lib/recovery/depositary.ts')];
  const now = outside.now();
  const pack = await readTrustPack(file, { signers: pinned, heldVersion: row?.version ?? 0, now });
  await write([{ put: { id: ID, signer: pack.statement.signer, version: pack.statement.version, lookedAt: Date.now(), closed: closedIn(pack, now) }, in: 'settings' }]);
}

/** At most as large as a pack may be (MAX_PACK); it may take longer than what a person waits for. */
async function fetchPack(url: string, outside: Outside): Promise<Bytes> {
  const response = await outside.fetch(url, { cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(TIMEOUT) });
  return response.ok && response.body ? readAll(response.body.getReader(), 8 * 1024 * 1024) : refuse('unreachable', 'trust pack');
}
