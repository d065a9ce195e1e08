import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encodeBase64Url } from './base64url.ts';
import { sha256, utf8 } from './bytes.ts';
import type { Json, JsonObject } from './json.ts';
import { signJws, verifyJws } from './jws.ts';
import { parsePublicJwk, type SigningKey } from './keys.ts';
import { parseSdJwt, presentSdJwt, processSdJwt, selectDisclosures } from './sdjwt.ts';
import { keys } from './testkit/people.ts';
import { refuses } from './testkit/refuses.ts';
import { disclosure, issueSdJwt } from './testkit/sdjwtissuer.ts';
import { sharedText, sharedVector } from './testkit/vectors.ts';

let issuer: SigningKey, holder: SigningKey;
beforeEach(async () => {
  [issuer, holder] = await keys(2) as [SigningKey, SigningKey];
});

const process = async (text: string): Promise<JsonObject> => (await processSdJwt(parseSdJwt(text))).claims;
const signed = async (payload: JsonObject, ...disclosures: string[]): Promise<string> => [await signJws({ typ: 'dc+sd-jwt' }, payload, issuer), ...disclosures, ''].join('~');

interface Reference { name: string; presentation: string; issuance: string; verifiedClaims: JsonObject; userClaims: JsonObject; issuerJwk: JsonObject; holderJwk: JsonObject | null; keyBinding: boolean }

test('the reference SD-JWTs are read as their makers read them', async context => {
  const cases = sharedVector('sd-jwt/reference-sd-jwts.json') as Reference[] | undefined;
  if (!cases) return context.diagnostic('absent: sd-jwt/reference-sd-jwts.json');
  let read = 0;
  for (const one of cases) {
    const sdJwt = parseSdJwt(one.presentation);
    assert.ok(await verifyJws(sdJwt.jwt, parsePublicJwk(one.issuerJwk)), one.name);
    const { claims } = await processSdJwt(sdJwt);
    for (const [name, value] of Object.entries(one.verifiedClaims)) assert.deepEqual(claims[name], value, `${one.name}: ${name}`);
    read++;
  }
  assert.ok(read > 20);
});

test('the OpenID4VP sample is shown again byte for byte, key binding aside', async context => {
  const strip = (text: string): string => text.replace(/\s/g, '');
  const [issued, shown] = ['issuance', 'presentation'].map(kind => sharedText(`openid4vp/sd_jwt_vcld__01__sd_jwt_${kind}.txt`)).map(text => text && strip(text));
  if (!issued || !shown) return context.diagnostic('absent: openid4vp samples');
  const whole = parseSdJwt(issued);
  const sample = parseSdJwt(shown);
  const paths = (await processSdJwt(sample)).disclosures.map(one => one.path);
  assert.equal(selectDisclosures(whole, await processSdJwt(whole), paths), shown.slice(0, shown.lastIndexOf('~') + 1));
});

test('a presentation shows what was chosen, with its parents, and binds it to audience and nonce', async () => {
  const street = await disclosure('s1', 'street', 'Quay 1');
  const city = await disclosure('s2', 'city', 'Port Selin');
  const address = await disclosure('s3', 'address', { _sd: [street.digest, city.digest] });
  const first = await disclosure('s4', 'TL');
  const text = await signed({ vct: 'x', nationalities: [{ '...': first.digest }, 'NV'], _sd: [address.digest] }, street.text, city.text, address.text, first.text);

  const shown = await presentSdJwt(text, [['address', 'city']], { audience: 'x509_hash:abc', nonce: 'n', issuedAt: 5 }, holder);

  const sdJwt = parseSdJwt(shown);
  assert.deepEqual((await processSdJwt(sdJwt)).claims, { vct: 'x', nationalities: ['NV'], address: { city: 'Port Selin' } });
  assert.deepEqual([...sdJwt.disclosures].sort(), [city.text, address.text].sort());
  assert.ok(await verifyJws(sdJwt.keyBinding!, holder.publicJwk));
  assert.equal(sdJwt.keyBinding!.header['typ'], 'kb+jwt');
  const unbound = shown.slice(0, shown.lastIndexOf('~') + 1);
  assert.deepEqual(sdJwt.keyBinding!.payload, { iat: 5, aud: 'x509_hash:abc', nonce: 'n', sd_hash: encodeBase64Url(await sha256(unbound)) });
  assert.deepEqual(await process(await presentSdJwt(text, [['address']], { audience: 'a', nonce: 'n', issuedAt: 5 }, holder)), { vct: 'x', nationalities: ['NV'], address: { street: 'Quay 1', city: 'Port Selin' } });
  assert.deepEqual(await process(await presentSdJwt(text, [['nationalities', 0]], { audience: 'a', nonce: 'n', issuedAt: 5 }, holder)), { vct: 'x', nationalities: ['TL', 'NV'] });
});

test('showing nothing shows no disclosure at all', async () => {
  const text = await issueSdJwt(issuer, holder, { name: 'Amina', grade: 1 });
  const shown = parseSdJwt(await presentSdJwt(text, [], { audience: 'a', nonce: 'n', issuedAt: 1 }, holder));
  assert.deepEqual(shown.disclosures, []);
});

test('attack: disclosures that RFC 9901 tells to refuse', async () => {
  const a = await disclosure('s', 'name', 'Amina');
  const again = await disclosure('t', 'name', 'Other');
  const refused: Record<string, Promise<string>> = {
    'same disclosure twice': signed({ _sd: [a.digest] }, a.text, a.text),
    'same digest in two places': signed({ _sd: [a.digest], o: { _sd: [a.digest] } }, a.text),
    'same digest twice, undisclosed': signed({ _sd: [a.digest, a.digest] }),
    'disclosure nobody signed': signed({ _sd: [] }, a.text),
    'claim in clear overwritten': signed({ name: 'Amina', _sd: [again.digest] }, again.text),
    'two disclosures of one name': signed({ _sd: [a.digest, again.digest] }, a.text, again.text),
    'placeholder with more members': signed({ list: [{ '...': a.digest, x: 1 }] }),
    'object named like a placeholder': signed({ '...': 'x' }),
    '_sd that is no array': signed({ _sd: 'x' }),
    'digest that is no text': signed({ _sd: [1] }),
    '_sd_alg below the top': signed({ o: { _sd_alg: 'sha-256' } }),
  };
  const contents: [string, Json[], 'object' | 'array'][] = [
    ['two elements behind _sd', ['s', 'value'], 'object'], ['three elements behind ...', ['s', 'name', 1], 'array'], ['one element', ['s'], 'object'],
    ['claim named _sd', ['s', '_sd', []], 'object'], ['claim named ...', ['s', '...', 1], 'object'], ['claim named __proto__', ['s', '__proto__', {}], 'object'],
    ['claim name no text', ['s', 5, 1], 'object'], ['salt no text', [5, 'name', 1], 'object'],
    ...['iss', 'exp', 'nbf', 'cnf', 'vct', 'status'].map(name => [`${name} hidden`, ['s', name, 'x'], 'object'] as [string, Json[], 'object']),
  ];
  for (const [what, content, where] of contents) {
    const one = await disclosure(...content);
    refused[what] = signed(where === 'object' ? { _sd: [one.digest] } : { list: [{ '...': one.digest }] }, one.text);
  }
  for (const [what, text] of Object.entries(refused)) {
    await refuses(async () => process(await text), 'malformed').catch(error => assert.fail(`${what}: ${(error as Error).message}`));
  }
});

test('attack: unknown or weak _sd_alg', async () => {
  for (const algorithm of ['md5', 'sha-512', 'SHA-256', 1]) await refuses(async () => process(await signed({ _sd_alg: algorithm })), 'unsupported');
});

test('attack: a child shown without its parent', async () => {
  const child = await disclosure('s', 'city', 'Port Selin');
  const parent = await disclosure('t', 'address', { _sd: [child.digest] });
  await refuses(async () => process(await signed({ _sd: [parent.digest] }, child.text)), 'malformed');
});

test('attack: undisclosed places of a list and decoys leave nothing behind', async () => {
  const one = await disclosure('s', 'TL');
  const claims = await process(await signed({ list: [{ '...': one.digest }, { '...': 'decoy' }, 'NV'], o: { _sd: ['decoy2'] }, _sd: ['decoy3'], _sd_alg: 'sha-256' }, one.text));
  assert.deepEqual(claims, { list: ['TL', 'NV'], o: {} });
});

test('attack: text that is not an SD-JWT', async () => {
  const text = await issueSdJwt(issuer, holder, { name: 'Amina' });
  await refuses(() => parseSdJwt(text.replaceAll('~', '')), 'malformed');
  await refuses(() => parseSdJwt(text.slice(0, -1)), 'malformed');
  await refuses(() => parseSdJwt(text.replace('~', '~~')), 'malformed');
  await refuses(async () => process(text.replace('~', '~ ')), 'malformed');
  await refuses(() => parseSdJwt(text + '~'.repeat(300)), 'malformed', 'too_large');
  await refuses(() => parseSdJwt('x'.repeat(300_000)), 'too_large');
  const deep = encodeBase64Url(utf8('["s","n",' + '['.repeat(100) + ']'.repeat(100) + ']'));
  await refuses(async () => process(await signed({ _sd: [encodeBase64Url(await sha256(deep))] }, deep)), 'malformed');
});
