/**
 * A history that can be written while it cannot be read: rows are sealed to a public key (a one-time P-256 key, ECDH, HKDF-SHA-256, AES-256-GCM, as in ECIES), and the private
 * key exists on disk only wrapped under the PIN, in memory only while the person looks.
 */
import type { SealedTo } from './db.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The pair of one guarded history, as stored. */
export interface Diary {
  readonly publicKey: CryptoKey;
  readonly iv: Bytes;
  /** PKCS#8 of the private key, under the key that the PIN gives. */
  readonly wrapped: ArrayBuffer;
}

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const INFO = new TextEncoder().encode('identity-wallet/1/diary');

export const diaryPair = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(CURVE, true, ['deriveBits']);

export async function wrapDiary({ publicKey, privateKey }: CryptoKeyPair, pinKey: CryptoKey): Promise<Diary> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { publicKey, iv, wrapped: await crypto.subtle.wrapKey('pkcs8', privateKey, pinKey, { name: 'AES-GCM', iv }) };
}

export const unwrapDiary = ({ wrapped, iv }: Diary, pinKey: CryptoKey, extractable = false): Promise<CryptoKey> =>
  crypto.subtle.unwrapKey('pkcs8', wrapped, pinKey, { name: 'AES-GCM', iv }, CURVE, extractable, ['deriveBits']);

/** Seals `value`; `place` is authenticated, so that rows cannot be swapped. */
export async function sealTo(publicKey: CryptoKey, place: Bytes, value: unknown): Promise<SealedTo> {
  const once = await diaryPair();
  const from = await crypto.subtle.exportKey('raw', once.publicKey);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await agree(once.privateKey, publicKey, from);
  return { from, iv, sealed: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: place }, key, new TextEncoder().encode(JSON.stringify(value))) };
}

export async function openSealedTo(privateKey: CryptoKey, place: Bytes, { from, iv, sealed }: SealedTo): Promise<unknown> {
  const key = await agree(privateKey, await crypto.subtle.importKey('raw', from, CURVE, true, []), from);
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: place }, key, sealed))) as unknown;
}

async function agree(own: CryptoKey, other: CryptoKey, salt: ArrayBuffer): Promise<CryptoKey> {
  const shared = await crypto.subtle.importKey('raw', await crypto.subtle.deriveBits({ name: 'ECDH', public: other }, own, 256), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info: INFO }, shared, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
