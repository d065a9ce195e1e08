import type { Bytes } from '../bytes.ts';
import { decodeCbor, type Cbor } from '../cbor.ts';
import { refuse } from '../refusal.ts';

/** Limits and small readings of the trust pack, version 3: docs/trust-pack.md. The same as src/Credentials/Trust in C#. Refusals `malformed`, `too_large`, `unsupported`. */
export const VERSION = 3;
export const MAX_PACK = 8 * 1024 * 1024;
export const MAX_DELTA = 1024 * 1024;
export const MAX_CONTENT = 32 * 1024 * 1024;
export const MAX_STATEMENT = 400;
export const MAX_DEPTH = 6;
/** Entries of a status list. */
export const MAX_LIST = 1 << 22;
/** The most links of a chain that the contract allows. */
export const MAX_LINKS = 8;
export const MAX_LIFE = 72 * 3600;
/** Clocks may differ by this much, in seconds. */
export const SKEW = 300;
export const PREFIX = 16;
const MAX_TIME = 253_402_300_799;

/** Opens an outer form `[name, 3, …]`; what follows the version. */
export function open(bytes: Uint8Array, maxBytes: number, name: string, members: number): Cbor[] {
  const [label, version, ...rest] = array(decodeCbor(bytes, { maxBytes, maxDepth: MAX_DEPTH }));
  if (label !== name) refuse('malformed', name);
  if (number(version, 0x7fffffff) !== VERSION) refuse('unsupported', name);
  return rest.length === members - 2 ? rest : refuse('malformed', name);
}

export function array(value: Cbor | undefined, length?: number): Cbor[] {
  return Array.isArray(value) && (length === undefined || value.length === length) ? value : refuse('malformed', 'array');
}

export function number(value: Cbor | undefined, most = Number.MAX_SAFE_INTEGER): number {
  return typeof value === 'number' && value >= 0 && value <= most ? value : refuse('malformed', 'number');
}

export const time = (value: Cbor | undefined): number => number(value, MAX_TIME);

export function orNull<T>(value: Cbor | undefined, read: (value: Cbor | undefined) => T): T | undefined {
  return value === null ? undefined : read(value);
}

export function bytes(value: Cbor | undefined, length?: number): Bytes {
  return value instanceof Uint8Array && (length === undefined || value.length === length) ? value as Bytes : refuse('malformed', 'byte string');
}

export function text(value: Cbor | undefined, most = 4096): string {
  return typeof value === 'string' && value.length > 0 && value.length <= most ? value : refuse('malformed', 'text');
}

export function flag(value: Cbor | undefined): boolean {
  return typeof value === 'boolean' ? value : refuse('malformed', 'flag');
}
