import { decodeBase64Url } from '../base64url.ts';
import { concat, fromUtf8, utf8 } from '../bytes.ts';
import { parseJsonObject, type JsonObject } from '../json.ts';
import { concatKdf } from '../jwe.ts';
import type { PublicJwk } from '../keys.ts';

/** A verifier's encryption key for tests. */
export async function encryptionKey(): Promise<{ jwk: PublicJwk & JsonObject; open: (jwe: string) => Promise<{ header: JsonObject; text: string }> }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return {
    jwk: { kty: 'EC', crv: 'P-256', x: x!, y: y!, kid: 'enc-1', use: 'enc', alg: 'ECDH-ES' },
    open: async jwe => {
      const [head, wrapped, iv, text, tag] = jwe.split('.') as [string, string, string, string, string];
      if (wrapped !== '') throw new Error('direct agreement has no wrapped key');
      const header = parseJsonObject(decodeBase64Url(head));
      const peer = await crypto.subtle.importKey('jwk', header['epk'] as JsonWebKey, { name: 'ECDH', namedCurve: 'P-256' }, false, []);
      const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, pair.privateKey, 256));
      const key = await crypto.subtle.importKey('raw', await concatKdf(secret, String(header['enc'])), 'AES-GCM', false, ['decrypt']);
      const sealed = concat(decodeBase64Url(text), decodeBase64Url(tag));
      const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: decodeBase64Url(iv), additionalData: utf8(head) }, key, sealed);
      return { header, text: fromUtf8(new Uint8Array(plain)) };
    },
  };
}
