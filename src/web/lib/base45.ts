import type { Bytes } from './bytes.ts';
import { refuse } from './refusal.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** RFC 9285 §4. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let n = pair ? bytes[i]! * 256 + bytes[i + 1]! : bytes[i]!;
    for (let k = pair ? 3 : 2; k > 0; k--) {
      text += ALPHABET[n % 45];
      n = Math.floor(n / 45);
    }
  }
  return text;
}

/** RFC 9285 §4; lower case, a dangling character and values that overflow are refused (`malformed`). */
export function decodeBase45(text: string): Bytes {
  if (text.length % 3 === 1) refuse('malformed', 'base45 length');
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const group = Array.from(text.slice(i, i + 3), char => ALPHABET.indexOf(char));
    if (group.includes(-1)) refuse('malformed', 'base45 alphabet');
    const n = group[0]! + group[1]! * 45 + (group[2] ?? 0) * 2025;
    if (n > (group.length === 3 ? 0xffff : 0xff)) refuse('malformed', 'base45 overflow');
    if (group.length === 3) bytes.push(n >> 8);
    bytes.push(n & 255);
  }
  return Uint8Array.from(bytes);
}
