import { utf8, type Bytes } from './bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from './cbor.ts';
import type { SigningKey } from './keys.ts';
import { refuse } from './refusal.ts';

const ES256 = -7;

/** An untagged COSE_Sign1 (RFC 9052 §4.2) with ES256 and an empty unprotected header; its signature has not been looked at yet. */
export interface Sign1 {
  readonly protectedBytes: Bytes;
  readonly protectedHeader: ReadonlyMap<Cbor, Cbor>;
  readonly payload: Bytes;
  readonly signature: Bytes;
}

/** Refusal `malformed`; `unsupported` for any algorithm but ES256, also one named only in the unprotected header. */
export function parseSign1(value: Cbor): Sign1 {
  if (!Array.isArray(value) || value.length !== 4) return refuse('malformed', 'COSE_Sign1');
  const [protectedBytes, unprotected, payload, signature] = value;
  if (!(protectedBytes instanceof Uint8Array) || !(payload instanceof Uint8Array) || !(signature instanceof Uint8Array)) return refuse('malformed', 'COSE_Sign1 members');
  if (!(unprotected instanceof Map) || unprotected.size > 0) return refuse('malformed', 'COSE unprotected header');
  if (signature.length !== 64) refuse('malformed', 'COSE signature');
  const header = decodeCbor(protectedBytes, { maxBytes: 64, maxDepth: 2 });
  if (!(header instanceof Map)) return refuse('malformed', 'COSE protected header');
  if (header.get(1) !== ES256) refuse('unsupported', 'COSE algorithm');
  return { protectedBytes: protectedBytes as Bytes, protectedHeader: header, payload: payload as Bytes, signature: signature as Bytes };
}

/** Refuses (`malformed`) a protected header with anything but the given labels. */
export function requireLabels(sign1: Sign1, labels: readonly number[]): void {
  if (sign1.protectedHeader.size !== labels.length || !labels.every(label => sign1.protectedHeader.has(label))) refuse('malformed', 'COSE header labels');
}

/** The bytes that are signed: Sig_structure of RFC 9052 §4.4. */
export function toBeSigned(sign1: Pick<Sign1, 'protectedBytes' | 'payload'>, context: string): Bytes {
  return encodeCbor(['Signature1', sign1.protectedBytes, utf8(context), sign1.payload]);
}

/** `context` is the external_aad that keeps signatures of one kind from passing as another. */
export async function createSign1(header: ReadonlyMap<number, Cbor>, payload: Bytes, context: string, key: SigningKey): Promise<Cbor[]> {
  const protectedBytes = encodeCbor(new Map<Cbor, Cbor>([[1, ES256], ...header]));
  return [protectedBytes, new Map(), payload, await key.sign(toBeSigned({ protectedBytes, payload }, context))];
}

export async function verifySign1(sign1: Sign1, context: string, key: CryptoKey): Promise<boolean> {
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, sign1.signature, toBeSigned(sign1, context));
}
