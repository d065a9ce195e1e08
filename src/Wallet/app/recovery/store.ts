/** What the wallet keeps of its sheet: keys that cannot be read, never the code. And a recovery that runs towards this phone. */
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { listId, listKey, sheetKey, type SheetKey } from '../../../web/lib/recovery/code.ts';
import { openList, sealList, type ListedCard } from '../../../web/lib/recovery/list.ts';
import { anchorAt, Declined, RecoveryService, type Told } from '../../../web/lib/recovery/service.ts';
import type { Bytes } from '../../../web/lib/bytes.ts';
import { cards, copies, type Card } from '../store/cards.ts';
import { exclusively, get, write, type Row } from '../store/db.ts';

export interface Enrolment extends Row {
  readonly sheet: SheetKey;
  /** The key that may change the list and its contacts, and stop a recovery. */
  readonly holder: CryptoKeyPair;
  /** The list's version at the service. */
  readonly version: number;
  /** Cards whose issuer said that it knows of the sheet. */
  readonly anchored: readonly string[];
  /** Cards whose issuer said that it gives none back by a sheet of this phone. */
  readonly without?: readonly string[];
  /** What the list says, to see when it must be written again. */
  readonly listed?: readonly string[];
  /** Nobody has seen the code yet: the page ended before the sheet was shown. */
  readonly unseen?: boolean;
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
/** A sheet that is about to take the place of the one before. */
const NEXT = 'recovery-next';
const RECOVERING = 'recovering';
/** Milliseconds within which an issuer that did not take it is not asked again by itself. */
const PATIENCE = 600_000;

export const enrolment = (): Promise<Enrolment | undefined> => get<Enrolment>('settings', ENROLMENT);
export const recovering = (): Promise<Recovering | undefined> => get<Recovering>('settings', RECOVERING);
export const keepRecovering = (kept: Omit<Recovering, 'id'>): Promise<void> => write([{ put: { ...kept, id: RECOVERING }, in: 'settings' }]);
export const endRecovering = (): Promise<void> => write([{ remove: RECOVERING, in: 'settings' }]);

/** The service as this wallet speaks to it. */
export const service = async (holder?: CryptoKeyPair, sheet?: SheetKey): Promise<RecoveryService> => new RecoveryService(location.origin, browserOutside(), holder && await signingKey(holder), sheet);

/** One key for all lists of one wallet: by it the contacts of a sheet go over to the next one, and one phone stops what either begins. */
export const holderKey = async (): Promise<CryptoKeyPair> => (await enrolment())?.holder ?? (await recovering())?.holder ?? await generateKeyPair();

let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

/** Makes the list of a new sheet at the service, in the place of the one before. Issuers hear of it by {@link keepUp}, after {@link seen}: until then the one on paper is the one that they know. */
export const enrol = (code: Bytes): Promise<Enrolment> => inTurn(async () => {
  const before = await settle();
  const bare: Enrolment = { id: ENROLMENT, sheet: await sheetKey(code), holder: await holderKey(), version: 0, anchored: [], unseen: true };
  const made = { ...bare, ...await writeList(bare) };
  if (!before) {
    await write([{ put: made, in: 'settings' }]);
    return made;
  }
  await write([{ put: { ...made, id: NEXT }, in: 'settings' }]); // from here on a page that ends loses nothing
  return replace(before, made);
});

/** The sheet was on the screen. */
export const seen = (shown: Enrolment): Promise<void> => change(shown, () => ({ unseen: false }));

/** A sheet that brought cards to this phone is this phone's. Where it has made one of its own, that one stays, and the contacts of the other go over if they can. */
export const adopt = (sheet: SheetKey, holder: CryptoKeyPair): Promise<void> => inTurn(async () => {
  const own = await settle();
  if (own && !await isOf(own, sheet)) await (await service(own.holder, sheet)).replaceBy(await listId(own.sheet)).catch((error: unknown) => { if (!(error instanceof Declined)) throw error; });
  else await write([{ put: { id: ENROLMENT, sheet, holder, version: (await readList(sheet))?.version ?? 0, anchored: [] }, in: 'settings' }]);
});

/**
 * Tells the list of what has changed, and issuers of their cards: each by itself, so that one that is gone or refuses keeps nobody else from it. What was not taken is told again later;
 * `again`: now, whenever it was tried last. Two tabs at once do the same twice, which changes nothing.
 */
export async function keepUp(again = false): Promise<void> {
  const now = await inTurn(async () => {
    const kept = await settle();
    if (!kept || sameTexts(kept.listed ?? [], await listing())) return kept;
    // Kept before it was written down what the list says: then every answer of an issuer counted as told.
    const changed = { ...await writeList(kept), ...(kept.listed === undefined && { anchored: [] }) };
    await change(kept, () => changed);
    return { ...kept, ...changed };
  });
  if (!now || now.unseen) return;
  const fresh = (await cards()).filter(card => inForce(card) && !now.anchored.includes(card.id) && (again || (!now.without?.includes(card.id) && !rests(card.issuer.iss))));
  await Promise.all([...new Set(fresh.map(card => card.issuer.iss))].map(iss => tell(now, iss, fresh.filter(card => card.issuer.iss === iss))));
}

/** Names of issuers that do not know of the sheet yet (`later`: they are told again), and of those that give none back by it (`never`). */
export async function untold(): Promise<{ readonly later: readonly string[]; readonly never: readonly string[] }> {
  const kept = await enrolment();
  const left = (await cards()).filter(card => kept && inForce(card) && !kept.anchored.includes(card.id));
  const names = (without: boolean): string[] => [...new Set(left.filter(card => (kept?.without?.includes(card.id) ?? false) === without).map(card => card.issuer.name))];
  return { later: names(false), never: names(true) };
}

/** When an issuer that did not take it was last asked. */
const tried = new Map<string, number>();
const rests = (iss: string): boolean => Date.now() - (tried.get(iss) ?? -Infinity) < PATIENCE;

/** A card that has ended is moved to no phone. */
const inForce = (card: Card): boolean => card.status?.value !== 'revoked' && !card.replaced && !(card.expires !== undefined && card.expires * 1000 <= Date.now());

async function tell(now: Enrolment, iss: string, theirs: readonly Card[]): Promise<void> {
  for (const card of theirs) {
    const [copy] = await copies(card.id);
    if (!copy) continue; // deleted meanwhile
    let told: Told | undefined;
    try {
      told = await anchorAt(iss, await signingKey(copy.keys), now.sheet, browserOutside());
    } catch {
      // no way to it: its other cards wait too
    }
    if (told !== 'known') tried.set(iss, Date.now());
    if (told === undefined) return;
    const and = (ids: readonly string[] | undefined, wanted: Told): readonly string[] => [...(ids ?? []).filter(id => id !== card.id), ...(told === wanted ? [card.id] : [])];
    await change(now, kept => ({ anchored: and(kept.anchored, 'known'), without: and(kept.without, 'without') }));
  }
}

/** What is kept of this sheet, changed; nothing is where another one has taken its place. */
const change = (of: Enrolment, by: (kept: Enrolment) => Partial<Enrolment>): Promise<void> => exclusively(async () => {
  const kept = await enrolment();
  if (kept && await isOf(of, kept.sheet)) await write([{ put: { ...kept, ...by(kept) }, in: 'settings' }]);
});

const isOf = async (kept: Enrolment, sheet: SheetKey): Promise<boolean> => await listId(kept.sheet) === await listId(sheet);

/** What is kept of the sheet, once what a closed page left between two sheets is at its end. */
export const settled = (): Promise<Enrolment | undefined> => inTurn(settle);

/** Ends what a page that was closed left between two sheets. The service has replaced the one before: then the next one is this phone's; or it has not, and the one before goes on. */
async function settle(): Promise<Enrolment | undefined> {
  const [kept, next] = await Promise.all([enrolment(), get<Enrolment>('settings', NEXT)]);
  if (!kept || !next) return kept;
  if ((await (await service(kept.holder, kept.sheet)).state()).replaced_at !== null) return replace(kept, next);
  await write([{ remove: NEXT, in: 'settings' }]);
  return kept;
}

async function replace(before: Enrolment, next: Enrolment): Promise<Enrolment> {
  await (await service(before.holder, before.sheet)).replaceBy(await listId(next.sheet));
  const now = { ...next, id: ENROLMENT };
  await exclusively(async () => {
    const kept = await enrolment();
    const done = kept && await isOf(kept, next.sheet); // by another tab, where it may have been shown
    await write([...(done ? [] : [{ put: now, in: 'settings' as const }]), { remove: NEXT, in: 'settings' }]);
  });
  return now;
}

const listedCards = async (): Promise<readonly ListedCard[]> => [...(await cards()).map(card => ({ issuer: card.issuer.iss, name: card.issuer.name, vct: card.vct })), ...(await recovering())?.waiting ?? []];
/** The same as what is on the list, without a word of what it is. */
const listing = async (): Promise<readonly string[]> => [...(await cards()).map(card => card.id).sort(), `${(await recovering())?.waiting?.length ?? 0}`];
const sameTexts = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((text, i) => text === b[i]);

async function writeList(now: Enrolment, again = true): Promise<Pick<Enrolment, 'version' | 'listed'>> {
  const [id, key, speaking, listed] = [await listId(now.sheet), await listKey(now.sheet), await service(now.holder, now.sheet), await listing()];
  try {
    await speaking.write(await sealList(await listedCards(), key, id, now.version + 1, browserOutside().random), now.version);
    return { version: now.version + 1, listed };
  } catch (error) {
    // Written, and the answer lost: go on from what is there.
    const there = again && error instanceof Declined && error.code === 'stale' ? await speaking.read() : undefined;
    if (!there) throw error;
    return writeList({ ...now, version: there.version }, false);
  }
}

/** What the list of a sheet says; undefined where the service knows no such sheet. */
export async function readList(sheet: SheetKey): Promise<{ readonly cards: readonly ListedCard[]; readonly version: number } | undefined> {
  const there = await (await service(undefined, sheet)).read();
  return there && { cards: await openList(there.sealed, await listKey(sheet), await listId(sheet), there.version), version: there.version };
}
