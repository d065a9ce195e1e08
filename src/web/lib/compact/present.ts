import type { SigningKey } from '../keys.ts';
import { refuse } from '../refusal.ts';
import type { Challenge } from './challenge.ts';
import type { CompactCredential } from './credential.ts';

/** Answers a challenge with the claims whose keys are given: `IDP:…`. Refusals `wrong_type`, `wrong_holder_key`, `not_matched` (a required claim refused or absent), `too_large`. */
export async function answerChallenge(_credential: CompactCredential, _keys: readonly number[], _challenge: Challenge, _holder: SigningKey): Promise<string> {
  return refuse('unsupported', 'not ready');
}
