import type { Bytes } from '../bytes.ts';
import type { SigningKey } from '../keys.ts';
import { refuse } from '../refusal.ts';

/** A verifier's signed question in a QR; its signature has been verified. */
export interface Challenge {
  readonly bytes: Bytes;
  /** SHA-256 of `bytes`; what the answer is bound to. */
  readonly digest: Bytes;
  readonly nonce: Bytes;
  readonly issuedAt: number;
  /** The type of credential asked for (vct). */
  readonly type: string;
  /** Claim keys of the type definition. */
  readonly required: readonly number[];
  readonly optional: readonly number[];
  readonly purpose: string;
  /** The verifier's own statement. */
  readonly name: string;
  readonly key: Bytes;
}

export function isChallenge(text: string): boolean {
  return text.startsWith('IDC:');
}

/** Reads `IDC:…` and verifies its signature. Refusals `malformed`, `too_large`, `bad_signature`. */
export async function parseChallenge(_text: string): Promise<Challenge> {
  return refuse('unsupported', 'not ready');
}

/** Makes a challenge; `nonce` is 16 fresh random bytes. Returns its text and what parseChallenge would. */
export async function createChallenge(
  _ask: { type: string; required: number[]; optional: number[]; purpose: string; name: string; nonce: Bytes; issuedAt: number }, _key: SigningKey,
): Promise<{ text: string; challenge: Challenge }> {
  return refuse('unsupported', 'not ready');
}
