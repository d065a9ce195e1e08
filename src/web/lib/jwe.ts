import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { concat, sha256, utf8, type Bytes } from './bytes.ts';
import type { PublicJwk } from './keys.ts';
import { refuse } from './refusal.ts';

export type ContentEncryption = 'A128GCM' | 'A256GCM';

const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const;

/** A compact JWE, ECDH-ES in direct mode (RFC 7518 §4.6) with a fresh ephemeral key. `iv`: 12 random bytes. Refusal `malformed` for a point off the curve. */
export async function encryptJwe(plaintext: string, recipient: PublicJwk, enc: ContentEncryption, iv: Bytes): Promise<string> {
  const point = concat(Uint8Array.of(4), decodeBase64Url(recipient.x), decodeBase64Url(recipient.y));
  const peer = await crypto.subtle.importKey('raw', point, ECDH, false, []).catch(() => refuse('malformed', 'encryption key'));
  const ephemeral = await crypto.subtle.generateKey(ECDH, false, ['deriveBits']);
  const { x, y } = await crypto.subtle.exportKey('jwk', ephemeral.publicKey);
  const header = {
    alg: 'ECDH-ES', enc, epk: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, ...(recipient.kid !== undefined && { kid: recipient.kid }),
  };
  const protectedPart = encodeBase64Url(utf8(JSON.stringify(header)));

  const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, ephemeral.privateKey, 256));
  const key = await crypto.subtle.importKey('raw', await concatKdf(secret, enc), 'AES-GCM', false, ['encrypt']);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(protectedPart) }, key, utf8(plaintext)));
  const parts = [iv, sealed.subarray(0, -16), sealed.subarray(-16)].map(encodeBase64Url);
  return [protectedPart, '', ...parts].join('.');
}

/** The one round of Concat KDF that these key sizes need (RFC 7518 §4.6.2). */
export async function concatKdf(secret: Bytes, enc: string, partyU: Bytes = new Uint8Array(), partyV: Bytes = new Uint8Array()): Promise<Bytes> {
  const bits = enc === 'A256GCM' ? 256 : 128;
  const digest = await sha256(concat(uint32(1), secret, sized(utf8(enc)), sized(partyU), sized(partyV), uint32(bits)));
  return digest.slice(0, bits / 8);
}

function sized(bytes: Bytes): Bytes {
  return concat(uint32(bytes.length), bytes);
}

function uint32(n: number): Bytes {
  return Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
}
