import type { Bytes } from './bytes.ts';
import { readAll } from './net.ts';
import { refuse } from './refusal.ts';

/** Zlib (RFC 1950) with a cap on what comes out. Refusals `too_large`, `malformed` (raw deflate, cut short, bytes left over). */
export async function inflateZlib(bytes: Uint8Array, maxBytes: number): Promise<Bytes> {
  const stream = new Blob([bytes as Bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  let inflated: Bytes;
  try {
    inflated = await readAll(stream.getReader() as ReadableStreamDefaultReader<Uint8Array>, maxBytes);
  } catch (error) {
    if ((error as Error).name === 'Refusal') throw error;
    return refuse('malformed', 'zlib');
  }
  // Not every platform minds bytes after the end; the last four must be the checksum of what came out.
  const claimed = bytes.slice(-4).reduce((sum, byte) => sum * 256 + byte, 0);
  return adler32(inflated) === claimed ? inflated : refuse('malformed', 'zlib checksum');
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let i = 0; i < bytes.length;) {
    // As many steps as stay exact before the remainder is taken.
    for (const end = Math.min(i + 3800, bytes.length); i < end; i++) b += a += bytes[i]!;
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}
