/** Reading a wallet's own line about a showing (docs/check-receipt.md); the same as ShownLine in C#. */
import { refuse } from '../refusal.ts';
import { hash, names, openSigned, time } from './receipt.ts';

export interface ShownLine {
  /** Unix seconds, by the phone's clock. */
  readonly at: number;
  /** Who asked, as the wallet named them. */
  readonly asker: string;
  /** Thumbprint of the key that asked; undefined where none did. */
  readonly key: string | undefined;
  readonly purpose: string;
  readonly type: string | undefined;
  readonly shown: readonly string[];
  /** base64url of 32 bytes: SHA-256 of the question's text; undefined where nothing was asked. */
  readonly question: string | undefined;
}

/** Reads a line and verifies that the key inside signed it: whether that is the copy's key, only who has the credential can say. Refusals `malformed`, `too_large`, `unsupported`, `bad_signature`. */
export async function readLine(text: string): Promise<ShownLine> {
  const { iat, asker, standing, key, purpose, type, shown, entry, presentation, question } = (await openSigned(text, 'identity-shown+jwt')).payload;
  if (!time(iat) || !short(asker, 2000) || !short(standing, 60) || standing === '' || !short(purpose, 2000) || !names(shown) || !hash(entry)
    || !(presentation === undefined || hash(presentation)) || !(question === undefined || hash(question))) return refuse('malformed', 'line');
  return { at: iat, asker, key: typeof key === 'string' ? key : undefined, purpose, type: typeof type === 'string' ? type : undefined, shown, question };
}

const short = (value: unknown, longest: number): value is string => typeof value === 'string' && value.length <= longest;
