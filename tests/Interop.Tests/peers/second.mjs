// Another wallet: oauth4webapi and jose to receive, @digitalbazaar/oid4-client to present, @meeco/sd-jwt to read. Nothing of this product's own.
import { createHash } from 'node:crypto';
import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import { getCredentialOffer, oid4vp } from '@digitalbazaar/oid4-client';
import { verifySDJWT } from '@meeco/sd-jwt';
import { answer } from './io.mjs';

const plain = { [oauth.allowInsecureRequests]: true }; // the product runs on loopback without TLS here
const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const PRE_AUTHORIZED = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';
const read = async url => {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response.json();
};
const wellKnown = (issuer, name) => { const url = new URL(issuer); return `${url.origin}/.well-known/${name}${url.pathname === '/' ? '' : url.pathname}`; };

async function newKey(alg) {
  const pair = await jose.generateKeyPair(alg === 'EdDSA' ? 'Ed25519' : alg, { extractable: true });
  return { alg, privateJwk: await jose.exportJWK(pair.privateKey), publicJwk: await jose.exportJWK(pair.publicKey) };
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
// Of bytes that do not begin with zero.
function base58(bytes) {
  let number = BigInt('0x' + bytes.toString('hex')), text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  return text;
}

/** The did:jwk or did:key of a public key, with its verification method. */
function didOf({ alg, publicJwk }, method) {
  if (method === 'did:jwk') return `did:jwk:${Buffer.from(JSON.stringify(publicJwk)).toString('base64url')}#0`;
  const x = Buffer.from(publicJwk.x, 'base64url');
  const raw = alg === 'EdDSA' ? Buffer.from([0xed, 0x01, ...x]) : Buffer.from([0x80, 0x24, 2 + (Buffer.from(publicJwk.y, 'base64url')[31] & 1), ...x]);
  const id = 'z' + base58(raw);
  return `did:key:${id}#${id}`;
}

async function discover(offer) {
  const opened = typeof offer === 'object' ? offer : await getCredentialOffer({ url: offer }).catch(() => undefined) ?? await read(new URLSearchParams(offer.split('?')[1]).get('credential_offer_uri'));
  const issuer = await read(wellKnown(opened.credential_issuer, 'openid-credential-issuer'));
  const as = await oauth.processDiscoveryResponse(new URL(opened.credential_issuer),
    await oauth.discoveryRequest(new URL(opened.credential_issuer), { algorithm: 'oauth2', ...plain }));
  const configuration = opened.credential_configuration_ids.find(id => issuer.credential_configurations_supported[id].format === 'dc+sd-jwt');
  return { opened, issuer, as, configuration };
}

/** A proof of possession may lack the server's nonce once; oauth4webapi remembers it for the second. */
async function withNonce(request) {
  try {
    return await request();
  } catch (fault) {
    if (!oauth.isDPoPNonceError(fault)) throw fault;
    return request();
  }
}

/** A request to the issuer, by jose encrypted to its key where `encrypt` names an algorithm, and its answer opened. */
async function ask({ issuer, token, dpop, encrypt }, endpoint, body) {
  const answers = encrypt && await jose.generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  let [type, text] = ['application/json', JSON.stringify(body)];
  if (encrypt) {
    const [key] = issuer.credential_request_encryption.jwks.keys;
    const jwk = { ...await jose.exportJWK(answers.publicKey), alg: 'ECDH-ES', use: 'enc', kid: 'answers' };
    const full = { ...body, credential_response_encryption: { jwk, enc: encrypt } };
    type = 'application/jwt';
    text = await new jose.CompactEncrypt(new TextEncoder().encode(JSON.stringify(full)))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: encrypt, kid: key.kid }).encrypt(await jose.importJWK(key, 'ECDH-ES'));
  }
  const response = await withNonce(() => oauth.protectedResourceRequest(token, 'POST', new URL(issuer[endpoint]), new Headers({ 'content-type': type }), text, { ...plain, ...(dpop && { DPoP: dpop }) }));
  const answer = await response.text();
  if (!response.ok) throw new Error(`HTTP ${response.status} ${answer}`);
  if (!encrypt || response.status === 204) return answer ? JSON.parse(answer) : {};
  if (response.headers.get('content-type').split(';')[0] !== 'application/jwt') throw new Error('the answer is not encrypted');
  const { plaintext, protectedHeader } = await jose.compactDecrypt(answer, answers.privateKey);
  if (protectedHeader.enc !== encrypt || protectedHeader.kid !== 'answers') throw new Error('encrypted in another way');
  return JSON.parse(new TextDecoder().decode(plaintext));
}

/** Asks for one credential for each key, with the proofs the caller names: jwk, did:jwk or did:key. */
async function collect(session, name, keys, { method = 'jwk', clientId }) {
  const { issuer } = session;
  const { c_nonce: nonce } = await (await fetch(issuer.nonce_endpoint, { method: 'POST' })).json();
  const jwt = await Promise.all(keys.map(async key => new jose.SignJWT({ aud: issuer.credential_issuer, nonce, ...(clientId && { iss: clientId }) })
    .setIssuedAt().setProtectedHeader({ alg: key.alg, typ: 'openid4vci-proof+jwt', ...(method === 'jwk' ? { jwk: key.publicJwk } : { kid: didOf(key, method) }) })
    .sign(await jose.importJWK(key.privateJwk, key.alg))));
  return ask(session, 'credential_endpoint', { ...name, proofs: { jwt } });
}

const open = (credentials, keys) => Promise.all(credentials.map(async ({ credential }) => {
  const claims = await claimsOf(credential);
  return { sdJwt: credential, claims, key: keys.find(k => k.publicJwk.x === claims.cnf.jwk.x) };
}));

async function claimsOf(sdJwt) {
  const header = JSON.parse(Buffer.from(sdJwt.split('.')[0], 'base64url'));
  const issuerKey = await jose.importX509(`-----BEGIN CERTIFICATE-----\n${header.x5c[0]}\n-----END CERTIFICATE-----`, 'ES256');
  return verifySDJWT(sdJwt, async jwt => Boolean(await jose.compactVerify(jwt, issuerKey)), () => data => createHash('sha256').update(data).digest('base64url'));
}

async function receive({ offer, txCode, copies, alg = 'ES256', method = 'jwk', encrypt }) {
  const { opened, issuer, as, configuration } = await discover(offer);
  const client = { client_id: 'unused' };
  const token = await oauth.processGenericTokenEndpointResponse(as, client, await oauth.genericTokenEndpointRequest(as, client, () => {}, PRE_AUTHORIZED,
    new URLSearchParams({ 'pre-authorized_code': opened.grants[PRE_AUTHORIZED]['pre-authorized_code'], tx_code: txCode }), plain));
  const keys = await Promise.all(Array.from({ length: copies }, () => newKey(alg)));
  const got = await collect({ issuer, token: token.access_token, encrypt }, { credential_configuration_id: configuration }, keys, { method });
  return { held: await open(got.credentials, keys) };
}

/** The code flow up to the page of the organisation, everything that is on offer by authorization_details; `kept` is what a wallet would remember meanwhile. */
async function begin({ offer, clientId, redirectUri }) {
  const { opened, as } = await discover(offer);
  const client = { client_id: clientId };
  const { dpop, dpopJwk } = await boundTo(client);
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
  const parameters = new URLSearchParams({
    client_id: clientId, redirect_uri: redirectUri, response_type: 'code', state, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    issuer_state: opened.grants.authorization_code.issuer_state,
    authorization_details: JSON.stringify(opened.credential_configuration_ids.map(id => ({ type: 'openid_credential', credential_configuration_id: id }))),
  });
  const pushed = await withNonce(async () => oauth.processPushedAuthorizationResponse(as, client, await oauth.pushedAuthorizationRequest(as, client, oauth.None(), parameters, { ...plain, DPoP: dpop })));
  const page = new URL(as.authorization_endpoint);
  page.search = new URLSearchParams({ client_id: clientId, request_uri: pushed.request_uri });
  return { page: page.href, kept: { offer: opened, clientId, redirectUri, verifier, state, dpopJwk } };
}

/** The code flow after it. The package checks `iss` and `state`. */
async function finish({ kept, back, copies, verifier = kept.verifier, encrypt, notify }) {
  const { opened, issuer, as } = await discover(kept.offer);
  const client = { client_id: kept.clientId };
  const { dpop } = await boundTo(client, kept.dpopJwk);
  const answer = oauth.validateAuthResponse(as, client, new URL(back), kept.state);
  const token = await withNonce(async () => oauth.processAuthorizationCodeResponse(as, client, await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), answer, kept.redirectUri, verifier, { ...plain, DPoP: dpop })));
  const keys = await Promise.all(Array.from({ length: copies }, () => newKey('ES256')));
  const session = { issuer, token: token.access_token, dpop, encrypt };
  const got = {};
  for (const id of opened.credential_configuration_ids) {
    const [name] = token.authorization_details.find(d => d.credential_configuration_id === id).credential_identifiers;
    got[issuer.credential_configurations_supported[id].format] = await collect(session, { credential_identifier: name }, keys, { clientId: kept.clientId });
  }
  const tokens = { tokenType: token.token_type, refreshToken: token.refresh_token ?? null };
  const transactions = Object.fromEntries(Object.entries(got).map(([format, { transaction_id: id }]) => [format, id]));
  if (transactions['dc+sd-jwt']) return { ...tokens, waiting: { kept, keys, transactions, refreshToken: token.refresh_token, encrypt, notify } };
  return { ...tokens, ...await take(session, got, keys, notify) };
}

/** Asks for credentials that were put off, with an access token of its own. */
async function askAgain({ waiting }) {
  const { kept, keys, transactions, encrypt, notify } = waiting;
  const { issuer, as } = await discover(kept.offer);
  const client = { client_id: kept.clientId };
  const { dpop } = await boundTo(client, kept.dpopJwk);
  const token = await withNonce(async () => oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, oauth.None(), waiting.refreshToken, { ...plain, DPoP: dpop })));
  const session = { issuer, token: token.access_token, dpop, encrypt };
  const got = {};
  for (const [format, id] of Object.entries(transactions)) got[format] = await ask(session, 'deferred_credential_endpoint', { transaction_id: id });
  if (!got['dc+sd-jwt'].credentials) return { waiting: { ...waiting, refreshToken: token.refresh_token ?? waiting.refreshToken } };
  return take(session, got, keys, notify);
}

async function take(session, got, keys, notify) {
  if (notify) {
    for (const { notification_id: id } of Object.values(got)) await ask({ ...session, encrypt: undefined }, 'notification_endpoint', { notification_id: id, event: 'credential_accepted' });
  }
  const held = await open(got['dc+sd-jwt'].credentials, keys);
  // In the order of the keys, as they were asked for.
  const compact = got['identity-compact'].credentials;
  return { held: held.map((one, i) => ({ ...one, compact: compact[keys.indexOf(held[i].key)].credential })) };
}

async function boundTo(client, jwk) {
  const pair = jwk
    ? { publicKey: await crypto.subtle.importKey('jwk', { ...jwk, d: undefined, key_ops: ['verify'] }, P256, true, ['verify']), privateKey: await crypto.subtle.importKey('jwk', jwk, P256, true, ['sign']) }
    : await oauth.generateKeyPair('ES256', { extractable: true });
  return { dpop: oauth.DPoP(client, pair), dpopJwk: await crypto.subtle.exportKey('jwk', pair.privateKey) };
}

async function present({ request, held, trusted }) {
  const { authorizationRequest } = await oid4vp.getAuthorizationRequest({ url: request, getTrustedCertificates: () => [trusted] });
  const asked = authorizationRequest.dcql_query.credentials[0];
  const { sdJwt, key } = held.find(h => asked.meta.vct_values.includes(h.claims.vct));
  const wanted = new Set(asked.claims.map(c => c.path[0]));
  const [jwt, ...disclosures] = sdJwt.split('~').slice(0, -1);
  const shown = disclosures.filter(text => wanted.has(JSON.parse(Buffer.from(text, 'base64url'))[1]));
  const unbound = [jwt, ...shown, ''].join('~');
  const binding = await new jose.SignJWT({ nonce: authorizationRequest.nonce, aud: authorizationRequest.client_id, sd_hash: createHash('sha256').update(unbound).digest('base64url') })
    .setIssuedAt().setProtectedHeader({ alg: key.alg, typ: 'kb+jwt' }).sign(await jose.importJWK(key.privateJwk, key.alg));
  const { result } = await oid4vp.sendAuthorizationResponse({
    authorizationRequest, vpToken: authorizationRequest.response_mode === 'direct_post.jwt' ? { [asked.id]: [unbound + binding] } : JSON.stringify({ [asked.id]: [unbound + binding] }),
    vpTokenMediaType: 'application/json',
  });
  return { result, clientId: authorizationRequest.client_id, mode: authorizationRequest.response_mode };
}

await answer({ receive, begin, finish, askAgain, present });
