import { isObject, parseJsonObject, type Json, type JsonObject } from '../json.ts';
import { linkParameters } from '../link.ts';
import { checkUrl, getJson } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse, refusedAs } from '../refusal.ts';

/** A credential offer (OpenID4VCI 1.0 §4.1), contents untrusted. */
export interface Offer {
  readonly credentialIssuer: string;
  readonly configurationIds: readonly string[];
  /** Undefined: collected on a page of the organisation (authorization code alone). */
  readonly preAuthorizedCode: string | undefined;
  /** Given back with the authorization request (§5.1.3). */
  readonly issuerState: string | undefined;
  /** Present: a code, told to the person another way, must be typed. */
  readonly txCode: TxCode | undefined;
  /** Where the offer was read, when it was given by reference; asked again to tell a wrong code from an offer that has ended. */
  readonly reference: string | undefined;
}
export interface TxCode { readonly inputMode: 'numeric' | 'text'; readonly length: number | undefined; readonly description: string | undefined }

export const PRE_AUTHORIZED = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

/** Whether scanned or opened text looks like an offer: openid-credential-offer:, haip-vci:, or a wallet link #offer?…. */
export function isOfferLink(text: string): boolean {
  return /^(openid-credential-offer|haip-vci):/i.test(text) || /#offer\?/.test(text);
}

/** Reads the offer in the link, fetching it when it is given by reference. Refusals `offer_malformed`, `offer_gone`, `offer_not_supported`, network codes. */
export async function loadOffer(link: string, outside: Outside): Promise<Offer> {
  if (!isOfferLink(link)) refuse('offer_malformed', 'not an offer');
  const parameters = linkParameters(link, 'offer_malformed');
  const value = parameters.get('credential_offer');
  const reference = parameters.get('credential_offer_uri');
  if ((value === undefined) === (reference === undefined)) return refuse('offer_malformed', 'one of credential_offer and credential_offer_uri');
  if (reference === undefined) return parseOffer(refusedAs('offer_malformed', () => parseJsonObject(value!, 8, 10_000)), undefined, outside);
  return parseOffer(await getJson(reference, 'offer_gone', outside), reference, outside);
}

function parseOffer(json: JsonObject, reference: string | undefined, outside: Outside): Offer {
  const { credential_issuer: issuer, credential_configuration_ids: ids, grants } = json;
  if (typeof issuer !== 'string' || issuer.length > 500) return refuse('offer_malformed', 'credential_issuer');
  if (checkUrl(issuer, outside).search) refuse('offer_malformed', 'credential_issuer with a query');
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > 20 || !ids.every(isShortText)) return refuse('offer_malformed', 'credential_configuration_ids');
  if (new Set(ids).size !== ids.length) refuse('offer_malformed', 'configuration twice');
  // The pre-authorized way first: it stays in this wallet.
  const own = isObject(grants) ? grants[PRE_AUTHORIZED] : undefined;
  const grant = own ?? (isObject(grants) ? grants['authorization_code'] : undefined);
  if (!isObject(grant)) return refuse('offer_not_supported', 'grant');
  // The issuer is its own authorization server here; a hint at any other could send the code elsewhere.
  if (grant['authorization_server'] !== undefined && grant['authorization_server'] !== issuer) refuse('offer_not_supported', 'authorization_server');
  const secret = (name: string): string => {
    const value = grant[name];
    return typeof value === 'string' && value !== '' && value.length <= 2000 ? value : refuse('offer_malformed', name);
  };
  const offer = { credentialIssuer: issuer, configurationIds: ids as string[], reference };
  return own === undefined
    ? { ...offer, preAuthorizedCode: undefined, issuerState: grant['issuer_state'] === undefined ? undefined : secret('issuer_state'), txCode: undefined }
    : { ...offer, preAuthorizedCode: secret('pre-authorized_code'), issuerState: undefined, txCode: parseTxCode(grant['tx_code']) };
}

// §4.1.1: an empty object still means that a code is needed.
function parseTxCode(json: Json | undefined): TxCode | undefined {
  if (json === undefined) return undefined;
  if (!isObject(json)) return refuse('offer_malformed', 'tx_code');
  const { input_mode: mode = 'numeric', length, description } = json;
  if (mode !== 'numeric' && mode !== 'text') return refuse('offer_malformed', 'input_mode');
  return {
    inputMode: mode,
    length: Number.isInteger(length) && (length as number) > 0 && (length as number) <= 64 ? length as number : undefined,
    description: typeof description === 'string' ? description.slice(0, 300) : undefined,
  };
}

function isShortText(value: Json): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= 200;
}
