import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encodeBase64Url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';
import { matchDcql, pathsToShow } from '../dcql.ts';
import { parseJsonObject, type Json, type JsonObject } from '../json.ts';
import { signJws, verifyJws } from '../jws.ts';
import type { SigningKey } from '../keys.ts';
import { parseSdJwt, processSdJwt } from '../sdjwt.ts';
import { certificate } from '../testkit/certificate.ts';
import { Internet, status, type Request } from '../testkit/internet.ts';
import { encryptionKey } from '../testkit/jwedecrypt.ts';
import { keys } from '../testkit/people.ts';
import { refuses } from '../testkit/refuses.ts';
import { issueSdJwt } from '../testkit/sdjwtissuer.ts';
import { sendAnswer, sendRefusal } from './answer.ts';
import { loadRequest, type PresentationRequest } from './request.ts';

const REQUEST_URI = 'https://yard.example/requests/1';
const RESPONSE_URI = 'https://yard.example/responses/1';
const NONCE = 'n'.repeat(22);

let internet: Internet, verifier: SigningKey, issuer: SigningKey, holder: SigningKey, x5c: string[], clientId: string;
let encryption: Awaited<ReturnType<typeof encryptionKey>>;

beforeEach(async () => {
  [verifier, issuer, holder] = await keys(3) as [SigningKey, SigningKey, SigningKey];
  const made = await certificate(verifier, { dnsNames: ['yard.example'] });
  [x5c, clientId] = [made.x5c, `x509_hash:${made.hash}`];
  encryption = await encryptionKey();
  internet = new Internet();
});

function payload(changes: JsonObject = {}): JsonObject {
  return {
    aud: 'https://self-issued.me/v2', client_id: clientId, response_type: 'vp_token', response_mode: 'direct_post', response_uri: RESPONSE_URI, nonce: NONCE, state: 'st',
    dcql_query: { credentials: [{ id: 'diploma', format: 'dc+sd-jwt', meta: { vct_values: ['urn:identity:qualification:1'] }, claims: [{ path: ['name'] }] }] },
    client_metadata: { client_name: 'Harbour Yard hiring' }, purpose: 'Hiring', ...changes,
  };
}

/** Serves a request object; members given as null are left out. */
async function load(
  changes: JsonObject = {}, how: { header?: JsonObject; key?: SigningKey; outer?: string; method?: string; asIs?: (jwt: string) => string | Response } = {},
): Promise<PresentationRequest> {
  internet.at(REQUEST_URI, async ({ form }) => {
    const walletNonce = form.get('wallet_nonce');
    const full = payload({ ...(walletNonce && { wallet_nonce: walletNonce }), ...changes });
    const body = Object.fromEntries(Object.entries(full).filter(([, value]) => value !== null)) as JsonObject;
    const header = Object.fromEntries(Object.entries({ typ: 'oauth-authz-req+jwt', x5c, ...how.header } as JsonObject).filter(([, value]) => value !== null)) as JsonObject;
    const jwt = await signJws(header, body, how.key ?? verifier);
    return how.asIs ? how.asIs(jwt) : jwt;
  });
  return loadRequest(link(how.outer ?? clientId, how.method ?? 'post'), internet);
}

const link = (id: string, method?: string, uri = REQUEST_URI): string =>
  `openid4vp://?client_id=${encodeURIComponent(id)}&request_uri=${encodeURIComponent(uri)}${method ? `&request_uri_method=${method}` : ''}`;

test('a signed request is fetched with a wallet nonce, checked and understood', async () => {
  const request = await load();
  assert.equal(internet.requests[0]!.method, 'POST');
  assert.equal(internet.requests[0]!.headers['Accept'], 'application/oauth-authz-req+jwt');
  assert.deepEqual([request.clientId, request.nonce, request.state, request.purpose], [clientId, NONCE, 'st', 'Hiring']);
  assert.deepEqual([request.verifier.kind, request.verifier.host, request.verifier.name], ['x509_hash', 'yard.example', 'Harbour Yard hiring']);
  assert.equal(request.query.credentials[0]!.id, 'diploma');
});

test('by GET, and by a wallet link', async () => {
  assert.equal((await load({}, { method: 'get' })).clientId, clientId);
  assert.equal(internet.requests[0]!.method, 'GET');
  assert.equal((await loadRequest(link(clientId, 'post').replace('openid4vp://', 'https://wallet.example/#present'), internet)).clientId, clientId);
});

test('x509_san_dns names the host that gets the answer', async () => {
  const request = await load({ client_id: 'x509_san_dns:yard.example' }, { outer: 'x509_san_dns:yard.example' });
  assert.deepEqual([request.verifier.kind, request.verifier.host], ['x509_san_dns', 'yard.example']);
});

test('attack 63: bad signature, no typ, other typ, no nonce, differing client ids, no x5c, alg none', async () => {
  const [thief] = await keys(1);
  await refuses(() => load({}, { key: thief! }), 'bad_signature');
  await refuses(() => load({}, { header: { typ: null } }), 'request_malformed');
  await refuses(() => load({}, { header: { typ: 'JWT' } }), 'request_malformed');
  await refuses(() => load({}, { header: { x5c: null } }), 'malformed');
  await refuses(() => load({ nonce: null }), 'request_malformed');
  await refuses(() => load({ nonce: 'short' }), 'request_malformed');
  await refuses(() => load({ nonce: `${NONCE} x` }), 'request_malformed');
  await refuses(() => load({ client_id: `${clientId}x` }), 'client_mismatch');
  await refuses(() => load({ client_id: null }), 'client_mismatch');
  const unsigned = encodeBase64Url(utf8(JSON.stringify({ alg: 'none', typ: 'oauth-authz-req+jwt' })));
  await refuses(() => load({}, { asIs: jwt => `${unsigned}.${jwt.split('.')[1]}.` }), 'request_malformed');
  assert.equal((await load({ iss: 'https://somebody.example' })).clientId, clientId, 'iss is ignored');
});

test('attack 64: hash of another leaf, foreign host, wildcard, unknown, reserved or missing prefix', async () => {
  const other = await certificate(verifier, { dnsNames: ['*.example', 'other.example'] });
  const both = (id: string, how: Parameters<typeof load>[1] = {}): Promise<PresentationRequest> => load({ client_id: id }, { outer: id, ...how });
  await refuses(() => both(clientId, { header: { x5c: other.x5c } }), 'client_mismatch');
  await refuses(() => both('x509_san_dns:other.example'), 'client_mismatch');
  await refuses(() => both('x509_san_dns:yard.example', { header: { x5c: other.x5c } }), 'client_mismatch');
  await refuses(() => both('x509_san_dns:*.example', { header: { x5c: other.x5c } }), 'client_mismatch');
  await refuses(() => both('x509_san_dns:other.example', { header: { x5c: other.x5c } }), 'client_mismatch');
  await refuses(() => load({ client_id: 'x509_san_dns:*.example', response_uri: 'https://*.example/r' }, { outer: 'x509_san_dns:*.example', header: { x5c: other.x5c } }), 'client_mismatch');
  for (const id of ['origin:https://yard.example', 'did:example:1', 'yard.example', clientId.split(':')[1]!, 'x509_hash:', ':x', 'verifier_attestation:x']) await refuses(() => both(id), 'client_not_supported');
  await refuses(() => both(`redirect_uri:${RESPONSE_URI}`), 'client_not_supported');
});

test('attack: certificate expired, not yet valid, or signed by itself', async () => {
  for (const options of [{ notAfter: '210101000000Z' }, { notBefore: '20580101000000Z' }, { issuer: 'Harbour Yard' }]) {
    const made = await certificate(verifier, options);
    await refuses(() => load({ client_id: `x509_hash:${made.hash}` }, { outer: `x509_hash:${made.hash}`, header: { x5c: made.x5c } }), 'client_mismatch');
  }
});

test('attack 65: redirect_uri together with direct_post', () => refuses(() => load({ redirect_uri: 'https://yard.example/back' }), 'request_malformed'));

test('attack 66 and 68: response_uri or request_uri by http, on loopback or in the house', async () => {
  for (const uri of ['http://yard.example/r', 'https://127.0.0.1/r', 'https://10.1.1.1/', 'http://localhost/', 'https://[::ffff:192.168.0.1]/', 'file:///x']) {
    await refuses(() => load({ response_uri: uri }), 'forbidden_url');
    await refuses(() => loadRequest(link(clientId, 'post', uri), internet), 'forbidden_url');
  }
  await refuses(() => load({ response_uri: null }), 'request_malformed');
});

test('attack 67: redirects of request_uri and response_uri are not followed', async () => {
  for (const code of [301, 302, 307, 308]) await refuses(() => load({}, { asIs: () => status(code) }), 'redirected');
  const request = await load();
  internet.at(RESPONSE_URI, () => status(307));
  await refuses(async () => sendAnswer(request, [await selection()], internet), 'redirected');
  assert.ok(!internet.requests.some(one => one.url.includes('elsewhere')));
});

test('attack 69: wallet_nonce missing in the answer, or another', async () => {
  await refuses(() => load({ wallet_nonce: null }), 'nonce_mismatch');
  await refuses(() => load({ wallet_nonce: 'other' }), 'nonce_mismatch');
});

test('attack 70: transaction data we do not understand', async () => {
  await refuses(() => load({ transaction_data: ['e30'] }), 'transaction_data');
  await refuses(() => load({ transaction_data: [] }), 'transaction_data');
});

test('attack: other audience, expired, asked twice, scope, nested request, other modes', async () => {
  for (const aud of [null, 'https://wallet.example', ['https://self-issued.me/v2', 'x']]) await refuses(() => load({ aud }), 'request_malformed');
  await refuses(() => load({ exp: internet.time - 100 }), 'request_gone');
  await refuses(() => load({ exp: 'soon' }), 'request_malformed');
  for (const changes of [{ scope: 'x' }, { request_uri: REQUEST_URI }, { response_mode: 'fragment' }, { response_type: 'code' }, { dcql_query: null }, { state: 5 }] as JsonObject[]) await refuses(() => load(changes), 'request_malformed');
  await refuses(() => loadRequest(`${link(clientId)}&client_id=x`, internet), 'request_malformed');
  await refuses(() => loadRequest(link(clientId, 'put'), internet), 'request_malformed');
  await refuses(() => loadRequest('https://evil.example/?client_id=x', internet), 'request_malformed');
  await refuses(() => load({}, { asIs: () => status(404) }), 'request_gone');
});

test('attack: unsigned request outside of loopback development', async () => {
  const unsigned = (uri: string, changes: JsonObject = {}): string => {
    const all = payload({ client_id: `redirect_uri:${uri}`, response_uri: uri, ...changes });
    return `openid4vp://?${new URLSearchParams(Object.entries(all).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))}`;
  };
  const local = 'http://localhost:5003/responses/1';
  await refuses(() => loadRequest(unsigned(RESPONSE_URI), internet), 'request_not_signed');
  await refuses(() => loadRequest(unsigned(local), internet), 'forbidden_url');
  await refuses(() => loadRequest(unsigned(RESPONSE_URI, { client_id: clientId }), internet), 'request_not_signed');
  internet.development = true;
  await refuses(() => loadRequest(unsigned(RESPONSE_URI), internet), 'request_not_signed');
  await refuses(() => loadRequest(unsigned(local, { client_id: 'redirect_uri:http://localhost:5003/other' }), internet), 'client_mismatch');
  assert.equal((await loadRequest(unsigned(local), internet)).verifier.kind, 'redirect_uri');
});

test('attack 72: an unusable encryption key is passed over, and none at all refused', async () => {
  const { jwk } = encryption;
  const mode = (list: Json[], more: JsonObject = {}): JsonObject => ({ response_mode: 'direct_post.jwt', client_metadata: { jwks: { keys: list }, ...more } });
  const unusable: Json[] = [{ ...jwk, use: 'sig' }, { ...jwk, alg: 'RSA-OAEP' }, { ...jwk, crv: 'P-521' }, { kty: 'unknown' }, 'x'];
  const request = await load(mode([...unusable, jwk], { encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'] }));
  assert.deepEqual([request.encryption!.key.kid, request.encryption!.enc], ['enc-1', 'A256GCM']);
  assert.equal((await load(mode([jwk]))).encryption!.enc, 'A128GCM');
  await refuses(() => load(mode(unusable)), 'request_malformed');
  await refuses(() => load(mode([jwk], { encrypted_response_enc_values_supported: ['A128CBC-HS256'] })), 'request_malformed');
});

async function selection(): Promise<{ queryId: string; sdJwt: string; paths: (string | number)[][]; holder: SigningKey }> {
  return { queryId: 'diploma', sdJwt: await issueSdJwt(issuer, holder, { name: 'Amina', grade: 1 }), paths: [['name']], holder };
}

test('the answer carries one presentation bound to the client id and the nonce, and no more than was chosen', async () => {
  const request = await load();
  let sent: Request | undefined;
  internet.at(RESPONSE_URI, got => (sent = got, { redirect_uri: 'https://yard.example/done#response_code=1' }));

  const answer = await sendAnswer(request, [await selection()], internet);

  assert.equal(answer.redirectUri, 'https://yard.example/done#response_code=1');
  assert.deepEqual([...sent!.form.keys()].sort(), ['state', 'vp_token']);
  const [presentation, ...more] = parseJsonObject(sent!.form.get('vp_token')!)['diploma'] as string[];
  assert.deepEqual(more, []);
  const sdJwt = parseSdJwt(presentation!);
  const { claims } = await processSdJwt(sdJwt);
  assert.equal(claims['name'], 'Amina');
  assert.equal(claims['grade'], undefined);
  assert.ok(await verifyJws(sdJwt.keyBinding!, holder.publicJwk));
  assert.deepEqual([sdJwt.keyBinding!.payload['aud'], sdJwt.keyBinding!.payload['nonce']], [clientId, NONCE]);
});

test('what leaves is told before it leaves, and receipts come back unread', async () => {
  const request = await load();
  let told: readonly string[] = [];
  let left = '';
  internet.at(RESPONSE_URI, got => (left = got.form.get('vp_token')!, new Response(JSON.stringify({ receipts: ['a.b.c', 4, 'x'.repeat(20_000)] }), { status: 200 })));

  const { receipts } = await sendAnswer(request, [await selection()], internet, async presentations => { assert.equal(left, ''); told = presentations; });

  assert.deepEqual(receipts, ['a.b.c']);
  assert.equal(told.length, 1);
  assert.ok(left.includes(told[0]!));
});

test('direct_post.jwt: everything, the state too, is inside the encryption', async () => {
  const request = await load({ response_mode: 'direct_post.jwt', client_metadata: { jwks: { keys: [encryption.jwk] } } });
  let sent: Request | undefined;
  internet.at(RESPONSE_URI, got => (sent = got, new Response('', { status: 200 })));

  assert.deepEqual(await sendAnswer(request, [await selection()], internet), { redirectUri: undefined, receipts: [] });

  assert.deepEqual([...sent!.form.keys()], ['response']);
  const { header, text } = await encryption.open(sent!.form.get('response')!);
  assert.equal(header['kid'], 'enc-1');
  assert.deepEqual(Object.keys(parseJsonObject(text)).sort(), ['state', 'vp_token']);
});

test('attack 71: no claims asked shows nothing; what does not match sends nothing', async () => {
  const held = [{ id: 'd', format: 'dc+sd-jwt' as const, vct: 'urn:identity:qualification:1', claims: { name: 'Amina' } }];
  const asking = (credentials: Json): Promise<PresentationRequest> => load({ dcql_query: { credentials } });
  const noClaims = await asking([{ id: 'q', format: 'dc+sd-jwt' }]);
  const [match] = matchDcql(noClaims.query, held).queries;
  assert.deepEqual(pathsToShow(match!.query, match!.candidates[0]!, []), []);
  const missing = await asking([{ id: 'q', format: 'dc+sd-jwt' }, { id: 'r', format: 'dc+sd-jwt', meta: { vct_values: ['urn:other'] } }]);
  assert.ok(!matchDcql(missing.query, held).satisfiable);
  const before = internet.requests.length;
  await refuses(() => sendAnswer(missing, [], internet), 'not_matched');
  await refuses(async () => sendAnswer(missing, [await selection()], internet), 'not_matched');
  assert.equal(internet.requests.length, before);
});

test('two credentials for one query are not sent unless it allows them', async () => {
  const request = await load();
  await refuses(async () => sendAnswer(request, [await selection(), await selection()], internet), 'not_matched');
});

test('what the verifier answers is told apart, and only web addresses are opened', async () => {
  const request = await load();
  const send = async (answer: Response | object): Promise<string | undefined> => {
    internet.at(RESPONSE_URI, () => answer as Response);
    return (await sendAnswer(request, [await selection()], internet)).redirectUri;
  };
  for (const uri of ['javascript:alert(1)', 'http://yard.example/', 'https://10.0.0.1/', 'otherapp://x', 5]) assert.equal(await send({ redirect_uri: uri }), undefined);
  await refuses(() => send(status(404)), 'request_gone');
  await refuses(() => send(status(400)), 'answer_refused');
  await refuses(() => send(status(500)), 'server_fault');
});

test('declining is told to the verifier, and a failure to tell is not the person\'s trouble', async () => {
  const request = await load();
  let form: URLSearchParams | undefined;
  internet.at(RESPONSE_URI, got => (form = got.form, {}));
  await sendRefusal(request, 'access_denied', internet);
  assert.deepEqual(Object.fromEntries(form!), { error: 'access_denied', state: 'st' });
  internet.at(RESPONSE_URI, () => status(500));
  assert.deepEqual(await sendRefusal(request, 'access_denied', internet), { redirectUri: undefined });
});
