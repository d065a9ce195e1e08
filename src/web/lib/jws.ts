import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { utf8, type Bytes } from './bytes.ts';
import { parseJsonObject, type JsonObject } from './json.ts';
import { verifyEs256, type PublicJwk, type SigningKey } from './keys.ts';
import { refuse } from './refusal.ts';

/** A compact JWS (RFC 7515 §7.1) whose signature has not been looked at yet. */
export interface Jws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: string;
  readonly signature: Bytes;
  readonly compact: string;
}

/** Refusals `malformed`, `too_large`; `unsupported` for any `alg` but ES256 and for `crit` (RFC 7515 §4.1.11). */
export function parseJws(compact: string, maxLength = 100_000): Jws {
  if (compact.length > maxLength) refuse('too_large', 'JWS');
  const parts = compact.split('.');
  if (parts.length !== 3) refuse('malformed', 'JWS parts');
  const [head, body, tail] = parts as [string, string, string];
  const header = parseJsonObject(decodeBase64Url(head));
  if (header['alg'] !== 'ES256') refuse('unsupported', 'JWS alg');
  if ('crit' in header || 'b64' in header) refuse('unsupported', 'JWS crit');
  return { header, payload: parseJsonObject(decodeBase64Url(body)), signingInput: `${head}.${body}`, signature: decodeBase64Url(tail), compact };
}

export async function verifyJws(jws: Jws, key: PublicJwk): Promise<boolean> {
  if (key.alg !== undefined && key.alg !== 'ES256') return false;
  return verifyEs256(key, jws.signature, jws.signingInput);
}

/** Signs with ES256; `alg` is added to the header. */
export async function signJws(header: JsonObject, payload: JsonObject, key: SigningKey): Promise<string> {
  const part = (value: JsonObject): string => encodeBase64Url(utf8(JSON.stringify(value)));
  const signingInput = `${part({ alg: 'ES256', ...header })}.${part(payload)}`;
  return `${signingInput}.${encodeBase64Url(await key.sign(utf8(signingInput)))}`;
}
