import type { Bytes } from './bytes.ts';
import { readAll } from './net.ts';
import { refuse } from './refusal.ts';

/** Zlib (RFC 1950) with a cap on what comes out. Refusals `too_large`, `malformed` (raw deflate, cut short, bytes left over). */
export async function inflateZlib(bytes: Uint8Array, maxBytes: number): Promise<Bytes> {
  const stream = new Blob([bytes as Bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  try {
    return await readAll(stream.getReader() as ReadableStreamDefaultReader<Uint8Array>, maxBytes);
  } catch (error) {
    if ((error as Error).name === 'Refusal') throw error;
    return refuse('malformed', 'zlib');
  }
}
