import { encodeBase64Url } from './base64url.ts';
import { utf8, sha256, type Bytes } from './bytes.ts';
import { isObject, type Json } from './json.ts';
import { importPublicKey } from './p256.ts';
import { refuse } from './refusal.ts';

/** A public P-256 key (RFC 7517). Nothing else is accepted in version 1. */
export interface PublicJwk { kty: 'EC'; crv: 'P-256'; x: string; y: string; kid?: string; alg?: string; use?: string }

/** A key that signs ES256 and never shows its private half. */
export interface SigningKey {
  readonly publicJwk: PublicJwk;
  /** The 64-byte signature r ‖ s over `data`. */
  sign(data: Uint8Array): Promise<Bytes>;
}

/** A fresh non-extractable key pair; it may be put into IndexedDB as it is. */
export async function generateKeyPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
}

export async function signingKey(pair: CryptoKeyPair): Promise<SigningKey> {
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x: x!, y: y! },
    sign: async data => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, data as Bytes)),
  };
}

/** Reads a public key; private members, other curves and odd lengths are refused (`malformed`, `unsupported`). */
export function parsePublicJwk(json: Json | undefined): PublicJwk {
  if (!isObject(json)) return refuse('malformed', 'JWK');
  const { kty, crv, x, y, kid, alg, use } = json;
  if ('d' in json || 'k' in json) refuse('malformed', 'private members in a public JWK');
  if (kty !== 'EC' || crv !== 'P-256') refuse('unsupported', 'key type');
  if (!isCoordinate(x) || !isCoordinate(y)) refuse('malformed', 'coordinates');
  return {
    kty: 'EC', crv: 'P-256', x: x as string, y: y as string,
    ...(typeof kid === 'string' && { kid }), ...(typeof alg === 'string' && { alg }), ...(typeof use === 'string' && { use }),
  };
}

/** The key alone, as headers and bodies carry it. */
export const bareJwk = ({ kty, crv, x, y }: PublicJwk): { kty: string; crv: string; x: string; y: string } => ({ kty, crv, x, y });

/** RFC 7638 with SHA-256. */
export async function thumbprint(jwk: PublicJwk): Promise<Bytes> {
  return sha256(`{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`);
}

export async function thumbprintText(jwk: PublicJwk): Promise<string> {
  return encodeBase64Url(await thumbprint(jwk));
}

export function sameKey(a: PublicJwk, b: PublicJwk): boolean {
  return a.x === b.x && a.y === b.y;
}

/** Whether `signature` (r ‖ s, 64 bytes) over `data` is by `jwk`. A point off the curve verifies nothing. */
export async function verifyEs256(jwk: PublicJwk, signature: Uint8Array, data: Uint8Array | string): Promise<boolean> {
  if (signature.length !== 64) return false;
  const key = await importPublicKey(jwk);
  const bytes = typeof data === 'string' ? utf8(data) : data;
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature as Bytes, bytes as Bytes);
}

function isCoordinate(value: Json | undefined): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
}
