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

const boundTo = (key, nonce) => key && { signer: { method: 'jwk', alg: 'ES256', publicJwk: key.publicJwk }, ...(nonce && { nonce }) };

async function open(offer, client) {
  const credentialOffer = typeof offer === 'string' ? await client.resolveCredentialOffer(offer) : offer;
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const configurations = issuerMetadata.credentialIssuer.credential_configurations_supported;
  const credentialConfigurationId = credentialOffer.credential_configuration_ids.find(id => configurations[id].format === 'dc+sd-jwt');
  return { credentialOffer, issuerMetadata, credentialConfigurationId, scope: configurations[credentialConfigurationId].scope };
}

async function receive({ offer, txCode, dpop, ...wish }) {
  const dpopKey = dpop ? await newKey() : undefined;
  const client = new Openid4vciClient({ callbacks: callbacks(dpopKey ? [dpopKey] : []) });
  const opened = await open(offer, client);
  const token = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ ...opened, txCode, ...(dpopKey && { dpop: boundTo(dpopKey) }) });
  return collect(opened, token, dpopKey, wish);
}

/** The code flow up to the page of the organisation; `kept` is what a wallet would remember meanwhile. */
async function begin({ offer, clientId, redirectUri }) {
  const dpopKey = await newKey();
  const state = randomBytes(16).toString('base64url');
  const client = new Openid4vciClient({ callbacks: callbacks([dpopKey], clientId) });
  const { credentialOffer, issuerMetadata, scope } = await open(offer, client);
  // By the package below: Openid4vciClient itself cannot send a state.
  const started = await client.oauth2Client.createAuthorizationRequestUrl({
    authorizationServerMetadata: issuerMetadata.authorizationServers[0], clientId, redirectUri, scope, state, dpop: boundTo(dpopKey),
    additionalRequestPayload: { issuer_state: credentialOffer.grants.authorization_code.issuer_state },
  });
  return { page: started.authorizationRequestUrl, kept: { credentialOffer, clientId, redirectUri, state, verifier: started.pkce.codeVerifier, dpopKey, nonce: started.dpop?.nonce } };
}

/** The code flow after it. The package checks `iss`; `state` is its user's to check. */
async function finish({ kept, back, verifier = kept.verifier, ...wish }) {
  const client = new Openid4vciClient({ callbacks: callbacks([kept.dpopKey], kept.clientId) });
  const opened = await open(kept.credentialOffer, client);
  const answer = client.parseAndVerifyAuthorizationResponseRedirectUrl({ url: back, authorizationServerMetadata: opened.issuerMetadata.authorizationServers[0] });
  if (answer.state !== kept.state) return { refused: 'state' };
  if (answer.error) return { refused: answer.error };
  const token = await client.retrieveAuthorizationCodeAccessTokenFromOffer({
    ...opened, authorizationCode: answer.code, pkceCodeVerifier: verifier, redirectUri: kept.redirectUri, dpop: boundTo(kept.dpopKey, kept.nonce),
  });
  return collect(opened, token, kept.dpopKey, { ...wish, clientId: kept.clientId });
}

async function collect({ credentialOffer, issuerMetadata, credentialConfigurationId }, token, dpopKey, { copies, alg = 'ES256', notify, clientId }) {
  const keys = await Promise.all(Array.from({ length: copies }, () => newKey(alg)));
  const client = new Openid4vciClient({ callbacks: callbacks([...keys, ...(dpopKey ? [dpopKey] : [])], clientId) });
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const jwt = await Promise.all(keys.map(async key => (await client.createCredentialRequestJwtProof({
    issuerMetadata, credentialConfigurationId, nonce, issuedAt: new Date(), signer: { method: 'jwk', alg, publicJwk: key.publicJwk }, ...(clientId && { clientId }),
  })).jwt));
  const accessToken = token.accessTokenResponse.access_token;
  const got = await client.retrieveCredentials({ issuerMetadata, credentialConfigurationId, accessToken, dpop: token.dpop, proofs: { jwt } });
  const response = got.credentialResponse;
  const tokens = { tokenType: token.accessTokenResponse.token_type, refreshToken: token.accessTokenResponse.refresh_token ?? null, version: issuerMetadata.originalDraftVersion ?? null };
  if (response.transaction_id) {
    return { ...tokens, waiting: { credentialOffer, transactionId: response.transaction_id, interval: response.interval, refreshToken: tokens.refreshToken, keys, dpopKey, nonce: (got.dpop ?? token.dpop)?.nonce, clientId, notify } };
  }
  return { ...tokens, ...await take(client, issuerMetadata, response, accessToken, got.dpop && { ...token.dpop, ...got.dpop }, keys, notify) };
}

/** Asks for a credential that was put off, with an access token of its own. */
async function askAgain({ waiting }) {
  const { keys, dpopKey, clientId, notify } = waiting;
  const client = new Openid4vciClient({ callbacks: callbacks([...keys, ...(dpopKey ? [dpopKey] : [])], clientId) });
  const { issuerMetadata } = await open(waiting.credentialOffer, client);
  const token = await client.oauth2Client.retrieveRefreshTokenAccessToken({
    authorizationServerMetadata: issuerMetadata.authorizationServers[0], refreshToken: waiting.refreshToken, ...(dpopKey && { dpop: boundTo(dpopKey, waiting.nonce) }),
  });
  const accessToken = token.accessTokenResponse.access_token;
  const got = await client.retrieveDeferredCredentials({ issuerMetadata, accessToken, dpop: token.dpop, transactionId: waiting.transactionId }).catch(readAnyway);
  const response = got.deferredCredentialResponse;
  if (!response.credentials) return { waiting: { ...waiting, refreshToken: token.accessTokenResponse.refresh_token ?? waiting.refreshToken } };
  return take(client, issuerMetadata, response, accessToken, got.dpop && { ...token.dpop, ...got.dpop }, keys, notify);
}

// The package refuses credentials that come with a notification_id, which OpenID4VCI 1.0 section 9.2 allows: its condition is turned round.
async function readAnyway(fault) {
  const { response, dpop } = fault.response;
  if (!response.ok) throw fault;
  return { dpop, deferredCredentialResponse: await response.json() };
}

async function take(client, issuerMetadata, response, accessToken, dpop, keys, notify) {
  if (notify) await client.sendNotification({ issuerMetadata, accessToken, dpop, notification: { notificationId: response.notification_id, event: 'credential_accepted' } });
  const held = [];
  for (const sdJwt of response.credentials.map(c => c.credential ?? c)) {
    const decoded = await sdJwtOf().decode(sdJwt);
    held.push({ sdJwt, key: keys.find(k => k.publicJwk.x === decoded.jwt.payload.cnf.jwk.x), claims: await decoded.getClaims(digest) });
  }
  return { held, notificationId: response.notification_id ?? null };
}

/** `only` answers some of what is asked and leaves out the rest, as no wallet should. */
async function present({ request, held, only }) {
  const client = new Openid4vpClient({ callbacks: callbacks(held.map(h => h.key)) });
  const parsed = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: request });
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params, responseMode: { type: 'direct_post' } });
  const { authorizationRequestPayload: payload } = resolved;
  const query = DcqlQuery.parse(resolved.dcql.query);
  DcqlQuery.validate(query);
  const found = DcqlQuery.query(query, held.map(h => ({
    credential_format: 'dc+sd-jwt', vct: h.claims.vct, claims: h.claims, cryptographic_holder_binding: true,
  })));
  if (!found.can_be_satisfied && !only) return { refused: 'the query cannot be satisfied', prefix: resolved.client.prefix };

  const vp_token = {};
  const ids = only ?? (found.credential_sets
    ? [...new Set(found.credential_sets.flatMap(set => set.matching_options?.[0] ?? []))]
    : query.credentials.map(c => c.id));
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

await answer({ receive, begin, finish, askAgain, present });
