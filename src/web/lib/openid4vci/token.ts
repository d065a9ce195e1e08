import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';
import type { IssuerMetadata } from './issuer.ts';
import type { Offer } from './offer.ts';

export interface AccessToken { readonly value: string; /** Unix seconds. */ readonly expiresAt: number }

/** Trades the pre-authorized code. Refusals `tx_code_needed`, `tx_code_wrong`, `offer_gone`, `too_many_tries`, network codes. */
export async function requestToken(_issuer: IssuerMetadata, _offer: Offer, _txCode: string | undefined, _outside: Outside): Promise<AccessToken> {
  return refuse('unsupported', 'not ready');
}
