// A verifier of @openid4vc/openid4vp, dcql and @sd-jwt: nothing of this product's own. It asks (`ask`), signs for each wallet that fetches (`serve`), and reads the answer (`check`).
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { DcqlPresentationResult, DcqlQuery } from 'dcql';
import * as jose from 'jose';
import { calculateX509HashClientIdPrefixValue, Openid4vpVerifier } from '@openid4vc/openid4vp';
import { setGlobalConfig } from '@openid4vc/oauth2';
import { SDJwtInstance } from '@sd-jwt/core';
import { digest } from '@sd-jwt/crypto-nodejs';
import { callbacks, checks } from './callbacks.mjs';
import { answer } from './io.mjs';

setGlobalConfig({ allowInsecureUrls: true });

const partyOf = ({ decryption, keyPem }) => new Openid4vpVerifier({ callbacks: {
  ...callbacks(decryption ? [decryption] : []),
  signJwt: async (_, { header, payload }) => ({ jwt: await new jose.SignJWT(payload).setProtectedHeader(header).sign(await jose.importPKCS8(keyPem, 'ES256')), signerJwk: {} }),
} });

/** `more` goes into the request as it is: what a verifier may ask that our wallets do not know. */
async function ask({ query, keyPem, chainPem, requestUri, responseUri, encrypted, more = {} }) {
  const x5c = [new X509Certificate(chainPem).raw.toString('base64')];
  const hash = data => createHash('sha256').update(data).digest();
  const client_id = `x509_hash:${await calculateX509HashClientIdPrefixValue({ hash, x509Certificate: x5c[0] })}`;
  const pair = await jose.generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const publicJwk = { ...await jose.exportJWK(pair.publicKey), kid: 'answers', alg: 'ECDH-ES', use: 'enc' };
  const decryption = { publicJwk, privateJwk: await jose.exportJWK(pair.privateKey), encrypts: true };
  DcqlQuery.validate(DcqlQuery.parse(query));
  const payload = {
    response_type: 'vp_token', client_id, response_uri: responseUri, response_mode: encrypted ? 'direct_post.jwt' : 'direct_post',
    nonce: randomBytes(24).toString('base64url'), state: randomBytes(16).toString('base64url'), dcql_query: query,
    client_metadata: {
      vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
      ...(encrypted && { jwks: { keys: [publicJwk] }, encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'] }),
    },
    ...more,
  };
  const link = `openid4vp://?${new URLSearchParams({ client_id, request_uri: requestUri, request_uri_method: 'post' })}`;
  return { link, kept: { payload, x5c, keyPem, requestUri, decryption } };
}

async function serve({ kept, walletNonce }) {
  const { jar } = await partyOf(kept).createOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: kept.payload,
    jar: {
      requestUri: kept.requestUri, jwtSigner: { method: 'x5c', alg: 'ES256', x5c: kept.x5c }, expiresInSeconds: 300,
      additionalJwtPayload: { aud: 'https://self-issued.me/v2', ...(walletNonce && { wallet_nonce: walletNonce }) },
    },
  });
  return { jwt: jar.authorizationRequestJwt };
}

async function check({ kept, form }) {
  const parsed = await partyOf(kept).parseOpenid4vpAuthorizationResponse({ authorizationResponse: form, authorizationRequestPayload: kept.payload, callbacks: callbacks([kept.decryption]) });
  const presentations = {};
  for (const [id, texts] of Object.entries(parsed.dcql.presentations)) presentations[id] = await Promise.all(texts.map(text => read(text, kept.payload)));
  const result = DcqlPresentationResult.fromDcqlPresentation(
    Object.fromEntries(Object.entries(presentations).map(([id, all]) => [id, all.map(({ vct, claims }) => ({ credential_format: 'dc+sd-jwt', vct, claims, cryptographic_holder_binding: true }))])),
    { dcqlQuery: DcqlQuery.parse(kept.payload.dcql_query) });
  DcqlPresentationResult.validate(result);
  return { encrypted: Boolean(form.response), canBeSatisfied: result.can_be_satisfied, presentations: Object.fromEntries(Object.entries(presentations).map(([id, all]) => [id, all.map(one => one.claims)])) };
}

// Issuer's signature by the certificate in it, key binding by the key in it, for exactly this question.
async function read(text, { nonce, client_id: audience }) {
  const header = jose.decodeProtectedHeader(text.split('~')[0]);
  const issuer = new X509Certificate(Buffer.from(header.x5c[0], 'base64')).publicKey.export({ format: 'jwk' });
  const peer = new SDJwtInstance({ hasher: digest, verifier: checks(issuer), kbVerifier: (data, signature, payload) => checks(payload.cnf.jwk)(data, signature) });
  const { payload, kb } = await peer.verify(text, { keyBindingNonce: nonce });
  if (kb.payload.aud !== audience) throw new Error('key binding for somebody else');
  return { vct: payload.vct, claims: payload };
}

await answer({ ask, serve, check });
