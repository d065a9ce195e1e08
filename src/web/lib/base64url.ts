import type { Bytes } from './bytes.ts';
import { refuse } from './refusal.ts';

/** RFC 4648 §5 without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Strict: only the alphabet, no padding, no white space, unused bits zero. Refusal `malformed`. */
export function decodeBase64Url(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) refuse('malformed', 'base64url alphabet');
  return fromBase64(text.replace(/-/g, '+').replace(/_/g, '/'));
}

/** Plain base64 with padding, as x5c has it (RFC 7515 §4.1.6). Strict as above. */
export function decodeBase64(text: string): Bytes {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) refuse('malformed', 'base64 alphabet');
  return fromBase64(text.replace(/=+$/, ''));
}

function fromBase64(text: string): Bytes {
  const tail = text.length % 4;
  if (tail === 1) refuse('malformed', 'base64 length');
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(text.at(-1) ?? 'A');
  if ((tail === 2 && last & 15) || (tail === 3 && last & 3)) refuse('malformed', 'base64 unused bits');
  return Uint8Array.from(atob(text), char => char.charCodeAt(0));
}
