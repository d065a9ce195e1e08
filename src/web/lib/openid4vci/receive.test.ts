import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encodeBase64Url } from '../base64url.ts';
import type { ClaimValue } from '../compact/credential.ts';
import { parseJsonObject, type JsonObject } from '../json.ts';
import { parseJws, verifyJws } from '../jws.ts';
import { parsePublicJwk, sameKey, type SigningKey } from '../keys.ts';
import { certificate } from '../testkit/certificate.ts';
import { issueCompact } from '../testkit/compactissuer.ts';
import { Internet, status, type Request } from '../testkit/internet.ts';
import { keys } from '../testkit/people.ts';
import { refuses } from '../testkit/refuses.ts';
import { issueSdJwt } from '../testkit/sdjwtissuer.ts';
import { collectOffer, type CollectedCredential } from './collect.ts';
import { boundSend } from './dpop.ts';
import { loadIssuer, nameIn } from './issuer.ts';
import { loadOffer, PRE_AUTHORIZED, type Offer } from './offer.ts';
import { requestToken } from './token.ts';

const ISSUER = 'https://college.example/port-selin';
const WELL_KNOWN = 'https://college.example/.well-known';
const OFFER_URI = `${ISSUER}/offers/abc`;
const VCT = 'urn:identity:qualification:1';
const CLAIMS: [number, ClaimValue][] = [[1, 'Amina'], [2, 'Welding']];

let internet: Internet, issuer: SigningKey, stranger: SigningKey, holders: SigningKey[];
let copyFor: (holder: SigningKey) => Promise<string>;
let compactFor: (holder: SigningKey) => Promise<string>;

beforeEach(async () => {
  [issuer, stranger] = await keys(2) as [SigningKey, SigningKey];
  holders = await keys(3);
  const { x5c } = await certificate(issuer);
  copyFor = holder => issueSdJwt(issuer, holder, { name: 'Amina' }, {}, { x5c });
  compactFor = async holder => encodeBase64Url((await issueCompact(issuer, holder, CLAIMS, VCT)).encoded);
  internet = new Internet()
    .at(OFFER_URI, offerJson())
    .at(`${WELL_KNOWN}/openid-credential-issuer/port-selin`, metadata())
    .at(`${WELL_KNOWN}/oauth-authorization-server/port-selin`, { issuer: ISSUER, token_endpoint: `${ISSUER}/token` })
    .at(`${ISSUER}/token`, ({ form }) => form.get('tx_code') === '123456' ? { access_token: 'at', token_type: 'Bearer', expires_in: 300 } : status(400, { error: 'invalid_grant' }))
    .at(`${ISSUER}/nonce`, { c_nonce: 'fresh-nonce' })
    .at(`${ISSUER}/credential`, credentialEndpoint);
});

function offerJson(changes: object = {}): JsonObject {
  return {
    credential_issuer: ISSUER, credential_configuration_ids: ['qualification', 'qualification-compact'],
    grants: { [PRE_AUTHORIZED]: { 'pre-authorized_code': 'code', tx_code: { input_mode: 'numeric', length: 6 } } }, ...changes,
  };
}

function metadata(changes: object = {}): JsonObject {
  return {
    credential_issuer: ISSUER, credential_endpoint: `${ISSUER}/credential`, nonce_endpoint: `${ISSUER}/nonce`, batch_credential_issuance: { batch_size: 10 },
    display: [{ name: 'Port Selin Technical College' }, { name: 'كلية بورت سيلين', locale: 'ar' }], demonstration: true, country: 'TL',
    credential_configurations_supported: {
      qualification: { format: 'dc+sd-jwt', vct: VCT, credential_metadata: { display: [{ name: 'Qualification', locale: 'en', description: null }] } },
      'qualification-compact': { format: 'identity-compact', vct: VCT },
    }, ...changes,
  };
}

/** Answers like an issuer: one credential for each proof it can verify. */
async function credentialEndpoint({ body, headers }: Request): Promise<Response | JsonObject> {
  if (headers['Authorization'] !== 'Bearer at') return status(401, { error: 'invalid_token' });
  const request = parseJsonObject(body) as { credential_configuration_id: string; proofs: { jwt: string[] } };
  const credentials = await Promise.all(request.proofs.jwt.map(async text => {
    const proof = parseJws(text);
    const jwk = parsePublicJwk(proof.header['jwk']);
    assert.ok(await verifyJws(proof, jwk), 'proof signature');
    assert.equal(proof.header['typ'], 'openid4vci-proof+jwt');
    assert.deepEqual(proof.payload, { aud: ISSUER, iat: internet.time, nonce: 'fresh-nonce' });
    const holder = holders.find(key => sameKey(key.publicJwk, jwk))!;
    return { credential: await (request.credential_configuration_id === 'qualification' ? copyFor : compactFor)(holder) };
  }));
  return { credentials: credentials.reverse() }; // the order of the answer is nobody's promise
}

const link = (uri = OFFER_URI): string => `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(uri)}`;
const byValue = (json: object): string => `openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(json))}`;

async function collect(code = '123456', offer?: Offer): Promise<CollectedCredential[]> {
  offer ??= await loadOffer(link(), internet);
  const known = await loadIssuer(offer.credentialIssuer, internet);
  return collectOffer(offer, known, await requestToken(known, offer, code, internet), holders, internet);
}

test('an offer is read, its issuer known, and every copy collected in both forms', async () => {
  const offer = await loadOffer(link(), internet);
  assert.deepEqual(offer.txCode, { inputMode: 'numeric', length: 6, description: undefined });
  const known = await loadIssuer(offer.credentialIssuer, internet);
  assert.deepEqual([nameIn(known.names, 'en'), nameIn(known.names, 'ar'), known.country, known.demonstration], ['Port Selin Technical College', 'كلية بورت سيلين', 'TL', true]);

  const [credential, ...more] = await collect();

  assert.deepEqual(more, []);
  assert.equal(credential!.vct, VCT);
  assert.deepEqual(credential!.copies.map(copy => copy.key).sort(), [0, 1, 2]);
  for (const copy of credential!.copies) assert.ok(copy.sdJwt.includes('~') && copy.compact);
});

test('a paper is asked for without a key, and a credential too long for one is whole without it', async () => {
  const { credential_configurations_supported: known } = metadata() as { credential_configurations_supported: JsonObject };
  internet.at(`${WELL_KNOWN}/openid-credential-issuer/port-selin`, metadata({ credential_configurations_supported: { ...known, 'qualification-paper': { format: 'identity-compact-paper', vct: VCT } } }))
    .at(OFFER_URI, offerJson({ credential_configuration_ids: ['qualification-paper', 'qualification', 'qualification-compact'] }));
  const answered = (answer: Response | JsonObject): void => void internet.at(`${ISSUER}/credential`, request => {
    if (!request.body.includes('qualification-paper')) return credentialEndpoint(request);
    assert.deepEqual(parseJsonObject(request.body), { credential_configuration_id: 'qualification-paper' });
    return answer;
  });
  answered({ credentials: [{ credential: 'IDD:TEXT' }] });
  assert.equal((await collect())[0]!.paper, 'IDD:TEXT');
  answered(status(400, { error: 'credential_request_denied' }));
  const [credential] = await collect();
  assert.deepEqual([credential!.paper, credential!.copies.length], [undefined, 3]);
  answered({ credentials: [{ credential: 'IDD:A' }, { credential: 'IDD:B' }] });
  await refuses(() => collect(), 'malformed');
});

test('what is put off is asked for again under its name, and what was handed out and lost comes once more for the same keys', async () => {
  internet.at(`${WELL_KNOWN}/openid-credential-issuer/port-selin`, metadata({ deferred_credential_endpoint: `${ISSUER}/deferred` }));
  const [offer, known] = [await loadOffer(link(), internet), await loadIssuer(ISSUER, internet)];
  const token = await requestToken(known, offer, '123456', internet);
  const putOff = new Map<string, string>();
  const ask = (): Promise<CollectedCredential[]> => collectOffer(offer, known, token, holders, internet, putOff);
  const waits = (body: object): Response => new Response(JSON.stringify(body), { status: 202 });

  internet.at(`${ISSUER}/credential`, () => waits({ transaction_id: 't1', interval: 60 }));
  await refuses(ask, 'not_ready');
  assert.deepEqual([...putOff], [['qualification', 't1']]);
  internet.at(`${ISSUER}/credential`, () => assert.fail('asked anew')).at(`${ISSUER}/deferred`, ({ headers, body }) => {
    assert.deepEqual([headers['Authorization'], parseJsonObject(body)], ['Bearer at', { transaction_id: 't1' }]);
    return waits({ transaction_id: 't1', interval: 60 });
  });
  await refuses(ask, 'not_ready');

  internet.at(`${ISSUER}/deferred`, async () => ({ credentials: await Promise.all(holders.map(async holder => ({ credential: await copyFor(holder) }))) })).at(`${ISSUER}/credential`, credentialEndpoint);
  const [credential] = await ask();
  assert.equal(credential!.copies.length, holders.length);
  assert.ok(credential!.copies.every(copy => copy.compact));
  internet.at(`${ISSUER}/deferred`, () => status(400, { error: 'invalid_transaction_id' }));
  assert.equal((await ask()).length, 1);
  assert.equal(putOff.size, 0);

  for (const odd of [{}, { transaction_id: '' }, { transaction_id: 5 }, { transaction_id: 'x'.repeat(2001) }]) {
    internet.at(`${ISSUER}/credential`, () => waits(odd));
    await refuses(ask, 'malformed');
  }
  putOff.set('qualification', 't1');
  internet.at(`${ISSUER}/deferred`, () => status(400, { error: 'credential_request_denied' }));
  await refuses(ask, 'issuance_denied');
});

test('a token that is asked for with a key is good with that key alone, and a bearer token in its place is refused', async () => {
  const [offer, known] = [await loadOffer(link(), internet), await loadIssuer(ISSUER, internet)];
  assert.equal(known.dpop, false);
  internet.at(`${WELL_KNOWN}/oauth-authorization-server/port-selin`, { issuer: ISSUER, token_endpoint: `${ISSUER}/token`, dpop_signing_alg_values_supported: ['EdDSA', 'ES256'] });
  assert.equal((await loadIssuer(ISSUER, internet)).dpop, true);
  const bound = boundSend(holders[0]!);
  await refuses(() => requestToken(known, offer, '123456', internet, bound), 'unsupported');
  internet.at(`${ISSUER}/token`, ({ headers }) => {
    assert.deepEqual(Object.entries(parseJws(headers['DPoP']!).payload).filter(([name]) => name === 'htm' || name === 'htu'), [['htm', 'POST'], ['htu', `${ISSUER}/token`]]);
    return { access_token: 'at', token_type: 'DPoP', refresh_token: 'r1' };
  });
  const token = await requestToken(known, offer, '123456', internet, bound);
  assert.deepEqual([token.refresh, token.send], ['r1', bound]);
});

test('an offer by value, in a wallet link, and without a code', async () => {
  const offer = await loadOffer(`https://wallet.example/#offer?credential_offer=${encodeURIComponent(JSON.stringify(offerJson({ grants: { [PRE_AUTHORIZED]: { 'pre-authorized_code': 'c' } } })))}`, internet);
  assert.equal(offer.txCode, undefined);
  internet.at(`${ISSUER}/token`, ({ form }) => {
    assert.deepEqual([...form.keys()].sort(), ['grant_type', 'pre-authorized_code']);
    return { access_token: 'at', token_type: 'bearer' };
  });
  assert.equal((await collect('unasked', offer)).length, 1);
});

test('an empty tx_code still means that a code is needed', async () => {
  const offer = await loadOffer(byValue(offerJson({ grants: { [PRE_AUTHORIZED]: { 'pre-authorized_code': 'c', tx_code: {} } } })), internet);
  assert.ok(offer.txCode);
  await refuses(async () => requestToken(await loadIssuer(ISSUER, internet), offer, undefined, internet), 'tx_code_needed');
});

test('a wrong code is told from an offer that has ended', async () => {
  await refuses(() => collect('000000'), 'tx_code_wrong');
  const offer = await loadOffer(link(), internet);
  internet.at(OFFER_URI, () => status(404));
  await refuses(() => collect('000000', offer), 'offer_gone');
  await refuses(() => loadOffer(link(), internet), 'offer_gone');
});

test('faults of the network and of the issuer have names of their own', async () => {
  internet.at(`${ISSUER}/token`, () => status(429));
  await refuses(() => collect(), 'too_many_tries');
  internet.at(`${ISSUER}/token`, () => status(503));
  await refuses(() => collect(), 'server_fault');
  internet.at(`${ISSUER}/token`, () => status(307));
  await refuses(() => collect(), 'redirected');
  internet.at(`${ISSUER}/token`, { access_token: 'other', token_type: 'Bearer' });
  await refuses(() => collect(), 'session_ended');
  internet.at(`${ISSUER}/token`, { access_token: 'at', token_type: 'DPoP' });
  await refuses(() => collect(), 'unsupported');
  await refuses(() => loadOffer(link('https://nobody.example/offer'), internet), 'unreachable');
});

test('a refusal of the credential endpoint is named', async () => {
  for (const [error, code] of [['invalid_nonce', 'proof_refused'], ['invalid_proof', 'proof_refused'], ['credential_request_denied', 'issuance_denied'], ['unknown_credential_configuration', 'offer_not_supported'], ['', 'issuance_denied']] as const) {
    internet.at(`${ISSUER}/credential`, () => status(400, { error }));
    await refuses(() => collect(), code);
  }
});

test('attack: offer with huge or doubled ids, foreign server, odd links', async () => {
  const bad = [
    offerJson({ credential_configuration_ids: [] }), offerJson({ credential_configuration_ids: ['a', 'a'] }), offerJson({ credential_configuration_ids: ['x'.repeat(300)] }),
    offerJson({ credential_configuration_ids: Array.from({ length: 30 }, (_, i) => `${i}`) }), offerJson({ credential_issuer: 5 }), offerJson({ credential_issuer: ISSUER + '?a=b' }),
    offerJson({ grants: { [PRE_AUTHORIZED]: { 'pre-authorized_code': '' } } }), offerJson({ grants: { [PRE_AUTHORIZED]: { 'pre-authorized_code': 'c', tx_code: 'x' } } }),
  ];
  for (const json of bad) await refuses(() => loadOffer(byValue(json), internet), 'offer_malformed');
  for (const text of ['openid-credential-offer://', 'https://evil.example/?credential_offer=x', `${link()}&credential_offer_uri=x`, `${link()}&credential_offer=%7B%7D`, byValue({}).replace('%7B', '%7B%22a%22:1,%22a%22:2,'), 'x'.repeat(50_000)]) {
    await refuses(() => loadOffer(text, internet), 'offer_malformed');
  }
  await refuses(() => loadOffer(byValue(offerJson({ grants: {} })), internet), 'offer_not_supported');
  await refuses(() => loadOffer(byValue(offerJson({ grants: { [PRE_AUTHORIZED]: { 'pre-authorized_code': 'c', authorization_server: 'https://evil.example' } } })), internet), 'offer_not_supported');
});

test('attack: offer that points at a machine of the house, at loopback, or at no web address', async () => {
  const targets = ['http://college.example/o', 'https://127.0.0.1/o', 'http://localhost:8080/o', 'https://192.168.1.1/', 'https://10.0.0.1/', 'https://169.254.169.254/latest', 'https://[::1]/', 'https://[::ffff:10.0.0.1]/',
    'https://[fe80::1]/', 'https://2130706433/', 'https://0x7f.1/', 'file:///etc/passwd', 'javascript:alert(1)', 'data:application/json,{}', 'https://user:word@college.example/', 'no address'];
  for (const target of targets) {
    await refuses(() => loadOffer(link(target), internet), 'forbidden_url');
    await refuses(() => loadOffer(byValue(offerJson({ credential_issuer: target })), internet), 'forbidden_url');
  }
  assert.deepEqual(internet.requests, []);
});

test('loopback is reached in development only, and other hosts by https even then', async () => {
  internet.development = true;
  internet.at('http://localhost:5001/offer', offerJson());
  assert.equal((await loadOffer(link('http://localhost:5001/offer'), internet)).credentialIssuer, ISSUER);
  await refuses(() => loadOffer(link('http://college.example/offer'), internet), 'forbidden_url');
});

test('attack: metadata of another issuer, by a slash, a capital or a foreign server', async () => {
  for (const claimed of [ISSUER + '/', ISSUER.toUpperCase(), 'https://evil.example']) {
    internet.at(`${WELL_KNOWN}/openid-credential-issuer/port-selin`, metadata({ credential_issuer: claimed }));
    await refuses(() => loadIssuer(ISSUER, internet), 'issuer_mismatch');
  }
  internet.at(`${WELL_KNOWN}/openid-credential-issuer/port-selin`, metadata()).at(`${WELL_KNOWN}/oauth-authorization-server/port-selin`, { issuer: 'https://evil.example', token_endpoint: `${ISSUER}/token` });
  await refuses(() => loadIssuer(ISSUER, internet), 'issuer_mismatch');
  internet.at(`${WELL_KNOWN}/oauth-authorization-server/port-selin`, { issuer: ISSUER, token_endpoint: 'http://college.example/token' });
  await refuses(() => loadIssuer(ISSUER, internet), 'forbidden_url');
});

test('attack: the issuer sends a credential for another key, of another type, issuer or signer, or too many', async () => {
  const { x5c } = await certificate(issuer);
  const good = copyFor;
  const cases: [typeof copyFor, Parameters<typeof refuses>[1]][] = [
    [() => good(stranger), 'wrong_holder_key'],
    [() => good(holders[0]!), 'wrong_holder_key'],
    [holder => issueSdJwt(issuer, holder, {}, { cnf: {} }, { x5c }), 'malformed'],
    [holder => issueSdJwt(issuer, holder, {}, { vct: 'urn:identity:person:1' }, { x5c }), 'wrong_type'],
    [holder => issueSdJwt(issuer, holder, {}, { iss: 'https://evil.example' }, { x5c }), 'wrong_issuer'],
    [holder => issueSdJwt(stranger, holder, {}, {}, { x5c }), 'bad_signature'],
    [holder => issueSdJwt(issuer, holder, {}, {}, { x5c, typ: 'vc+sd-jwt' }), 'malformed'],
    [holder => issueSdJwt(issuer, holder, {}, { exp: internet.time - 1 }, { x5c }), 'not_valid_now'],
    [holder => issueSdJwt(issuer, holder, {}, { _sd_alg: 'md5' }, { x5c }), 'unsupported'],
  ];
  for (const [make, code] of cases) {
    copyFor = make;
    await refuses(() => collect(), code);
  }
  copyFor = good;
  internet.at(`${ISSUER}/credential`, async () => ({ credentials: await Promise.all([0, 1, 2, 0].map(async i => ({ credential: await good(holders[i]!) }))) }));
  await refuses(() => collect(), 'malformed');
});

test('attack: a compact copy for another key, of another type or signed by another', async () => {
  const cases: [typeof compactFor, Parameters<typeof refuses>[1]][] = [
    [async () => encodeBase64Url((await issueCompact(issuer, stranger, CLAIMS, VCT)).encoded), 'wrong_holder_key'],
    [async () => encodeBase64Url((await issueCompact(issuer, holders[1]!, CLAIMS, VCT)).encoded), 'wrong_holder_key'],
    [async holder => encodeBase64Url((await issueCompact(issuer, holder, CLAIMS, 'urn:identity:person:1')).encoded), 'wrong_type'],
    [async holder => encodeBase64Url((await issueCompact(stranger, holder, CLAIMS, VCT)).encoded), 'bad_signature'],
  ];
  for (const [make, code] of cases) {
    compactFor = make;
    await refuses(() => collect(), code);
  }
});

test('a credential without x5c is verified by the keys that its issuer publishes', async () => {
  const { kty, crv, x, y } = issuer.publicJwk;
  copyFor = holder => issueSdJwt(issuer, holder, { name: 'Amina' }, {}, { kid: 'k1' });
  const url = `${WELL_KNOWN}/jwt-vc-issuer/port-selin`;
  internet.at(url, { issuer: ISSUER, jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x' }, { kty, crv, x, y, kid: 'k1' }] } });
  assert.equal((await collect()).length, 1);
  internet.at(url, { issuer: ISSUER, jwks: { keys: [{ kty, crv, x, y, kid: 'k2' }] } });
  await refuses(() => collect(), 'unknown_key');
  internet.at(url, { issuer: ISSUER + '/', jwks: { keys: [{ kty, crv, x, y, kid: 'k1' }] } });
  await refuses(() => collect(), 'issuer_mismatch');
});
