/** The code as twelve words (BIP 39, English list): 128 bits and four bits of SHA-256, eleven a word. */
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { sha256, type Bytes } from '../bytes.ts';
import { CODE_LENGTH } from './code.ts';

export const WORDS = 12;

/** What came of typed words: the code; or the places, from 0, of words that are in no list; or a checksum that does not fit. */
export type Typed = { readonly code: Bytes } | { readonly unknown: readonly number[] } | { readonly checksum: false } | { readonly count: number };

export async function toWords(code: Bytes): Promise<string[]> {
  const bits = [...code, (await sha256(code))[0]!].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: WORDS }, (_, i) => wordlist[parseInt(bits.slice(i * 11, i * 11 + 11), 2)]!);
}

/** Capitals, numbers before the words, commas and lines do not matter; four letters tell a word. */
export async function fromWords(text: string): Promise<Typed> {
  const typed = text.toLowerCase().match(/[a-z]+/g) ?? [];
  if (typed.length !== WORDS) return { count: typed.length };
  const found = typed.map(word => wordlist.findIndex(known => known === word || (word.length >= 4 && known.length > 4 && known.slice(0, 4) === word.slice(0, 4) && known.startsWith(word))));
  const unknown = found.flatMap((at, i) => (at < 0 ? [i] : []));
  if (unknown.length > 0) return { unknown };
  const bits = found.map(at => at.toString(2).padStart(11, '0')).join('');
  const code = Uint8Array.from({ length: CODE_LENGTH }, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8), 2));
  return ((await sha256(code))[0]! >> 4) === parseInt(bits.slice(128), 2) ? { code } : { checksum: false };
}
