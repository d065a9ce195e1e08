import { decodeBase45, encodeBase45 } from '../base45.ts';
import { equalBytes, type Bytes } from '../bytes.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { createSign1, parseSign1, requireLabels, verifySign1, type Sign1 } from '../cose.ts';
import { thumbprint, type PublicJwk, type SigningKey } from '../keys.ts';
import { importPublicKey } from '../p256.ts';
import { refuse } from '../refusal.ts';
import type { ClaimValue } from './credential.ts';
import { array, byteString, claimValue, small, text, timeOrNull, versionedMembers } from './fields.ts';
import { MAX_DEPTH, MAX_LEAVES, MAX_PAPER, MAX_PAPER_ISSUED, MAX_TYPE, PAPER_CONTEXT } from './limits.ts';

/** A printed credential: claims in clear under the issuer's signature, which has not been looked at yet. Whoever carries it can show it. Times in Unix seconds. */
export interface Paper {
  /** The COSE_Sign1; the log entry is its SHA-256. */
  readonly bytes: Bytes;
  readonly sign1: Sign1;
  /** First eight bytes of the issuer key's thumbprint. */
  readonly keyId: Bytes;
  readonly type: string;
  readonly notBefore: number | undefined;
  readonly expires: number | undefined;
  readonly list: number;
  readonly index: number;
  readonly salt: Bytes;
  /** 32 bytes: id of the closed organisation in whose place it was issued; undefined for the issuer's own place. */
  readonly originalIssuer: Bytes | undefined;
  /** By claim key. */
  readonly claims: ReadonlyMap<number, ClaimValue>;
}

const PREFIX = 'IDD:';

export function isPaper(scanned: string): boolean {
  return scanned.startsWith(PREFIX);
}

/** Reads `IDD:…`, its form alone. Refusals `malformed`, `too_large`, `unsupported`. */
export function readPaper(scanned: string): Paper {
  if (!isPaper(scanned)) refuse('malformed', 'not a paper');
  if (scanned.length > PREFIX.length + Math.ceil(MAX_PAPER * 1.5)) refuse('too_large', 'paper');
  const bytes = decodeBase45(scanned.slice(PREFIX.length));
  const sign1 = parseSign1(decodeCbor(bytes, { maxBytes: MAX_PAPER, maxDepth: MAX_DEPTH }));
  requireLabels(sign1, [1, 4]);
  const keyId = byteString(sign1.protectedHeader.get(4), 8);
  const [fields, originalIssuer] = versionedMembers(sign1.payload, MAX_PAPER, 8);
  const type = text(fields[1], MAX_TYPE);
  if (type === '') refuse('malformed', 'type');
  const entries = array(fields[7]);
  if (entries.length < 1 || entries.length > MAX_LEAVES) refuse('malformed', 'number of claims');
  const claims = new Map(entries.map(entry => {
    const [key, value] = array(entry, 2);
    return [small(key), claimValue(value)] as const;
  }));
  if (claims.size !== entries.length) refuse('malformed', 'claim twice');
  return {
    bytes, sign1, keyId, type, claims, originalIssuer, notBefore: timeOrNull(fields[2]), expires: timeOrNull(fields[3]),
    list: small(fields[4]), index: small(fields[5]), salt: byteString(fields[6], 16),
  };
}

/** Whether `key` signed the paper; a key with another id did not. */
export async function verifyPaper(paper: Paper, key: PublicJwk): Promise<boolean> {
  const print = await thumbprint(key);
  return equalBytes(print.subarray(0, 8), paper.keyId) && verifySign1(paper.sign1, PAPER_CONTEXT, await importPublicKey(key));
}

/** Makes a paper as an issuer does; claims stand in the order of the type definition. Refusal `too_large` above what is printed. */
export async function createPaper(content: Omit<Paper, 'bytes' | 'sign1' | 'keyId' | 'originalIssuer'> & Partial<Pick<Paper, 'originalIssuer'>>, issuer: SigningKey): Promise<string> {
  const { type, notBefore, expires, list, index, salt, claims, originalIssuer } = content;
  const payload = encodeCbor([originalIssuer ? 2 : 1, type, notBefore ?? null, expires ?? null, list, index, salt, [...claims].map(([key, value]) => [key, value]), ...(originalIssuer ? [originalIssuer] : [])]);
  const keyId = (await thumbprint(issuer.publicJwk)).slice(0, 8);
  const paper = encodeCbor(await createSign1(new Map([[4, keyId]]), payload, PAPER_CONTEXT, issuer));
  if (paper.length > MAX_PAPER_ISSUED) refuse('too_large', 'paper');
  return PREFIX + encodeBase45(paper);
}
