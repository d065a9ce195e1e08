import { isObject, parseJsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import type { SigningKey } from '../keys.ts';
import { errorCode, send } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse, type RefusalCode } from '../refusal.ts';
import type { IssuerMetadata } from './issuer.ts';
import type { AccessToken } from './token.ts';

const REFUSALS: Record<string, RefusalCode> = {
  invalid_proof: 'proof_refused', invalid_nonce: 'proof_refused', invalid_token: 'session_ended', invalid_credential_request: 'issuance_denied',
  unknown_credential_configuration: 'offer_not_supported', credential_request_denied: 'issuance_denied',
};

/**
 * One batch of one configuration: a fresh nonce, a proof per key, at most one credential per proof (OpenID4VCI 1.0 §8).
 * Refusals `session_ended`, `proof_refused`, `issuance_denied`, `offer_not_supported`, `malformed`, network codes.
 */
export async function requestCredentials(
  issuer: IssuerMetadata, token: AccessToken, configurationId: string, keys: readonly SigningKey[], outside: Outside,
): Promise<readonly string[]> {
  if (outside.now() >= token.expiresAt) refuse('session_ended');
  if (keys.length === 0 || keys.length > issuer.batchSize) throw new RangeError(`1 to ${issuer.batchSize} keys`);
  const nonce = issuer.nonceEndpoint === undefined ? undefined : await freshNonce(issuer.nonceEndpoint, outside);
  const proofs = await Promise.all(keys.map(key => proofOf(key, issuer.issuer, nonce, outside.now())));
  const reply = await (token.send ?? send)(issuer.credentialEndpoint, {
    accept: 'application/json', token: token.value, json: { credential_configuration_id: configurationId, proofs: { jwt: proofs } },
  }, outside, 2_000_000);
  if (reply.status === 401) refuse('session_ended');
  if (reply.status === 202) refuse('unsupported', 'deferred issuance');
  if (reply.status !== 200) refuse(REFUSALS[errorCode(reply)] ?? 'issuance_denied', `credential endpoint ${reply.status}`);

  const credentials = parseJsonObject(reply.body, 8, 2_000_000)['credentials'];
  if (!Array.isArray(credentials) || credentials.length === 0 || credentials.length > keys.length) return refuse('malformed', 'credentials');
  return credentials.map(entry => (isObject(entry) && typeof entry['credential'] === 'string' ? entry['credential'] : refuse('malformed', 'credential')));
}

async function freshNonce(endpoint: string, outside: Outside): Promise<string> {
  const reply = await send(endpoint, { accept: 'application/json', post: true }, outside);
  const nonce = reply.status === 200 ? parseJsonObject(reply.body)['c_nonce'] : undefined;
  return typeof nonce === 'string' && nonce !== '' && nonce.length <= 1000 ? nonce : refuse('malformed', 'c_nonce');
}

// Appendix F.1; no `iss`, since the grant is anonymous.
function proofOf(key: SigningKey, audience: string, nonce: string | undefined, now: number): Promise<string> {
  const { kty, crv, x, y } = key.publicJwk;
  return signJws({ typ: 'openid4vci-proof+jwt', jwk: { kty, crv, x, y } }, { aud: audience, iat: now, ...(nonce !== undefined && { nonce }) }, key);
}
