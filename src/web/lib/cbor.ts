import { concat, fromUtf8, utf8, type Bytes } from './bytes.ts';
import { refuse } from './refusal.ts';

/** The CBOR this product uses: integers (a `bigint` where a `number` would not be exact), byte strings, text, arrays, maps, booleans, null. */
export type Cbor = number | bigint | string | boolean | null | Uint8Array | Cbor[] | Map<Cbor, Cbor>;

/** Deterministic encoding (RFC 8949 §4.2.1): shortest heads, definite lengths, keys in the order of their bytes. */
export function encodeCbor(value: Cbor): Bytes {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError('CBOR holds integers only');
    return value < 0 ? head(1, -1 - value) : head(0, value);
  }
  if (typeof value === 'bigint') return value < 0n ? head(1, -1n - value) : head(0, value);
  if (typeof value === 'string') {
    const bytes = utf8(value);
    return concat(head(3, bytes.length), bytes);
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(encodeCbor));
  const entries = [...value].map(([key, item]) => [encodeCbor(key), encodeCbor(item)] as const);
  entries.sort(([a], [b]) => compareBytes(a, b));
  return concat(head(5, value.size), ...entries.flat());
}

export interface CborLimits { maxBytes: number; maxDepth: number }

/** Accepts exactly what encodeCbor writes, so that encoding again gives the same bytes. Refusals `malformed`, `too_large`. */
export function decodeCbor(bytes: Uint8Array, limits: CborLimits): Cbor {
  if (bytes.length > limits.maxBytes) refuse('too_large', 'CBOR');
  const reader = new Reader(bytes, limits.maxDepth);
  const value = reader.value(0);
  if (reader.at !== bytes.length) refuse('malformed', 'bytes after CBOR');
  return value;
}

class Reader {
  at = 0;
  constructor(private readonly bytes: Uint8Array, private readonly maxDepth: number) {}

  value(depth: number): Cbor {
    const initial = this.byte();
    const major = initial >> 5;
    if (major === 7) return this.simple(initial);
    if (major === 6) return refuse('malformed', 'CBOR tag');
    const argument = this.argument(initial & 31);
    if (major === 0) return argument;
    if (major === 1) return argument < Number.MAX_SAFE_INTEGER ? -1 - Number(argument) : -1n - BigInt(argument);
    if (typeof argument === 'bigint') return refuse('malformed', 'CBOR length');
    switch (major) {
      case 2: return this.take(argument);
      case 3: return fromUtf8(this.take(argument));
    }
    if (depth >= this.maxDepth) refuse('malformed', 'CBOR nested too deeply');
    // Each element takes at least a byte, so a claimed length cannot make us reserve memory.
    if (argument > this.bytes.length - this.at) refuse('malformed', 'CBOR length');
    return major === 4 ? Array.from({ length: argument }, () => this.value(depth + 1)) : this.map(argument, depth);
  }

  private map(count: number, depth: number): Map<Cbor, Cbor> {
    const map = new Map<Cbor, Cbor>();
    let last: Uint8Array | undefined;
    for (let i = 0; i < count; i++) {
      const start = this.at;
      const key = this.value(depth + 1);
      const raw = this.bytes.subarray(start, this.at);
      if (last && compareBytes(last, raw) >= 0) refuse('malformed', 'CBOR map order');
      last = raw;
      map.set(key, this.value(depth + 1));
    }
    return map;
  }

  private simple(initial: number): Cbor {
    switch (initial) {
      case 0xf4: return false;
      case 0xf5: return true;
      case 0xf6: return null;
      default: return refuse('malformed', 'CBOR simple value or float');
    }
  }

  private argument(info: number): number | bigint {
    if (info < 24) return info;
    if (info > 27) return refuse('malformed', 'CBOR length');
    const size = 1 << (info - 24);
    const bytes = this.take(size);
    const n = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    if (n < (size === 1 ? 24 : 2 ** (4 * size))) return refuse('malformed', 'CBOR head not shortest');
    return n > Number.MAX_SAFE_INTEGER ? bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) : n;
  }

  private byte(): number {
    return this.bytes[this.at++] ?? refuse('malformed', 'CBOR cut short');
  }

  private take(length: number): Bytes {
    if (length > this.bytes.length - this.at) return refuse('malformed', 'CBOR cut short');
    this.at += length;
    return this.bytes.slice(this.at - length, this.at) as Bytes;
  }
}

function head(major: number, n: number | bigint): Bytes {
  const top = major << 5;
  if (n < 24) return Uint8Array.of(top | Number(n));
  const size = n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x100000000 ? 4 : 8;
  const bytes = new Uint8Array(1 + size);
  bytes[0] = top | (24 + Math.log2(size));
  for (let i = size, rest = BigInt(n); i > 0; i--, rest /= 256n) bytes[i] = Number(rest % 256n);
  return bytes;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
