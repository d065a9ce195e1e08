import { equalBytes, type Bytes } from '../bytes.ts';
import { encodeCbor, type Cbor } from '../cbor.ts';
import { parseSign1, requireLabels, verifySign1 } from '../cose.ts';
import { thumbprint, type PublicJwk } from '../keys.ts';
import { decompressPoint, importPublicKey } from '../p256.ts';
import { refuse } from '../refusal.ts';
import { array, byteString, claimValue, decodeArray, small, text, timeOrNull, versionedMembers } from './fields.ts';
import { ISSUER_CONTEXT, MAX_CREDENTIAL, MAX_ISSUER_PART, MAX_LEAVES, MAX_TYPE } from './limits.ts';
import { leafHash, requireRoot } from './tree.ts';

/** The issuer's part of a compact credential, signature not yet looked at. Times in Unix seconds. */
export interface IssuerPart {
  readonly sign1: Cbor[];
  /** Its canonical bytes; the log entry is their SHA-256. */
  readonly bytes: Bytes;
  /** First eight bytes of the issuer key's thumbprint. */
  readonly keyId: Bytes;
  readonly type: string;
  readonly notBefore: number | undefined;
  readonly expires: number | undefined;
  readonly list: number;
  readonly index: number;
  readonly root: Bytes;
  readonly count: number;
  /** 33 bytes. */
  readonly holder: Bytes;
  /** 32 bytes: id of the closed organisation in whose place it was issued; undefined for the issuer's own place. */
  readonly originalIssuer: Bytes | undefined;
}
export interface CompactLeaf { readonly salt: Bytes; readonly key: number; readonly value: ClaimValue }
export type ClaimValue = string | number | boolean | string[];
export interface CompactCredential { readonly issuer: IssuerPart; readonly leaves: readonly CompactLeaf[] }

/** Decodes the issued form and checks that its leaves give the signed root. Refusals `malformed`, `too_large`, `root_mismatch`. */
export async function decodeCompactCredential(bytes: Uint8Array): Promise<CompactCredential> {
  const [sign1, rawLeaves] = decodeArray(bytes, MAX_CREDENTIAL, 2);
  const issuer = readIssuerPart(sign1);
  const leaves = array(rawLeaves, issuer.count).map(leaf => readLeaf(array(leaf, 3)));
  if (new Set(leaves.map(leaf => leaf.key)).size !== leaves.length) refuse('malformed', 'claim key twice');
  const hashes = await Promise.all(leaves.map(leafHash));
  await requireRoot(issuer.count, new Map(hashes.entries()), [], issuer.root);
  return { issuer, leaves };
}

/** Reads the issuer's part; refusal `malformed`. */
export function readIssuerPart(value: Cbor | undefined): IssuerPart {
  const sign1 = array(value, 4);
  const parsed = parseSign1(sign1);
  requireLabels(parsed, [1, 4]);
  const bytes = encodeCbor(sign1);
  if (bytes.length > MAX_ISSUER_PART) refuse('too_large', 'issuer part');
  const [fields, originalIssuer] = versionedMembers(parsed.payload, MAX_ISSUER_PART, 9);
  const count = small(fields[7]);
  if (count < 1 || count > MAX_LEAVES) refuse('malformed', 'leaf count');
  const type = text(fields[1], MAX_TYPE);
  if (type === '') refuse('malformed', 'type');
  const holder = byteString(fields[8], 33);
  decompressPoint(holder);
  return {
    sign1, bytes, keyId: byteString(parsed.protectedHeader.get(4), 8), type, notBefore: timeOrNull(fields[2]), expires: timeOrNull(fields[3]),
    list: small(fields[4]), index: small(fields[5]), root: byteString(fields[6], 32), count, holder, originalIssuer,
  };
}

/** [salt, key, value] */
export function readLeaf(fields: readonly Cbor[]): CompactLeaf {
  return { salt: byteString(fields[0], 16), key: small(fields[1]), value: claimValue(fields[2]) };
}

/** Whether `key` signed the issuer's part; a key with another id did not. */
export async function verifyIssuerPart(part: IssuerPart, key: PublicJwk): Promise<boolean> {
  const print = await thumbprint(key);
  if (!equalBytes(print.subarray(0, 8), part.keyId)) return false;
  return verifySign1(parseSign1(part.sign1), ISSUER_CONTEXT, await importPublicKey(key));
}

/** A credential in its issued form, as an issuer would encode it. */
export function encodeCompactCredential(credential: CompactCredential): Bytes {
  return encodeCbor([credential.issuer.sign1, credential.leaves.map(leaf => [leaf.salt, leaf.key, leaf.value])]);
}
