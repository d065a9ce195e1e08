import { parseJsonObject } from '../json.ts';
import { errorCode, send, type Reply } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse, type RefusalCode } from '../refusal.ts';
import type { IssuerMetadata } from './issuer.ts';
import { PRE_AUTHORIZED, type Offer } from './offer.ts';

export interface AccessToken {
  readonly value: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  /** Gets a new one later, where the issuer lets a wallet wait. */
  readonly refresh?: string;
  /** How requests under it are sent where it is bound to a key; a bearer token needs nothing more than itself. */
  readonly send?: typeof send;
}

/** Trades the pre-authorized code (OpenID4VCI 1.0 §6); `bound` sends with proofs of a key, and the token is then good with that key alone. Refusals `tx_code_needed`, `tx_code_wrong`, `offer_gone`, `too_many_tries`, network codes. */
export async function requestToken(issuer: IssuerMetadata, offer: Offer, txCode: string | undefined, outside: Outside, bound?: typeof send): Promise<AccessToken> {
  if (offer.credentialIssuer !== issuer.issuer) refuse('issuer_mismatch');
  if (offer.txCode && !txCode) refuse('tx_code_needed');
  const form = {
    grant_type: PRE_AUTHORIZED, 'pre-authorized_code': offer.preAuthorizedCode ?? refuse('offer_not_supported', 'grant'),
    ...(offer.txCode && { tx_code: txCode! }), // §6.3: a code that was not asked for is an error
  };
  const reply = await (bound ?? send)(issuer.tokenEndpoint, { accept: 'application/json', form }, outside);
  if (reply.status !== 200) refuse(await refusalOf(errorCode(reply), offer, outside), `token endpoint ${reply.status}`);
  const token = readToken(reply, bound ? 'dpop' : 'bearer', outside);
  return bound ? { ...token, send: bound } : token;
}

/** The token of a good answer (RFC 6749 §5.1); one of another type than was asked for is refused. */
export function readToken(reply: Reply, wanted: 'bearer' | 'dpop', outside: Outside): AccessToken {
  const { access_token: value, token_type: type, expires_in: lifetime, refresh_token: refresh } = parseJsonObject(reply.body);
  if (typeof value !== 'string' || value === '' || value.length > 10_000) return refuse('malformed', 'access_token');
  if (typeof type !== 'string' || type.toLowerCase() !== wanted) refuse('unsupported', 'token_type');
  const seconds = typeof lifetime === 'number' && lifetime > 0 ? Math.min(lifetime, 86_400) : 300;
  return { value, expiresAt: outside.now() + seconds, ...(typeof refresh === 'string' && refresh !== '' && refresh.length <= 10_000 && { refresh }) };
}

async function refusalOf(error: string, offer: Offer, outside: Outside): Promise<RefusalCode> {
  if (error === 'invalid_request') return offer.txCode ? 'tx_code_needed' : 'offer_malformed';
  if (error !== 'invalid_grant') return error === 'invalid_client' ? 'offer_not_supported' : 'issuance_denied';
  return offer.txCode && !await hasEnded(offer, outside) ? 'tx_code_wrong' : 'offer_gone';
}

/** Whether the offer's own address says that it is over: `invalid_grant` stands for a wrong code too. */
export async function hasEnded(offer: Offer, outside: Outside): Promise<boolean> {
  if (offer.reference === undefined) return false;
  try {
    const { status } = await send(offer.reference, { accept: 'application/json' }, outside);
    return status === 404 || status === 410;
  } catch {
    return false;
  }
}
