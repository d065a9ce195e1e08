import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { concat, fromHex, toHex, type Bytes } from './bytes.ts';
import type { PublicJwk } from './keys.ts';
import { refuse } from './refusal.ts';

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** SEC1 §2.3.3: 33 bytes, 02 or 03 by the parity of y. */
export function compressPoint(jwk: PublicJwk): Bytes {
  const y = decodeBase64Url(jwk.y);
  return concat(Uint8Array.of(2 + (y[31]! & 1)), decodeBase64Url(jwk.x));
}

/** SEC1 §2.3.4 for P-256 over BigInt; no secret passes through here. Refusal `malformed` for a point off the curve. */
export function decompressPoint(point: Uint8Array): PublicJwk {
  if (point.length !== 33 || (point[0] !== 2 && point[0] !== 3)) refuse('malformed', 'compressed point');
  const x = BigInt('0x' + toHex(point.subarray(1)));
  if (x >= P) refuse('malformed', 'coordinate beyond the field');
  const square = (((x * x + P - 3n) % P) * x + B) % P;
  let y = power(square, (P + 1n) / 4n);
  if ((y * y) % P !== square) refuse('malformed', 'point off the curve');
  if (Number(y & 1n) !== (point[0]! & 1)) y = P - y;
  return {
    kty: 'EC', crv: 'P-256',
    x: encodeBase64Url(point.subarray(1)),
    y: encodeBase64Url(fromHex(y.toString(16).padStart(64, '0'))),
  };
}

/** Whether two coordinates of 32 bytes are a point of P-256. */
export function isOnCurve(x: Uint8Array, y: Uint8Array): boolean {
  const [a, b] = [BigInt('0x' + toHex(x)), BigInt('0x' + toHex(y))];
  return a < P && b < P && (b * b) % P === (((a * a + P - 3n) % P) * a + B) % P;
}

/** A key to verify with. Refusal `malformed` for a point off the curve. */
export async function importPublicKey(jwk: PublicJwk): Promise<CryptoKey> {
  return importPoint(concat(Uint8Array.of(4), decodeBase64Url(jwk.x), decodeBase64Url(jwk.y)));
}

/** The same from a compressed point: by WebCrypto where it can, by our own arithmetic where it cannot. */
export async function importCompressed(point: Uint8Array): Promise<CryptoKey> {
  if (point.length !== 33) refuse('malformed', 'compressed point');
  try {
    return await crypto.subtle.importKey('raw', point as Bytes, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  } catch {
    return importPublicKey(decompressPoint(point));
  }
}

async function importPoint(raw: Bytes): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey('raw', raw, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  } catch {
    return refuse('malformed', 'point off the curve');
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % P) if (e & 1n) result = (result * b) % P;
  return result;
}
