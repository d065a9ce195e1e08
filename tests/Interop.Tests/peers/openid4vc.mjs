// A wallet of @openid4vc/{oauth2,openid4vci,openid4vp} with @sd-jwt and dcql: nothing of this product's own.
import { randomBytes, sign } from 'node:crypto';
import { DcqlQuery } from 'dcql';
import { Openid4vciClient } from '@openid4vc/openid4vci';
import { Openid4vpClient } from '@openid4vc/openid4vp';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { setGlobalConfig } from '@openid4vc/oauth2';
import { callbacks, newKey } from './callbacks.mjs';
import { answer } from './io.mjs';

setGlobalConfig({ allowInsecureUrls: true }); // the product runs on loopback without TLS here

const sdJwtOf = key => new SDJwtVcInstance({
  hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt,
  ...(key && { kbSignAlg: key.alg, kbSigner: async data => sign(key.alg === 'ES256' ? 'sha256' : null, Buffer.from(data), {
    key: key.privateJwk, format: 'jwk', dsaEncoding: 'ieee-p1363' }).toString('base64url') }),
});

async function receive({ offer, txCode, copies, dpop, encrypt, alg = 'ES256', notify, defer }) {
  const keys = await Promise.all(Array.from({ length: copies }, () => newKey(alg)));
  const dpopKey = dpop ? await newKey() : undefined;
  const all = [...keys, ...(dpopKey ? [dpopKey] : [])];
  const client = new Openid4vciClient({ callbacks: callbacks(all) });

  const credentialOffer = await client.resolveCredentialOffer(offer);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const credentialConfigurationId = credentialOffer.credential_configuration_ids.find(id =>
    issuerMetadata.credentialIssuer.credential_configurations_supported[id].format === 'dc+sd-jwt');
  const token = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer, issuerMetadata, txCode,
    ...(dpopKey && { dpop: { signer: { method: 'jwk', alg: 'ES256', publicJwk: dpopKey.publicJwk } } }),
  });
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const jwt = await Promise.all(keys.map(async key => (await client.createCredentialRequestJwtProof({
    issuerMetadata, credentialConfigurationId, nonce, issuedAt: new Date(), signer: { method: 'jwk', alg, publicJwk: key.publicJwk },
  })).jwt));
  const got = await client.retrieveCredentials({
    issuerMetadata, credentialConfigurationId, accessToken: token.accessTokenResponse.access_token, dpop: token.dpop, proofs: { jwt },
  });
  const response = got.credentialResponse;
  const credentials = response.credentials.map(c => c.credential ?? c);
  if (notify) {
    await client.sendNotification({
      issuerMetadata, accessToken: token.accessTokenResponse.access_token, dpop: got.dpop ?? token.dpop,
      notification: { notificationId: response.notification_id, event: 'credential_accepted' },
    });
  }

  const held = [];
  for (const sdJwt of credentials) {
    const decoded = await sdJwtOf().decode(sdJwt);
    const bound = decoded.jwt.payload.cnf.jwk;
    held.push({ sdJwt, key: keys.find(k => k.publicJwk.x === bound.x), claims: await decoded.getClaims(digest) });
  }
  return { held, tokenType: token.accessTokenResponse.token_type, version: issuerMetadata.originalDraftVersion ?? null, notificationId: response.notification_id ?? null };
}

async function present({ request, held }) {
  const client = new Openid4vpClient({ callbacks: callbacks(held.map(h => h.key)) });
  const parsed = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: request });
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params, responseMode: { type: 'direct_post' } });
  const { authorizationRequestPayload: payload } = resolved;
  const query = DcqlQuery.parse(resolved.dcql.query);
  DcqlQuery.validate(query);
  const found = DcqlQuery.query(query, held.map(h => ({
    credential_format: 'dc+sd-jwt', vct: h.claims.vct, claims: h.claims, cryptographic_holder_binding: true,
  })));
  if (!found.can_be_satisfied) return { refused: 'the query cannot be satisfied', prefix: resolved.client.prefix };

  const vp_token = {};
  const asked = found.credential_sets ? found.credential_sets.find(s => s.matching_options?.length)?.matching_options?.[0] ?? [] : query.credentials.map(c => c.id);
  const ids = found.credential_sets ? [...new Set(found.credential_sets.flatMap(s => s.matching_options?.[0] ?? []))] : asked;
  for (const id of ids) {
    const match = found.credential_matches[id];
    const valid = match.valid_credentials[0];
    const { sdJwt, key } = held[valid.input_credential_index];
    const output = valid.claims.valid_claim_sets?.[0]?.output ?? {};
    const frame = Object.fromEntries(Object.keys(output).map(name => [name, true]));
    const presentation = await sdJwtOf(key).present(sdJwt, frame, {
      kb: { payload: { aud: payload.client_id, nonce: payload.nonce, iat: Math.floor(Date.now() / 1000) } },
    });
    vp_token[id] = [presentation];
  }
  const encrypted = payload.response_mode === 'direct_post.jwt';
  const response = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload, authorizationResponsePayload: { vp_token },
    ...(encrypted && { jarm: { encryption: { nonce: randomBytes(16).toString('base64url') }, serverMetadata: {
      authorization_signing_alg_values_supported: [], authorization_encryption_alg_values_supported: ['ECDH-ES'], authorization_encryption_enc_values_supported: ['A256GCM', 'A128GCM'] } } }),
  });
  const sent = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload, authorizationResponsePayload: response.authorizationResponsePayload, jarm: response.jarm,
  });
  return { prefix: resolved.client.prefix, version: resolved.version, encrypted, status: sent.response.status, body: await sent.response.json() };
}

await answer({ receive, present });
