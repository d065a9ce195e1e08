import type { SigningKey } from '../keys.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';
import type { ClaimPath } from '../sdjwt.ts';
import type { PresentationRequest } from './request.ts';

/** One credential the person agreed to show. */
export interface Selection { readonly queryId: string; readonly sdJwt: string; readonly paths: readonly ClaimPath[]; readonly holder: SigningKey }

/** Sends the answer. `redirectUri` (https, or loopback in development) is where a same-device flow goes on. Refusals `request_gone`, `answer_refused`, network codes. */
export async function sendAnswer(_request: PresentationRequest, _selections: readonly Selection[], _outside: Outside): Promise<{ redirectUri: string | undefined }> {
  return refuse('unsupported', 'not ready');
}

/** Tells the verifier that the person declined, or that nothing matches; a failure to tell is not reported. */
export async function sendRefusal(_request: PresentationRequest, _error: 'access_denied' | 'invalid_request', _outside: Outside): Promise<{ redirectUri: string | undefined }> {
  return refuse('unsupported', 'not ready');
}
