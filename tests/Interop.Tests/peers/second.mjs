// Another wallet: oauth4webapi and jose to receive, @digitalbazaar/oid4-client to present, @meeco/sd-jwt to read. Nothing of this product's own.
import { createHash } from 'node:crypto';
import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import { getCredentialOffer, oid4vp } from '@digitalbazaar/oid4-client';
import { verifySDJWT } from '@meeco/sd-jwt';
import { answer } from './io.mjs';

const plain = { [oauth.allowInsecureRequests]: true }; // the product runs on loopback without TLS here
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
function base58(bytes) {
  let number = BigInt('0x' + Buffer.from(bytes).toString('hex')), text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  return [...bytes].findIndex(b => b !== 0) > 0 ? '1'.repeat([...bytes].findIndex(b => b !== 0)) + text : text;
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
  const opened = await getCredentialOffer({ url: offer }).catch(() => undefined) ?? await read(new URLSearchParams(offer.split('?')[1]).get('credential_offer_uri'));
  const issuer = await read(wellKnown(opened.credential_issuer, 'openid-credential-issuer'));
  const as = await oauth.processDiscoveryResponse(new URL(opened.credential_issuer),
    await oauth.discoveryRequest(new URL(opened.credential_issuer), { algorithm: 'oauth2', ...plain }));
  const configuration = opened.credential_configuration_ids.find(id => issuer.credential_configurations_supported[id].format === 'dc+sd-jwt');
  return { opened, issuer, as, configuration };
}

/** Asks for one credential for each key, with the proofs the caller names: jwk, did:jwk or did:key. */
async function collect({ issuer, configuration, token, keys, method, dpop }) {
  const { c_nonce: nonce } = await (await fetch(issuer.nonce_endpoint, { method: 'POST' })).json();
  const jwt = await Promise.all(keys.map(async key => new jose.SignJWT({ aud: issuer.credential_issuer, nonce })
    .setIssuedAt().setProtectedHeader({ alg: key.alg, typ: 'openid4vci-proof+jwt', ...(method === 'jwk' ? { jwk: key.publicJwk } : { kid: didOf(key, method) }) })
    .sign(await jose.importJWK(key.privateJwk, key.alg))));
  const body = JSON.stringify({ credential_configuration_id: configuration, proofs: { jwt } });
  const response = await oauth.protectedResourceRequest(token, 'POST', new URL(issuer.credential_endpoint), new Headers({ 'content-type': 'application/json' }), body, { ...plain, ...(dpop && { DPoP: dpop }) });
  const got = await response.json();
  if (!response.ok) throw new Error(`HTTP ${response.status} ${JSON.stringify(got)}`);
  return Promise.all(got.credentials.map(async ({ credential }) => {
    const claims = await claimsOf(credential);
    return { sdJwt: credential, claims, key: keys.find(k => k.publicJwk.x === claims.cnf.jwk.x) };
  }));
}

async function claimsOf(sdJwt) {
  const header = JSON.parse(Buffer.from(sdJwt.split('.')[0], 'base64url'));
  const issuerKey = await jose.importX509(`-----BEGIN CERTIFICATE-----\n${header.x5c[0]}\n-----END CERTIFICATE-----`, 'ES256');
  return verifySDJWT(sdJwt, async jwt => Boolean(await jose.compactVerify(jwt, issuerKey)), () => data => createHash('sha256').update(data).digest('base64url'));
}

async function receive({ offer, txCode, copies, alg = 'ES256', method = 'jwk' }) {
  const { opened, issuer, as, configuration } = await discover(offer);
  const client = { client_id: 'unused' };
  const token = await oauth.processGenericTokenEndpointResponse(as, client, await oauth.genericTokenEndpointRequest(as, client, () => {}, PRE_AUTHORIZED,
    new URLSearchParams({ 'pre-authorized_code': opened.grants[PRE_AUTHORIZED]['pre-authorized_code'], tx_code: txCode }), plain));
  const keys = await Promise.all(Array.from({ length: copies }, () => newKey(alg)));
  return { held: await collect({ issuer, configuration, token: token.access_token, keys, method }) };
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

await answer({ receive, present });
