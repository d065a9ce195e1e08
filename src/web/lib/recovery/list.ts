/** The encrypted list: which issuer, which credential, where. Opened by the sheet's key alone; length and order say nothing, it is filled up to whole kilobytes. */
import { concat, fromUtf8, utf8, type Bytes } from '../bytes.ts';
import { isObject, parseJsonObject } from '../json.ts';
import { refuse } from '../refusal.ts';

export interface ListedCard { readonly issuer: string; readonly name: string; readonly vct: string }

const IV = 12;
const STEP = 1024;
const MAX = 16_000;

const place = (id: string, version: number): Bytes => utf8(`identity-recovery list\n${id}\n${version}`);

/** Refusal `too_large` for more cards than a list holds. */
export async function sealList(cards: readonly ListedCard[], key: CryptoKey, id: string, version: number, random: (length: number) => Bytes): Promise<Bytes> {
  const text = JSON.stringify({ v: 1, cards });
  const bytes = utf8(text.padEnd(text.length + (STEP - (utf8(text).length % STEP)) % STEP, ' '));
  if (bytes.length > MAX) refuse('too_large', 'list');
  const iv = random(IV);
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: place(id, version) }, key, bytes)));
}

/** Refusal `malformed` for another key, another version or damage. */
export async function openList(sealed: Bytes, key: CryptoKey, id: string, version: number): Promise<ListedCard[]> {
  let bytes: ArrayBuffer;
  try {
    bytes = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.slice(0, IV), additionalData: place(id, version) }, key, sealed.slice(IV));
  } catch {
    return refuse('malformed', 'list');
  }
  const { cards } = parseJsonObject(utf8(fromUtf8(new Uint8Array(bytes)).trimEnd()));
  return (Array.isArray(cards) ? cards : []).flatMap(card => isObject(card) && typeof card['issuer'] === 'string' && typeof card['vct'] === 'string'
    ? [{ issuer: card['issuer'], name: typeof card['name'] === 'string' ? card['name'] : card['issuer'], vct: card['vct'] }] : []);
}
