import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';

/** A credential offer (OpenID4VCI 1.0 §4.1), contents untrusted. */
export interface Offer {
  readonly credentialIssuer: string;
  readonly configurationIds: readonly string[];
  readonly preAuthorizedCode: string;
  /** Present: a code, told to the person another way, must be typed. */
  readonly txCode: TxCode | undefined;
}
export interface TxCode { readonly inputMode: 'numeric' | 'text'; readonly length: number | undefined; readonly description: string | undefined }

/** Whether scanned or opened text looks like an offer: openid-credential-offer:, haip-vci:, or a wallet link #offer?…. */
export function isOfferLink(text: string): boolean {
  return /^(openid-credential-offer|haip-vci):/i.test(text) || /#offer\?/.test(text);
}

/** Reads the offer in the link, fetching it when it is given by reference. Refusals `offer_malformed`, `offer_gone`, `offer_not_supported`, network codes. */
export async function loadOffer(_link: string, _outside: Outside): Promise<Offer> {
  return refuse('unsupported', 'not ready');
}
