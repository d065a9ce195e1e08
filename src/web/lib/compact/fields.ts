import type { Bytes } from '../bytes.ts';
import { decodeCbor, type Cbor } from '../cbor.ts';
import { refuse } from '../refusal.ts';
import type { ClaimValue } from './credential.ts';
import { MAX_DEPTH, MAX_SMALL, MAX_TEXTS, MAX_TIME } from './limits.ts';

/** Readers of single members; each refuses (`malformed`) what is not of its kind. */
export function array(value: Cbor | undefined, length?: number): Cbor[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) return refuse('malformed', 'array');
  return value;
}

/** An array of `length` members, or of up to `atMost`. */
export function decodeArray(bytes: Uint8Array, maxBytes: number, length: number, atMost = length): Cbor[] {
  const members = array(decodeCbor(bytes, { maxBytes, maxDepth: MAX_DEPTH }));
  return members.length >= length && members.length <= atMost ? members : refuse('malformed', 'array');
}

/**
 * The members of an issuer part or a paper, of which version 1 has `length`; version 2 has one more at its end, the organisation in whose place it was issued. Refusal `unsupported` for any other
 * version, so that nobody passes over what it would say.
 */
export function versionedMembers(bytes: Uint8Array, maxBytes: number, length: number): readonly [members: Cbor[], originalIssuer: Bytes | undefined] {
  const members = decodeArray(bytes, maxBytes, 1, 64);
  const version = small(members[0]);
  if (version !== 1 && version !== 2) refuse('unsupported', 'version');
  array(members, length + version - 1);
  return [members, version === 2 ? byteString(members[length], 32) : undefined];
}

export function byteString(value: Cbor | undefined, length: number): Bytes {
  if (!(value instanceof Uint8Array) || value.length !== length) return refuse('malformed', 'byte string');
  return value as Bytes;
}

/** A key, count or index. */
export function small(value: Cbor | undefined): number {
  return within(value, MAX_SMALL);
}

/** Unix seconds. */
export function time(value: Cbor | undefined): number {
  return within(value, MAX_TIME);
}

export function timeOrNull(value: Cbor | undefined): number | undefined {
  return value === null ? undefined : time(value);
}

export function text(value: Cbor | undefined, maxCharacters: number): string {
  if (typeof value !== 'string' || value.length > maxCharacters) return refuse('malformed', 'text');
  return value;
}

export function claimValue(value: Cbor | undefined): ClaimValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.length <= MAX_TEXTS && value.every(item => typeof item === 'string')) return value as string[];
  return refuse('malformed', 'claim value');
}

function within(value: Cbor | undefined, max: number): number {
  if (typeof value !== 'number' || value < 0 || value > max) return refuse('malformed', 'number out of range');
  return value;
}
