import { equalBytes, sha256, type Bytes } from '../bytes.ts';
import { decodeCbor, type Cbor } from '../cbor.ts';
import { parseSign1, requireLabels, verifySign1 } from '../cose.ts';
import { thumbprintText } from '../keys.ts';
import { decompressPoint, importPublicKey } from '../p256.ts';
import { refuse } from '../refusal.ts';
import { array, bytes, MAX_CONTENT, MAX_LIFE, MAX_STATEMENT, number, SKEW, time, VERSION } from './format.ts';

/** What a pack is held against before anything in it counts. */
export interface Pin {
  /** Thumbprints (RFC 7638, base64url) of the keys that may sign, pinned at install. Two while the maker changes its key. */
  readonly signers: readonly string[];
  /** The version at hand, below which none is taken; 0 where there is none. */
  readonly heldVersion: number;
  /** Unix seconds. */
  readonly now: number;
}

/** What is signed of a trust pack. */
export interface Statement {
  readonly signer: string;
  /** Only rises. */
  readonly version: number;
  /** Up to when the maker had read the ledger, and from when on the pack proves nothing; Unix seconds. */
  readonly madeAt: number;
  readonly goodUntil: number;
  /** Of the content. */
  readonly length: number;
  readonly digest: Bytes;
  /** As it came, to be kept with the content. */
  readonly signed: Cbor;
}

const CONTEXT = 'identity-trust-pack-v3';

/**
 * Reads a statement and judges it. Refusals `malformed`, `unsupported`, `unknown_key` (its signer is not pinned), `bad_signature`, `pack_older` (than the version
 * held), `pack_future`. Past its end it is read all the same: verdicts then say that they cannot tell.
 */
export async function readStatement(signed: Cbor | undefined, pin: Pin): Promise<Statement> {
  const sign1 = parseSign1(signed ?? null);
  requireLabels(sign1, [1]);
  const members = array(decodeCbor(sign1.payload, { maxBytes: MAX_STATEMENT, maxDepth: 1 }));
  if (number(members[0], 0x7fffffff) !== VERSION) refuse('unsupported', 'statement');
  const [, point, version, madeAt, goodUntil, length, digest] = array(members, 7);
  const key = decompressPoint(bytes(point, 33));
  const statement = {
    signer: await thumbprintText(key), version: number(version), madeAt: time(madeAt), goodUntil: time(goodUntil),
    length: number(length, MAX_CONTENT), digest: bytes(digest, 32), signed: signed!,
  };
  if (statement.goodUntil <= statement.madeAt || statement.goodUntil - statement.madeAt > MAX_LIFE) refuse('malformed', 'life of a pack');

  if (!pin.signers.includes(statement.signer)) refuse('unknown_key', 'trust pack');
  if (!await verifySign1(sign1, CONTEXT, await importPublicKey(key))) refuse('bad_signature', 'trust pack');
  if (statement.version < pin.heldVersion) refuse('pack_older', `${statement.version}`);
  if (statement.madeAt > pin.now + SKEW) refuse('pack_future', `${statement.madeAt}`);
  return statement;
}

/** Refuses (`bad_signature`) a content that is not the one that was signed. */
export async function requireContent({ length, digest }: Statement, content: Bytes): Promise<void> {
  if (content.length !== length || !equalBytes(await sha256(content), digest)) refuse('bad_signature', 'content of a trust pack');
}
