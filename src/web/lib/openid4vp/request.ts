import type { DcqlQuery } from '../dcql.ts';
import type { PublicJwk } from '../keys.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';

/** A presentation request that passed every check a wallet can make by itself (OpenID4VP 1.0 §5). */
export interface PresentationRequest {
  /** With its prefix; it is the audience of the answer. */
  readonly clientId: string;
  readonly verifier: Verifier;
  readonly responseUri: string;
  readonly responseMode: 'direct_post' | 'direct_post.jwt';
  readonly nonce: string;
  readonly state: string | undefined;
  readonly query: DcqlQuery;
  readonly encryption: { readonly key: PublicJwk; readonly enc: 'A128GCM' | 'A256GCM' } | undefined;
  /** The verifier's own words, when it gave some. */
  readonly purpose: string | undefined;
}
/** Who asks. Nothing here is vouched for: names come from a certificate nobody anchored or from the verifier itself. */
export interface Verifier {
  readonly kind: 'x509_hash' | 'x509_san_dns' | 'redirect_uri';
  /** Host that gets the answer. */
  readonly host: string;
  readonly name: string | undefined;
  readonly certificateHash: string | undefined;
}

/** Whether scanned or opened text looks like a request: openid4vp:, haip-vp:, or a wallet link #present?…. */
export function isRequestLink(text: string): boolean {
  return /^(openid4vp|haip-vp):/i.test(text) || /#present\?/.test(text);
}

/** Fetches the request the link names and checks it. Refusals `request_*`, `client_*`, `nonce_mismatch`, `transaction_data`, `bad_signature`, network codes. */
export async function loadRequest(_link: string, _outside: Outside): Promise<PresentationRequest> {
  return refuse('unsupported', 'not ready');
}
