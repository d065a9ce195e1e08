import { decodeBase45 } from '../base45.ts';
import type { Bytes } from '../bytes.ts';
import { decodeCbor } from '../cbor.ts';
import { parseSign1, requireLabels, verifySign1 } from '../cose.ts';
import { importCompressed } from '../p256.ts';
import { refuse } from '../refusal.ts';
import { readIssuerPart, readLeaf, type ClaimValue, type IssuerPart } from './credential.ts';
import { array, byteString, decodeArray, small } from './fields.ts';
import { HOLDER_CONTEXT, MAX_DEPTH, MAX_PROOF } from './limits.ts';
import { leafHash, requireRoot } from './tree.ts';

/** A proof whose holder signature and claims hold together; who the issuer is, and what its status is, is another question. */
export interface CompactPresentation {
  readonly issuer: IssuerPart;
  /** By claim key. */
  readonly claims: ReadonlyMap<number, ClaimValue>;
  /** SHA-256 of the challenge it answers. */
  readonly binding: Bytes;
}

const PREFIX = 'IDP:';

export function isProof(scanned: string): boolean {
  return scanned.startsWith(PREFIX);
}

/** Reads `IDP:…`, recomputes the root, verifies the holder's signature. Refusals `malformed`, `too_large`, `unsupported`, `root_mismatch`, `bad_signature`. */
export async function parseProof(scanned: string): Promise<CompactPresentation> {
  if (!isProof(scanned)) refuse('malformed', 'not a proof');
  if (scanned.length > PREFIX.length + Math.ceil(MAX_PROOF * 1.5)) refuse('too_large', 'proof');
  const sign1 = parseSign1(decodeCbor(decodeBase45(scanned.slice(PREFIX.length)), { maxBytes: MAX_PROOF, maxDepth: MAX_DEPTH }));
  requireLabels(sign1, [1]);
  const [issuerPart, disclosed, rawNodes, binding] = decodeArray(sign1.payload, MAX_PROOF, 4);
  const issuer = readIssuerPart(issuerPart);

  const claims = new Map<number, ClaimValue>();
  const shown = new Map<number, Bytes>();
  let last = -1;
  for (const entry of array(disclosed)) {
    const [rawIndex, ...rest] = array(entry, 4);
    const index = small(rawIndex);
    if (index <= last || index >= issuer.count) refuse('malformed', 'order of claims');
    last = index;
    const leaf = readLeaf(rest);
    if (claims.has(leaf.key)) refuse('malformed', 'claim twice');
    claims.set(leaf.key, leaf.value);
    shown.set(index, await leafHash(leaf));
  }
  const nodes = array(rawNodes).map(node => byteString(node, 32));
  await requireRoot(issuer.count, shown, nodes, issuer.root);
  if (!await verifySign1(sign1, HOLDER_CONTEXT, await importCompressed(issuer.holder))) refuse('bad_signature', 'holder');
  return { issuer, claims, binding: byteString(binding, 32) };
}
