import { decodeBase45, encodeBase45 } from '../base45.ts';
import { sha256, type Bytes } from '../bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../cbor.ts';
import { createSign1, parseSign1, requireLabels, verifySign1 } from '../cose.ts';
import type { SigningKey } from '../keys.ts';
import { compressPoint, importCompressed } from '../p256.ts';
import { refuse } from '../refusal.ts';
import { array, byteString, decodeArray, small, text, time } from './fields.ts';
import { CHALLENGE_CONTEXT, MAX_CHALLENGE, MAX_DEPTH, MAX_LEAVES, MAX_PURPOSE_ID, MAX_TYPE, MAX_WORDS } from './limits.ts';

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
  /** The registered purpose it names; form 1 names none. */
  readonly purposeId: string | undefined;
}

export interface Question { type: string; required: readonly number[]; optional: readonly number[]; purpose: string; name: string; nonce: Bytes; issuedAt: number; purposeId?: string }

const PREFIX = 'IDC:';

export function isChallenge(scanned: string): boolean {
  return scanned.startsWith(PREFIX);
}

/** Reads `IDC:…` and verifies its signature. Refusals `malformed` (too long, too: there is nothing to make shorter), `unsupported`, `bad_signature`. */
export async function parseChallenge(scanned: string): Promise<Challenge> {
  if (!isChallenge(scanned)) refuse('malformed', 'not a challenge');
  if (scanned.length > PREFIX.length + Math.ceil(MAX_CHALLENGE * 1.5)) refuse('malformed', 'challenge too long');
  const bytes = decodeBase45(scanned.slice(PREFIX.length));
  const sign1 = parseSign1(decodeCbor(bytes, { maxBytes: MAX_CHALLENGE, maxDepth: MAX_DEPTH }));
  requireLabels(sign1, [1]);
  const fields = decodeArray(sign1.payload, MAX_CHALLENGE, 1, 64);
  if (small(fields[0]) !== 1 && fields[0] !== 2) refuse('unsupported', 'version of challenge');
  array(fields, fields[0] === 1 ? 9 : 10);
  const challenge: Challenge = {
    bytes, digest: await sha256(bytes), nonce: byteString(fields[1], 16), issuedAt: time(fields[2]), type: text(fields[3], MAX_TYPE),
    required: claimKeys(fields[4]), optional: claimKeys(fields[5]), purpose: text(fields[6], MAX_WORDS), name: text(fields[7], MAX_WORDS), key: byteString(fields[8], 33),
    purposeId: fields.length === 10 ? text(fields[9], MAX_PURPOSE_ID) : undefined,
  };
  const asked = [...challenge.required, ...challenge.optional];
  if (challenge.type === '' || challenge.purposeId === '' || new Set(asked).size !== asked.length) refuse('malformed', 'type or claims asked');
  if (!await verifySign1(sign1, CHALLENGE_CONTEXT, await importCompressed(challenge.key))) refuse('bad_signature', 'challenge');
  return challenge;
}

/** Makes a challenge; `nonce` is 16 fresh random bytes. Returns its text and what parseChallenge would. */
export async function createChallenge(question: Question, key: SigningKey): Promise<{ text: string; challenge: Challenge }> {
  const payload = encodeCbor([
    question.purposeId === undefined ? 1 : 2, question.nonce, question.issuedAt, question.type, [...question.required], [...question.optional],
    question.purpose, question.name, compressPoint(key.publicJwk),
    ...(question.purposeId === undefined ? [] : [question.purposeId]),
  ]);
  const bytes = encodeCbor(await createSign1(new Map(), payload, CHALLENGE_CONTEXT, key));
  const written = PREFIX + encodeBase45(bytes);
  return { text: written, challenge: await parseChallenge(written) };
}

function claimKeys(value: Cbor | undefined): number[] {
  const keys = array(value).map(small);
  if (keys.length > MAX_LEAVES) refuse('malformed', 'too many claims asked');
  return keys;
}
