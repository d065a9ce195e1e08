import type { SigningKey } from '../keys.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';
import type { IssuerMetadata } from './issuer.ts';
import type { Offer } from './offer.ts';
import type { AccessToken } from './token.ts';

/** One copy of a credential, checked: bound to keys[key], of the type asked, signed by the issuer asked. */
export interface CollectedCopy {
  /** Index into the keys that were passed. */
  readonly key: number;
  readonly sdJwt: string;
  /** The compact issued form, base64url, when the offer holds it. */
  readonly compact: string | undefined;
}
/** All copies of one offered type. */
export interface CollectedCredential { readonly configurationId: string; readonly vct: string; readonly copies: readonly CollectedCopy[] }

/**
 * Collects what is offered, both formats of a type with the same keys. A lost answer is asked for again with the same token and keys.
 * Refusals `session_ended`, `proof_refused`, `issuance_denied`, `wrong_holder_key`, `wrong_type`, `wrong_issuer`, `bad_signature`, `not_valid_now`, network codes.
 */
export async function collectOffer(
  _offer: Offer, _issuer: IssuerMetadata, _token: AccessToken, _keys: readonly SigningKey[], _outside: Outside,
): Promise<CollectedCredential[]> {
  return refuse('unsupported', 'not ready');
}
