/** What the wallet keeps of its sheet: keys that cannot be read, never the code. And a recovery that runs towards this phone. */
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { listId, listKey, sheetKey, type SheetKey } from '../../../web/lib/recovery/code.ts';
import { openList, sealList, type ListedCard } from '../../../web/lib/recovery/list.ts';
import { anchorAt, Declined, RecoveryService } from '../../../web/lib/recovery/service.ts';
import type { Bytes } from '../../../web/lib/bytes.ts';
import { cards, copies } from '../store/cards.ts';
import { get, write, type Row } from '../store/db.ts';

export interface Enrolment extends Row {
  readonly sheet: SheetKey;
  /** The key that may change the list and its contacts, and stop a recovery. */
  readonly holder: CryptoKeyPair;
  /** The list's version at the service. */
  readonly version: number;
  /** Cards whose issuer knows of the sheet. */
  readonly anchored: readonly string[];
}

export interface Recovering extends Row {
  /** Absent where the sheet was lost too. */
  readonly sheet?: SheetKey;
  readonly holder: CryptoKeyPair;
  readonly recovery: string;
  /** Issuers that have moved their cards. */
  readonly moved: readonly string[];
  /** Cards that have not come yet: kept here, since the list is written again as soon as others have. */
  readonly waiting?: readonly ListedCard[];
  /** Issuers whose staff must look first at some of them. */
  readonly held?: readonly string[];
}

const ENROLMENT = 'recovery';
const RECOVERING = 'recovering';

export const enrolment = (): Promise<Enrolment | undefined> => get<Enrolment>('settings', ENROLMENT);
export const recovering = (): Promise<Recovering | undefined> => get<Recovering>('settings', RECOVERING);
export const keepEnrolment = (kept: Omit<Enrolment, 'id'>): Promise<void> => write([{ put: { ...kept, id: ENROLMENT }, in: 'settings' }]);
export const keepRecovering = (kept: Omit<Recovering, 'id'>): Promise<void> => write([{ put: { ...kept, id: RECOVERING }, in: 'settings' }]);
export const endRecovering = (): Promise<void> => write([{ remove: RECOVERING, in: 'settings' }]);

/** The service as this wallet speaks to it. */
export const service = async (holder?: CryptoKeyPair, sheet?: SheetKey): Promise<RecoveryService> => new RecoveryService(location.origin, browserOutside(), holder && await signingKey(holder), sheet);

/** Makes a sheet known: the list first, then every issuer. Nothing is kept here before the service has it. */
export async function enrol(code: Bytes): Promise<Enrolment> {
  const before = await enrolment();
  // One key for the lists of one wallet: by it the contacts of the sheet before go over to the new one.
  const made: Enrolment = { id: ENROLMENT, sheet: await sheetKey(code), holder: before?.holder ?? await generateKeyPair(), version: 0, anchored: [] };
  return keepUp(made, before);
}

let turn: Promise<unknown> = Promise.resolve();

/** Tells issuers of new cards, and the list of what has changed; one after the other. Two tabs at once do the same twice, which changes nothing. */
export function keepUp(from?: Enrolment, before?: Enrolment): Promise<Enrolment> {
  const mine = turn.then(() => tell(from, before));
  turn = mine.catch(() => undefined);
  return mine;
}

async function tell(from?: Enrolment, before?: Enrolment): Promise<Enrolment> {
  let now = from ?? (await enrolment())!;
  const held = await cards();
  const fresh = held.filter(card => !now.anchored.includes(card.id));
  if (now.version > 0 && fresh.length === 0 && now.anchored.every(id => held.some(card => card.id === id))) return now;
  const listed = [...held.map(card => ({ issuer: card.issuer.iss, name: card.issuer.name, vct: card.vct })), ...(await recovering())?.waiting ?? []];
  now = { ...now, version: await writeList(now, listed) };
  if (before) await (await service(before.holder, before.sheet)).replaceBy(await listId(now.sheet));
  await write([{ put: now, in: 'settings' }]);
  for (const card of fresh) {
    const [copy] = await copies(card.id);
    // An issuer that knows nothing of recovery stays on the list all the same: the sheet says whom to ask.
    await anchorAt(card.issuer.iss, await signingKey(copy!.keys), now.sheet, browserOutside());
    now = { ...now, anchored: [...now.anchored.filter(id => held.some(one => one.id === id)), card.id] };
    await write([{ put: now, in: 'settings' }]);
  }
  return now;
}

async function writeList(now: Enrolment, listed: readonly ListedCard[], again = true): Promise<number> {
  const [id, key, speaking] = [await listId(now.sheet), await listKey(now.sheet), await service(now.holder, now.sheet)];
  try {
    await speaking.write(await sealList(listed, key, id, now.version + 1, browserOutside().random), now.version);
    return now.version + 1;
  } catch (error) {
    // Written, and the answer lost: go on from what is there.
    const there = again && error instanceof Declined && error.code === 'stale' ? await speaking.read() : undefined;
    if (!there) throw error;
    return writeList({ ...now, version: there.version }, listed, false);
  }
}

/** What the list of a sheet says; undefined where the service knows no such sheet. */
export async function readList(sheet: SheetKey): Promise<{ readonly cards: readonly ListedCard[]; readonly version: number } | undefined> {
  const there = await (await service(undefined, sheet)).read();
  return there && { cards: await openList(there.sealed, await listKey(sheet), await listId(sheet), there.version), version: there.version };
}
