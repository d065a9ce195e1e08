import { isObject, parseJsonObject, type JsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import { bareJwk, type SigningKey } from '../keys.ts';
import { errorCode, send, type Reply } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse, type RefusalCode } from '../refusal.ts';
import type { IssuerMetadata } from './issuer.ts';
import type { AccessToken } from './token.ts';

const REFUSALS: Record<string, RefusalCode> = {
  invalid_proof: 'proof_refused', invalid_nonce: 'proof_refused', invalid_token: 'session_ended', invalid_credential_request: 'issuance_denied',
  unknown_credential_configuration: 'offer_not_supported', credential_request_denied: 'issuance_denied',
};

/** What the issuer has put off: configuration id → its name for the transaction (§9). */
export type PutOff = Map<string, string>;

/**
 * One batch of one configuration: a fresh nonce, a proof per key, at most one credential per proof (OpenID4VCI 1.0 §8); without keys, one credential that is bound to none. What the issuer puts off is
 * noted in `putOff` and refused as `not_ready`; called again with the same keys, it is asked for again (§9).
 * Refusals `session_ended`, `not_ready`, `proof_refused`, `issuance_denied`, `offer_not_supported`, `malformed`, network codes.
 */
export async function requestCredentials(
  issuer: IssuerMetadata, token: AccessToken, configurationId: string, keys: readonly SigningKey[], putOff: PutOff, outside: Outside,
): Promise<readonly string[]> {
  if (outside.now() >= token.expiresAt) refuse('session_ended');
  if (keys.length > issuer.batchSize) throw new RangeError(`at most ${issuer.batchSize} keys`);
  const post = (endpoint: string, json: JsonObject): Promise<Reply> => (token.send ?? send)(endpoint, { accept: 'application/json', token: token.value, json }, outside, 2_000_000);
  const known = putOff.get(configurationId);
  let reply = known !== undefined && issuer.deferredEndpoint !== undefined ? await post(issuer.deferredEndpoint, { transaction_id: known }) : undefined;
  if (!reply || errorCode(reply) === 'invalid_transaction_id') {
    // Never put off, or handed out and lost on the way: the same keys get the same copies.
    putOff.delete(configurationId);
    const nonce = keys.length === 0 || issuer.nonceEndpoint === undefined ? undefined : await freshNonce(issuer.nonceEndpoint, outside);
    const proofs = await Promise.all(keys.map(key => proofOf(key, issuer.issuer, nonce, outside.now())));
    reply = await post(issuer.credentialEndpoint, { credential_configuration_id: configurationId, ...(proofs.length > 0 && { proofs: { jwt: proofs } }) });
  }
  if (reply.status === 401) refuse('session_ended');
  if (reply.status === 202) {
    const { transaction_id: transaction } = parseJsonObject(reply.body);
    if (typeof transaction !== 'string' || transaction === '' || transaction.length > 2000) return refuse('malformed', 'transaction_id');
    putOff.set(configurationId, transaction);
    refuse('not_ready');
  }
  if (reply.status !== 200) refuse(REFUSALS[errorCode(reply)] ?? 'issuance_denied', `credential endpoint ${reply.status}`);

  const credentials = parseJsonObject(reply.body, 8, 2_000_000)['credentials'];
  if (!Array.isArray(credentials) || credentials.length === 0 || credentials.length > Math.max(1, keys.length)) return refuse('malformed', 'credentials');
  return credentials.map(entry => (isObject(entry) && typeof entry['credential'] === 'string' ? entry['credential'] : refuse('malformed', 'credential')));
}

async function freshNonce(endpoint: string, outside: Outside): Promise<string> {
  const reply = await send(endpoint, { accept: 'application/json', post: true }, outside);
  const nonce = reply.status === 200 ? parseJsonObject(reply.body)['c_nonce'] : undefined;
  return typeof nonce === 'string' && nonce !== '' && nonce.length <= 1000 ? nonce : refuse('malformed', 'c_nonce');
}

// Appendix F.1; no `iss`, since the grant is anonymous.
function proofOf(key: SigningKey, audience: string, nonce: string | undefined, now: number): Promise<string> {
  return signJws({ typ: 'openid4vci-proof+jwt', jwk: bareJwk(key.publicJwk) }, { aud: audience, iat: now, ...(nonce !== undefined && { nonce }) }, key);
}
