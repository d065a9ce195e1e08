import type { Bytes } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import { MAX_LIST, PREFIX } from './format.ts';

/** Prefixes of 16 bytes each, one after the other. Refuses (`malformed`) what is not whole, ascending and distinct. */
export function readPrefixes(sorted: Bytes): Bytes {
  if (sorted.length % PREFIX !== 0) refuse('malformed', 'prefixes');
  for (let at = PREFIX; at < sorted.length; at += PREFIX) if (compare(sorted, at - PREFIX, sorted, at) >= 0) refuse('malformed', 'order of prefixes');
  return sorted;
}

/** Whether a prefix is among them; one of another length never is. */
export function holdsPrefix(sorted: Bytes, prefix: Uint8Array): boolean {
  if (prefix.length !== PREFIX) return false;
  for (let low = 0, high = sorted.length / PREFIX; low < high;) {
    const middle = (low + high) >> 1;
    const order = compare(sorted, middle * PREFIX, prefix, 0);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

function compare(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  for (let i = 0; i < PREFIX; i++) if (a[atA + i] !== b[atB + i]) return a[atA + i]! - b[atB + i]!;
  return 0;
}

/** The entries of one status list: sparse (for each that is not 0: passed over · 2^bits + value, base-128 groups, least first), or the array as published. */
export interface Statuses { readonly bits: number; readonly length: number; readonly sparse: boolean; readonly packed: Bytes }

export function readStatuses(bits: number, length: number, sparse: boolean, packed: Bytes): Statuses {
  const statuses = { bits, length, sparse, packed };
  if (![1, 2, 4, 8].includes(bits) || length < 1 || length > MAX_LIST || length % (8 / bits) !== 0) refuse('malformed', 'status list');
  if (!sparse && packed.length !== (length * bits) / 8) refuse('malformed', 'status list');
  if (sparse) for (const [index, value] of entries(statuses)) if (index >= length || value === 0) refuse('malformed', 'status list');
  return statuses;
}

/** The value of an entry; undefined where the list has no such entry. */
export function statusOf(statuses: Statuses, index: number): number | undefined {
  const { bits, length, sparse, packed } = statuses;
  if (!Number.isInteger(index) || index < 0 || index >= length) return undefined;
  if (!sparse) return (packed[Math.floor((index * bits) / 8)]! >> ((index * bits) % 8)) & (2 ** bits - 1);
  for (const [entry, value] of entries(statuses)) if (entry >= index) return entry === index ? value : 0;
  return 0;
}

function* entries({ bits, packed }: Statuses): Generator<[number, number]> {
  let entry = -1;
  for (let at = 0; at < packed.length;) {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const group = packed[at++];
      // Five groups hold any gap of a list with its value; the last of several is never 0.
      if (group === undefined || shift >= 35 || (group === 0 && shift > 0)) return refuse('malformed', 'status list');
      number += (group & 127) * 2 ** shift;
      if (group < 128) break;
    }
    entry += Math.floor(number / 2 ** bits) + 1;
    yield [entry, number % 2 ** bits];
  }
}
