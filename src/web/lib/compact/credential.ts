import type { Bytes } from '../bytes.ts';
import type { Cbor } from '../cbor.ts';
import type { PublicJwk } from '../keys.ts';
import { refuse } from '../refusal.ts';

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
}
export interface CompactLeaf { readonly salt: Bytes; readonly key: number; readonly value: ClaimValue }
export type ClaimValue = string | number | boolean | string[];
export interface CompactCredential { readonly issuer: IssuerPart; readonly leaves: readonly CompactLeaf[] }

/** Decodes the issued form and checks that its leaves give the signed root. Refusals `malformed`, `too_large`, `root_mismatch`. */
export async function decodeCompactCredential(_bytes: Uint8Array): Promise<CompactCredential> {
  return refuse('unsupported', 'not ready');
}

/** Whether `key` signed the issuer's part. */
export async function verifyIssuerPart(_part: IssuerPart, _key: PublicJwk): Promise<boolean> {
  return refuse('unsupported', 'not ready');
}
