import { decodeBase45 } from '../base45.ts';
import type { Bytes } from '../bytes.ts';
import { decodeCbor, type Cbor } from '../cbor.ts';
import { parseSign1, requireLabels, verifySign1 } from '../cose.ts';
import { importCompressed } from '../p256.ts';
import { refuse } from '../refusal.ts';
import { readIssuerPart, readLeaf, type ClaimValue, type CompactLeaf, type IssuerPart } from './credential.ts';
import { array, byteString, decodeArray, small, time } from './fields.ts';
import { HOLDER_CONTEXT, MAX_DEPTH, MAX_LEAVES, MAX_PROOF } from './limits.ts';
import { leafHash, requireRoot } from './tree.ts';

/** A proof whose holder signature and claims hold together; who the issuer is, and what its status is, is another question. */
export interface CompactPresentation {
  readonly issuer: IssuerPart;
  /** By claim key. */
  readonly claims: ReadonlyMap<number, ClaimValue>;
  /** SHA-256 of the challenge it answers; undefined for a rolling proof. */
  readonly binding: Bytes | undefined;
  /** When a rolling proof was drawn; undefined for an answer to a challenge. */
  readonly rolling: Rolling | undefined;
}
/** `time` in Unix seconds by the phone's clock as corrected; `clockUnsure` where the phone says that it may be wrong. */
export interface Rolling { readonly time: number; readonly clockUnsure: boolean }

/** A proof of which only the form has been judged. */
export interface ReadProof extends CompactPresentation {
  /** Throws the refusal `root_mismatch` where shown claims and hashes do not give the root that the issuer signed. */
  requireRoot(): Promise<void>;
  /** Whether the holder named by the issuer signed it; `binding` is for the caller to compare. */
  verifyHolder(): Promise<boolean>;
}

const PREFIX = 'IDP:';

export function isProof(scanned: string): boolean {
  return scanned.startsWith(PREFIX);
}

/** Reads `IDP:…`, recomputes the root, verifies the holder's signature. Refusals `malformed`, `too_large`, `unsupported`, `root_mismatch`, `bad_signature`. */
export async function parseProof(scanned: string): Promise<CompactPresentation> {
  const proof = readProof(scanned);
  await proof.requireRoot();
  if (!await proof.verifyHolder()) refuse('bad_signature', 'holder');
  return proof;
}

/** Reads `IDP:…`, its form alone. Refusals `malformed`, `too_large`, `unsupported`. */
export function readProof(scanned: string): ReadProof {
  if (!isProof(scanned)) refuse('malformed', 'not a proof');
  if (scanned.length > PREFIX.length + Math.ceil(MAX_PROOF * 1.5)) refuse('too_large', 'proof');
  const sign1 = parseSign1(decodeCbor(decodeBase45(scanned.slice(PREFIX.length)), { maxBytes: MAX_PROOF, maxDepth: MAX_DEPTH }));
  requireLabels(sign1, [1]);
  const [issuerPart, disclosed, rawNodes, rawBinding] = decodeArray(sign1.payload, MAX_PROOF, 4);
  const issuer = readIssuerPart(issuerPart);

  const shown = new Map<number, CompactLeaf>();
  let last = -1;
  for (const entry of array(disclosed)) {
    const [rawIndex, ...rest] = array(entry, 4);
    const index = small(rawIndex);
    if (index <= last || index >= issuer.count) refuse('malformed', 'order of claims');
    last = index;
    shown.set(index, readLeaf(rest));
  }
  const leaves = [...shown.values()];
  const claims = new Map(leaves.map(leaf => [leaf.key, leaf.value]));
  if (claims.size !== leaves.length) refuse('malformed', 'claim twice');
  const nodes = array(rawNodes).map(node => byteString(node, 32));
  if (nodes.length > MAX_LEAVES) refuse('malformed', 'too many nodes');
  return {
    issuer, claims, ...readBinding(rawBinding),
    requireRoot: async () => {
      const hashes = await Promise.all([...shown].map(async ([index, leaf]) => [index, await leafHash(leaf)] as const));
      await requireRoot(issuer.count, new Map(hashes), nodes, issuer.root);
    },
    verifyHolder: async () => verifySign1(sign1, HOLDER_CONTEXT, await importCompressed(issuer.holder)),
  };
}

/** A digest, or [time, 0 or 1]. */
function readBinding(value: Cbor | undefined): Pick<CompactPresentation, 'binding' | 'rolling'> {
  if (!Array.isArray(value)) return { binding: byteString(value, 32), rolling: undefined };
  const [at, unsure] = array(value, 2);
  if (unsure !== 0 && unsure !== 1) refuse('malformed', 'doubt about the clock');
  return { binding: undefined, rolling: { time: time(at), clockUnsure: unsure === 1 } };
}
