import { concat, equalBytes, sha256, type Bytes } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { refuse } from '../refusal.ts';
import type { CompactLeaf } from './credential.ts';

/** Hash of a claim: SHA-256(0x10 ‖ CBOR([salt, key, value])). */
export async function leafHash(leaf: CompactLeaf): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(0x10), encodeCbor([leaf.salt, leaf.key, leaf.value])));
}

async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(0x11), left, right));
}

/** Largest power of two below `count` (RFC 9162 §2.1). */
function split(count: number): number {
  let size = 1;
  while (size * 2 < count) size *= 2;
  return size;
}

export async function treeRoot(hashes: readonly Bytes[]): Promise<Bytes> {
  if (hashes.length === 1) return hashes[0]!;
  const middle = split(hashes.length);
  return nodeHash(await treeRoot(hashes.slice(0, middle)), await treeRoot(hashes.slice(middle)));
}

/** Smallest set of hashes that, with the shown leaves, gives the root; in the order of a walk from the root, left first. */
export async function hiddenNodes(hashes: readonly Bytes[], shown: ReadonlySet<number>): Promise<Bytes[]> {
  const walk = async (from: number, to: number): Promise<Bytes[]> => {
    if (!anyIn(shown, from, to)) return [await treeRoot(hashes.slice(from, to))];
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return [...await walk(from, middle), ...await walk(middle, to)];
  };
  return walk(0, hashes.length);
}

/** Whether leaves and nodes give `root`; a node too many or too few is refused (`root_mismatch`). */
export async function requireRoot(count: number, shown: ReadonlyMap<number, Bytes>, nodes: readonly Bytes[], root: Bytes): Promise<void> {
  const indices = new Set(shown.keys());
  let next = 0;
  const walk = async (from: number, to: number): Promise<Bytes> => {
    if (!anyIn(indices, from, to)) return nodes[next++] ?? refuse('root_mismatch', 'node missing');
    if (to - from === 1) return shown.get(from)!;
    const middle = from + split(to - from);
    const left = await walk(from, middle);
    return nodeHash(left, await walk(middle, to));
  };
  const computed = await walk(0, count);
  if (next !== nodes.length) refuse('root_mismatch', 'node left over');
  if (!equalBytes(computed, root)) refuse('root_mismatch');
}

function anyIn(indices: ReadonlySet<number>, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (indices.has(i)) return true;
  return false;
}
