/** The receipt of a check, as a verifier signs it (docs/check-receipt.md); the same as src/Credentials/Receipts in C#. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import { parseJws, verifyJws } from '../jws.ts';
import { parsePublicJwk, thumbprintText } from '../keys.ts';
import { refuse } from '../refusal.ts';

export interface Receipt {
  /** Thumbprint of the key that signed: whose it is, the reader looks up. */
  readonly key: string;
  readonly verifier: string;
  readonly id: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly checkedAt: number;
  readonly purpose: string | undefined;
  readonly type: string | undefined;
  readonly asked: readonly string[];
  readonly shown: readonly string[];
  /** base64url of 32 bytes. */
  readonly entry: string;
  readonly presentation: string;
  readonly outcome: string;
  readonly reason: string;
  readonly binding: string;
  /** Seconds. */
  readonly ledgerAge: number | undefined;
  readonly statusAge: number | undefined;
  /** What a scanner without a network said. */
  readonly device: { readonly outcome: string; readonly reason: string } | undefined;
}

export const MAX_RECEIPT = 16 * 1024;

/** Reads a receipt and verifies that the key inside signed it. Refusals `malformed`, `too_large`, `unsupported`, `bad_signature`. */
export async function readReceipt(text: string): Promise<Receipt> {
  const { payload, key } = await openSigned(text, 'identity-check-receipt+jwt');
  const { iss, jti, iat, checked_at: checkedAt, purpose, type, asked, shown, entry, presentation, outcome, reason, binding, data_age: age, device } = payload;
  if (!filled(iss, 2000) || !filled(jti, 200) || !time(iat) || !time(checkedAt) || !names(asked) || !names(shown) || !hash(entry) || !hash(presentation)
    || !word(outcome) || !word(reason) || !word(binding) || !isObject(age)) return refuse('malformed', 'receipt');
  if (device !== undefined && !(isObject(device) && word(device['outcome']) && word(device['reason']))) return refuse('malformed', 'receipt');
  return {
    key, verifier: iss, id: jti, issuedAt: iat, checkedAt, purpose: optional(purpose), type: optional(type), asked, shown, entry, presentation, outcome, reason, binding,
    ledgerAge: seconds(age['ledger']), statusAge: seconds(age['status']), device: device as Receipt['device'],
  };
}

/** A compact JWS by the key in its header, which signed it: the thumbprint of that key, and what it says. Refusals `malformed`, `too_large`, `unsupported`, `bad_signature`. */
export async function openSigned(text: string, typ: string): Promise<{ readonly key: string; readonly payload: JsonObject }> {
  const jws = parseJws(text.trim(), MAX_RECEIPT);
  if (jws.header['typ'] !== typ) refuse('malformed', 'typ of receipt');
  const jwk = parsePublicJwk(jws.header['jwk']);
  if (!await verifyJws(jws, jwk)) refuse('bad_signature', 'receipt');
  return { key: await thumbprintText(jwk), payload: jws.payload };
}

const filled = (value: Json | undefined, longest: number): value is string => typeof value === 'string' && value !== '' && value.length <= longest;
export const time = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 253402300799;
export const names = (value: Json | undefined): value is string[] => Array.isArray(value) && value.length <= 64 && value.every(item => filled(item, 200));
export const hash = (value: Json | undefined): value is string => typeof value === 'string' && /^[\w-]{42}[AEIMQUYcgkosw048]$/.test(value);
const word = (value: Json | undefined): value is string => typeof value === 'string' && /^[a-z_]{1,60}$/.test(value);
const optional = (value: Json | undefined): string | undefined => typeof value === 'string' ? value : undefined;
const seconds = (value: Json | undefined): number | undefined => Number.isSafeInteger(value) ? value as number : undefined;
