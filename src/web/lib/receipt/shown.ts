/** The wallet's own line about a showing, signed by the key of the copy that was shown (docs/check-receipt.md). */
import { encodeBase64Url } from '../base64url.ts';
import { sha256, type Bytes } from '../bytes.ts';
import type { JsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import { bareJwk, type SigningKey } from '../keys.ts';

export interface Showing {
  /** As the wallet named who asked, and how far that was verified. */
  readonly asker: string;
  readonly standing: string;
  /** Thumbprint of the key that asked. */
  readonly key: string | undefined;
  readonly purpose: string;
  readonly type: string;
  /** Names of the claims shown. */
  readonly claims: readonly string[];
  /** What the issuer signed of the copy, whose SHA-256 is the log entry. */
  readonly issued: Bytes | string;
  /** The whole text shown; undefined for a code that is redrawn. */
  readonly shown: string | undefined;
  /** The question as the asker signed it. */
  readonly question: string | undefined;
}

export const digestOf = async (data: Bytes | string): Promise<string> => encodeBase64Url(await sha256(data));

/** The line. `now` in Unix seconds. */
export async function signShowing({ asker, standing, key, purpose, type, claims, issued, shown, question }: Showing, now: number, holder: SigningKey): Promise<string> {
  const line: JsonObject = { iat: now, asker, standing, purpose, type, shown: [...claims], entry: await digestOf(issued) };
  if (key !== undefined) line['key'] = key;
  if (shown !== undefined) line['presentation'] = await digestOf(shown);
  if (question !== undefined) line['question'] = await digestOf(question);
  return signJws({ typ: 'identity-shown+jwt', jwk: { ...bareJwk(holder.publicJwk) } }, line, holder);
}
