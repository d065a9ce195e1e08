/** Cards and their one-time copies. A card arrives whole, with all copies, in one transaction. */
import { all, copiesOf, get, write, type Change, type Row } from './db.ts';
import { changing, seal, unseal } from './vault.ts';

export interface IssuerFacts {
  /** The issuer identifier (a URL). */
  readonly iss: string;
  readonly name: string;
  /** ISO 3166 alpha-2, as the issuer states it. */
  readonly country?: string;
  readonly demonstration: boolean;
}

export type StatusAnswer = 'valid' | 'revoked' | 'suspended' | 'unknown';

/** What the issuer's status list said, and when the list was signed and fetched (Unix milliseconds). */
export interface StatusFacts {
  readonly value: StatusAnswer;
  readonly signedAt: number;
  readonly fetchedAt: number;
}

/** What can be printed, as the issuer signed it. */
export interface PaperFacts {
  /** `IDD:…` */
  readonly text: string;
  /** Unix milliseconds. */
  readonly madeAt: number;
  /** Of the paper itself, as last read. */
  readonly status?: StatusFacts;
}

export interface Card {
  readonly id: string;
  readonly vct: string;
  readonly issuer: IssuerFacts;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly receivedAt: number;
  /** Unix seconds. */
  readonly expires?: number;
  readonly status?: StatusFacts;
  /** The issuer said that a corrected one took its place. */
  readonly replaced?: boolean;
  /** Absent where the issuer gave none. */
  readonly paper?: PaperFacts;
  /** Absent where the issuer lets nobody fetch more copies. */
  readonly more?: MoreFacts;
}

/** What fetches more copies, good with the key beside the card alone. */
export interface MoreFacts {
  /** Replaced at each use. */
  readonly refresh: string;
  /** The name under which it was given; none for an anonymous one. */
  readonly client?: string;
  readonly configurationIds: readonly string[];
}

interface CardRow extends Row {
  /** The key that the refresh token is bound to. */
  readonly bound?: CryptoKeyPair;
}

/** The issuer's proof of one copy in the log, as last fetched. */
export interface ReceiptFacts {
  readonly proof: string;
  readonly anchor: Readonly<Record<string, unknown>> | null;
  /** What proves the anchor to somebody who asks no node; the issuer has it some seconds later. */
  readonly state?: Readonly<Record<string, unknown>> | null;
}

export interface CopyContent {
  /** SD-JWT VC as issued, all disclosures. */
  readonly sdJwt: string;
  /** Compact credential in base64url, absent where the issuer offers none. */
  readonly compact?: string;
  readonly receipt?: ReceiptFacts;
}

/** One copy: its own key, salts, status index. Shown once where possible, so that two verifiers cannot compare notes. */
export interface Copy {
  readonly id: string;
  readonly card: string;
  readonly order: number;
  readonly keys: CryptoKeyPair;
  readonly used: number;
  readonly content: CopyContent;
}

interface CopyRow extends Row {
  readonly card: string;
  readonly order: number;
  readonly keys: CryptoKeyPair;
  readonly used: number;
}

export async function cards(): Promise<Card[]> {
  const opened = await Promise.all((await all('cards')).map(row => unseal<Card>('cards', row)));
  return opened.sort((a, b) => b.receivedAt - a.receivedAt);
}

export async function card(id: string): Promise<Card | undefined> {
  const row = await get('cards', id);
  return row && unseal<Card>('cards', row);
}

export async function copies(card: string): Promise<Copy[]> {
  const rows = await copiesOf<CopyRow>(card);
  const opened = await Promise.all(rows.map(async row => ({
    id: row.id, card: row.card, order: row.order, keys: row.keys, used: row.used, content: await unseal<CopyContent>('copies', row),
  })));
  return opened.sort((a, b) => a.order - b.order);
}

/** How many copies were never shown; readable without opening them. */
export async function unused(card: string): Promise<number> {
  return (await copiesOf<CopyRow>(card)).filter(row => row.used === 0).length;
}

/** Stores what one offer brought, cards with all their copies, and ends the pending reception: all or nothing. `replaces`: a card that has ended with it, if it is of the same type. */
export async function addCards(received: readonly { readonly card: Card; readonly copies: readonly Copy[] }[], pending: string, more?: { readonly facts: MoreFacts; readonly key: CryptoKeyPair }, replaces?: string): Promise<void> {
  await changing(async () => {
    const changes: Change[] = [{ remove: pending, in: 'pending' }];
    let newest = (await cards())[0]?.receivedAt ?? 0;
    for (const { card, copies } of received) {
      newest = Math.max(card.receivedAt, newest + 1); // what comes later is newer, also where the clock was set right in between
      changes.push({ put: { id: card.id, ...(more && { bound: more.key }), body: await seal('cards', card.id, { ...card, receivedAt: newest, ...(more && { more: more.facts }) }) }, in: 'cards' });
      for (const { content, ...plain } of copies) changes.push({ put: { ...plain, body: await seal('copies', plain.id, content) }, in: 'copies' });
      const row = replaces === undefined ? undefined : await get('cards', replaces);
      const old = row && await unseal<Card>('cards', row);
      if (old?.vct === card.vct) changes.push({ put: { ...row!, body: await seal('cards', old.id, { ...old, replaced: true, status: { value: 'revoked', signedAt: newest, fetchedAt: newest } }) }, in: 'cards' });
    }
    await write(changes);
  });
}

/** Changes what is known about a card; does nothing when it was deleted meanwhile. */
export async function updateCard(id: string, change: Partial<Pick<Card, 'status' | 'replaced' | 'more' | 'paper'>>): Promise<void> {
  await changing(async () => {
    const row = await get('cards', id);
    if (!row) return;
    const next = { ...await unseal<Card>('cards', row), ...change };
    await write([{ put: { ...row, body: await seal('cards', id, next) }, in: 'cards' }]);
  });
}

/** What fetches more copies of a card, with its key. */
export async function moreOf(id: string): Promise<{ card: Card; more: MoreFacts; key: CryptoKeyPair } | undefined> {
  const row = await get<CardRow>('cards', id);
  const card = row && await unseal<Card>('cards', row);
  return row?.bound && card?.more ? { card, more: card.more, key: row.bound } : undefined;
}

export const keepMore = (id: string, more: MoreFacts): Promise<void> => updateCard(id, { more });

/** Puts more copies behind those of a card, all or none; nothing where it was deleted meanwhile. */
export async function addCopies(card: string, added: readonly Copy[]): Promise<void> {
  await changing(async () => {
    if (!await get('cards', card)) return;
    const from = Math.max(-1, ...(await copiesOf<CopyRow>(card)).map(row => row.order)) + 1;
    await write(await Promise.all(added.map(async ({ content, ...plain }, at) => ({ put: { ...plain, card, order: from + at, body: await seal('copies', plain.id, content) }, in: 'copies' as const }))));
  });
}

export async function keepReceipt(copy: string, receipt: ReceiptFacts): Promise<void> {
  await changing(async () => {
    const row = await get<CopyRow>('copies', copy);
    if (!row) return;
    const next = { ...await unseal<CopyContent>('copies', row), receipt };
    await write([{ put: { ...row, body: await seal('copies', copy, next) }, in: 'copies' }]);
  });
}

/**
 * The copy to show next: the least used one that passes `fits`. It counts as used from this moment, on disk, before
 * anything leaves the phone: a crash may waste a copy but never shows one twice unseen.
 */
export async function takeCopy(card: string, fits: (copy: Copy) => boolean = () => true): Promise<Copy | undefined> {
  return changing(async () => {
    const [chosen] = (await copies(card)).filter(fits).sort((a, b) => a.used - b.used || a.order - b.order);
    if (!chosen) return undefined;
    const row = await get<CopyRow>('copies', chosen.id);
    await write([{ put: { ...row!, used: chosen.used + 1 }, in: 'copies' }]);
    return chosen;
  });
}

export async function removeCard(id: string): Promise<void> {
  await changing(async () => {
    const rows = await copiesOf(id);
    await write([{ remove: id, in: 'cards' }, ...rows.map(row => ({ remove: row.id, in: 'copies' as const }))]);
  });
}
