import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encodeBase64Url } from '../base64url.ts';
import { sha256 } from '../bytes.ts';
import { parseJws, verifyJws } from '../jws.ts';
import { parsePublicJwk, thumbprintText, type SigningKey } from '../keys.ts';
import { Internet, status, type Request } from '../testkit/internet.ts';
import { keys } from '../testkit/people.ts';
import { refuses } from '../testkit/refuses.ts';
import { boundSend } from './dpop.ts';
import { loadIssuer } from './issuer.ts';
import { loadOffer, PRE_AUTHORIZED } from './offer.ts';
import { answerOfPage, openPage, renewToken, type Asked } from './page.ts';

const ISSUER = 'https://college.example/port-selin';
const WELL_KNOWN = 'https://college.example/.well-known';
const SERVER = `${WELL_KNOWN}/oauth-authorization-server/port-selin`;
const CLIENT = { id: 'https://wallet.example', redirectUri: 'https://wallet.example/' };

let internet: Internet, key: SigningKey, stranger: SigningKey, pushed: URLSearchParams, exchanged: Request[];

beforeEach(async () => {
  [key, stranger] = await keys(2) as [SigningKey, SigningKey];
  exchanged = [];
  internet = new Internet()
    .at(`${WELL_KNOWN}/openid-credential-issuer/port-selin`, {
      credential_issuer: ISSUER, credential_endpoint: `${ISSUER}/credential`,
      credential_configurations_supported: { qualification: { format: 'dc+sd-jwt', scope: 'q' }, 'qualification-compact': { format: 'identity-compact', scope: 'qc' }, unscoped: { format: 'dc+sd-jwt' } },
    })
    .at(SERVER, server())
    .at(`${ISSUER}/par`, ({ form }) => (pushed = form, new Response(JSON.stringify({ request_uri: 'urn:r:1', expires_in: 90 }), { status: 201 })))
    .at(`${ISSUER}/token`, tokenEndpoint);
});

const server = (changes: object = {}): { readonly [name: string]: unknown } => ({
  issuer: ISSUER, token_endpoint: `${ISSUER}/token`, authorization_endpoint: `${ISSUER}/authorize?lang=en`, pushed_authorization_request_endpoint: `${ISSUER}/par`,
  code_challenge_methods_supported: ['S256'], authorization_response_iss_parameter_supported: true, dpop_signing_alg_values_supported: ['ES256', 'EdDSA'], ...changes,
});

/** Answers like an authorization server that wants its own nonce in proofs. */
async function tokenEndpoint(request: Request): Promise<Response> {
  exchanged.push(request);
  const proof = request.headers['DPoP'];
  if (proof !== undefined) {
    const { header, payload, ...jws } = parseJws(proof);
    assert.ok(await verifyJws({ header, payload, ...jws }, parsePublicJwk(header['jwk'])));
    assert.deepEqual([header['typ'], payload['htm'], payload['htu'], payload['iat']], ['dpop+jwt', 'POST', request.url, internet.time]);
    if (payload['nonce'] !== 'n1') return new Response('{"error":"use_dpop_nonce"}', { status: 400, headers: { 'DPoP-Nonce': 'n1' } });
  }
  if (encodeBase64Url(await sha256(request.form.get('code_verifier')!)) !== pushed.get('code_challenge')) return status(400, { error: 'invalid_grant' });
  return new Response(JSON.stringify({ access_token: 'at', token_type: proof === undefined ? 'Bearer' : 'DPoP', expires_in: 300 }));
}

const offered = (grant: object = { issuer_state: 'is' }, ids = ['qualification', 'qualification-compact']): ReturnType<typeof loadOffer> => loadOffer(`openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(
  { credential_issuer: ISSUER, credential_configuration_ids: ids, grants: { authorization_code: grant } }))}`, internet);

async function open(grant?: object, ids?: string[]): Promise<{ page: string; asked: Asked }> {
  return openPage(await offered(grant, ids), await loadIssuer(ISSUER, internet), CLIENT, key, internet);
}

const answer = (asked: Asked, changes: Record<string, string> = {}): string => `?${new URLSearchParams({ code: 'c', state: asked.state, iss: ISSUER, ...changes })}`;

test('the request is pushed with PKCE, the offer\'s state and the key; the page gets a name alone; the answer becomes a bound token', async () => {
  const { page, asked } = await open();

  assert.deepEqual(Object.fromEntries(pushed), {
    response_type: 'code', client_id: CLIENT.id, redirect_uri: CLIENT.redirectUri, state: asked.state, scope: 'q qc', issuer_state: 'is', response_mode: 'fragment',
    code_challenge: encodeBase64Url(await sha256(asked.verifier)), code_challenge_method: 'S256', dpop_jkt: await thumbprintText(key.publicJwk),
  });
  assert.equal(page, `${ISSUER}/authorize?lang=en&client_id=https%3A%2F%2Fwallet.example&request_uri=urn%3Ar%3A1`);
  assert.ok(asked.state.length === 43 && asked.verifier.length === 43 && asked.state !== asked.verifier);
  assert.deepEqual(JSON.parse(JSON.stringify(asked)), { ...JSON.parse(JSON.stringify(asked)), bound: true, expiresAt: internet.time + 1200 });

  const token = await answerOfPage(asked, answer(asked), key, internet);

  assert.deepEqual([token.value, token.expiresAt, exchanged.length], ['at', internet.time + 300, 2]);
  assert.deepEqual(Object.fromEntries(exchanged[1]!.form), { grant_type: 'authorization_code', code: 'c', client_id: CLIENT.id, redirect_uri: CLIENT.redirectUri, code_verifier: asked.verifier });
});

test('requests under a bound token carry a proof for that token, with the nonce that the server last gave', async () => {
  const seen: (string | undefined)[] = [];
  internet.at(`${ISSUER}/credential`, async ({ headers }) => {
    const { payload } = parseJws(headers['DPoP']!);
    assert.equal(headers['Authorization'], 'DPoP at');
    assert.equal(payload['ath'], encodeBase64Url(await sha256('at')));
    seen.push(payload['nonce'] as string | undefined);
    return new Response('{}', { status: payload['nonce'] === 'n2' ? 200 : 401, headers: { 'DPoP-Nonce': 'n2' } });
  });
  const send = boundSend(key);
  const ask = (): Promise<{ status: number }> => send(`${ISSUER}/credential`, { accept: 'application/json', token: 'at', json: {} }, internet);

  assert.equal((await ask()).status, 200);
  assert.equal((await ask()).status, 200);
  assert.deepEqual(seen, [undefined, 'n2', 'n2']);
});

test('a refusal that no nonce can change is not repeated', async () => {
  let times = 0;
  internet.at(`${ISSUER}/token`, () => (times++, new Response('{"error":"invalid_grant"}', { status: 400, headers: { 'DPoP-Nonce': `n${times}` } })));
  const { asked } = await open();
  await refuses(() => answerOfPage(asked, answer(asked), key, internet), 'page_late');
  assert.equal(times, 1);
});

test('without DPoP at the server the token is a bearer one; without fragments the answer comes in the query', async () => {
  internet.at(SERVER, server({ dpop_signing_alg_values_supported: undefined, response_modes_supported: ['query'] }));
  const { asked } = await open({});
  assert.deepEqual([pushed.has('dpop_jkt'), pushed.has('response_mode'), pushed.has('issuer_state')], [false, false, false]);
  const token = await answerOfPage(asked, answer(asked), key, internet);
  assert.deepEqual([token.send, exchanged[0]!.headers['DPoP']], [undefined, undefined]);
});

test('a wallet that waits renews its token under the same name and key, and keeps the refresh token that is not replaced', async () => {
  const issuer = await loadIssuer(ISSUER, internet);
  internet.at(`${ISSUER}/token`, ({ form, headers }) => {
    assert.deepEqual(Object.fromEntries(form), { grant_type: 'refresh_token', refresh_token: 'r1', client_id: CLIENT.id });
    return { access_token: 'at2', token_type: headers['DPoP'] ? 'DPoP' : 'Bearer', expires_in: 300 };
  });
  const bound = await renewToken(issuer, 'r1', CLIENT.id, key, internet);
  assert.deepEqual([bound.value, bound.refresh, bound.expiresAt], ['at2', 'r1', internet.time + 300]);
  internet.at(`${ISSUER}/token`, ({ form }) => ({ access_token: 'at3', token_type: 'bearer', refresh_token: form.has('client_id') ? 'wrong' : 'r2' }));
  assert.equal((await renewToken(issuer, 'r1', undefined, undefined, internet)).refresh, 'r2');
  internet.at(`${ISSUER}/token`, () => status(400, { error: 'invalid_grant' }));
  await refuses(() => renewToken(issuer, 'r1', undefined, undefined, internet), 'session_ended');
});

test('attack: a token of another type than was asked for', async () => {
  internet.at(`${ISSUER}/token`, { access_token: 'at', token_type: 'Bearer' });
  const { asked } = await open();
  await refuses(() => answerOfPage(asked, answer(asked), key, internet), 'unsupported');
});

test('attack: an answer mixed up with another organisation\'s, or with none named, sends the code nowhere', async () => {
  const { asked } = await open();
  for (const changes of [{ iss: 'https://evil.example' }, { iss: `${ISSUER}/` }, { iss: '' }]) await refuses(() => answerOfPage(asked, answer(asked, changes), key, internet), 'page_other_issuer');
  await refuses(() => answerOfPage(asked, `?code=c&state=${asked.state}`, key, internet), 'page_other_issuer');
  assert.equal(exchanged.length, 0);
});

test('attack: an answer with another state, a parameter twice, or too late sends the code nowhere', async () => {
  const { asked } = await open();
  await refuses(() => answerOfPage(asked, answer(asked, { state: 'x' }), key, internet), 'page_unknown');
  await refuses(() => answerOfPage(asked, `${answer(asked)}&code=d`, key, internet), 'page_failed');
  await refuses(() => answerOfPage(asked, answer(asked, { code: '' }), key, internet), 'page_failed');
  internet.time += 1200;
  await refuses(() => answerOfPage(asked, answer(asked), key, internet), 'page_unknown');
  assert.equal(exchanged.length, 0);
});

test('attack: a code of somebody else\'s request does not fit the verifier', async () => {
  const { asked } = await open();
  await open();
  await refuses(() => answerOfPage(asked, answer(asked), stranger, internet), 'page_late');
});

test('a no of the page, a fault of the page, and an offer that is over have names of their own', async () => {
  const { asked } = await open();
  await refuses(() => answerOfPage(asked, answer(asked, { error: 'access_denied' }), key, internet), 'page_denied');
  await refuses(() => answerOfPage(asked, answer(asked, { error: 'server_error' }), key, internet), 'page_failed');
  internet.at(`${ISSUER}/par`, () => status(400, { error: 'invalid_request' }));
  await refuses(() => open(), 'page_failed');
  internet.at(`${ISSUER}/offers/1`, { credential_issuer: ISSUER, credential_configuration_ids: ['qualification'], grants: { authorization_code: { issuer_state: 'is' } } });
  const offer = await loadOffer(`openid-credential-offer://?credential_offer_uri=${encodeURIComponent(`${ISSUER}/offers/1`)}`, internet);
  internet.at(`${ISSUER}/offers/1`, () => status(404));
  await refuses(async () => openPage(offer, await loadIssuer(ISSUER, internet), CLIENT, key, internet), 'offer_gone');
});

test('attack: a server without PAR, S256 or iss, of another name, or with a page elsewhere than the web is not used', async () => {
  for (const changes of [{ pushed_authorization_request_endpoint: undefined }, { authorization_endpoint: 5 }, { code_challenge_methods_supported: ['plain'] }, { authorization_response_iss_parameter_supported: undefined }]) {
    internet.at(SERVER, server(changes));
    await refuses(() => open(), 'offer_not_supported');
  }
  for (const page of ['javascript:alert(1)', 'http://college.example/', 'https://10.0.0.1/', 'https://user@college.example/']) {
    internet.at(SERVER, server({ authorization_endpoint: page }));
    await refuses(() => open(), 'forbidden_url');
  }
  internet.at(SERVER, server());
  await refuses(() => open(undefined, ['unscoped']), 'offer_not_supported');
  const [offer, issuer] = [await offered(), await loadIssuer(ISSUER, internet)];
  internet.at(SERVER, server({ issuer: 'https://evil.example' }));
  await refuses(() => openPage(offer, issuer, CLIENT, key, internet), 'issuer_mismatch');
});

test('an offer with both ways is taken by the pre-authorized one; state and server of the page\'s grant are checked', async () => {
  const both = await loadOffer(`openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(
    { credential_issuer: ISSUER, credential_configuration_ids: ['q'], grants: { authorization_code: { issuer_state: 's' }, [PRE_AUTHORIZED]: { 'pre-authorized_code': 'p' } } }))}`, internet);
  assert.deepEqual([both.preAuthorizedCode, both.issuerState], ['p', undefined]);
  for (const state of ['', 5, 'x'.repeat(2001)]) await refuses(() => offered({ issuer_state: state }), 'offer_malformed');
  await refuses(() => offered({ authorization_server: 'https://evil.example' }), 'offer_not_supported');
});
