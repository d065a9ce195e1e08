import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64Url } from './base64url.ts';
import { utf8 } from './bytes.ts';
import { generateKeyPair, parsePublicJwk, signingKey, thumbprintText, verifyEs256 } from './keys.ts';
import { parseJws, signJws, verifyJws } from './jws.ts';
import { compressPoint, decompressPoint, importCompressed } from './p256.ts';
import { refuses } from './testkit/refuses.ts';

// RFC 7517 appendix A.1
const RFC_KEY = { kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' } as const;

test('a point compressed and restored is the same point', async () => {
  assert.deepEqual(decompressPoint(compressPoint(RFC_KEY)), RFC_KEY);
  for (let i = 0; i < 8; i++) {
    const { publicJwk } = await signingKey(await generateKeyPair());
    assert.deepEqual(decompressPoint(compressPoint(publicJwk)), publicJwk);
  }
});

test('a key imported from its compressed point verifies', async () => {
  const key = await signingKey(await generateKeyPair());
  const signature = await key.sign(utf8('text'));
  const imported = await importCompressed(compressPoint(key.publicJwk));
  assert.ok(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, signature, utf8('text')));
  assert.ok(await verifyEs256(key.publicJwk, signature, 'text'));
  assert.ok(!await verifyEs256(key.publicJwk, signature, 'Text'));
  assert.ok(!await verifyEs256(key.publicJwk, signature.slice(0, 63), 'text'));
});

test('attack: a point off the curve, beyond the field or of another form is refused', async () => {
  const off = Uint8Array.from(compressPoint(RFC_KEY));
  let refused = 0;
  for (let i = 0; i < 8; i++) {
    off[32] = i;
    try { decompressPoint(off); } catch { refused++; }
  }
  assert.ok(refused > 0, 'about half of all x have no point');
  await refuses(() => decompressPoint(new Uint8Array(33).fill(255).fill(2, 0, 1)), 'malformed');
  await refuses(() => decompressPoint(new Uint8Array(33)), 'malformed');
  await refuses(() => importCompressed(new Uint8Array(65).fill(4, 0, 1)), 'malformed');
  await refuses(() => verifyEs256({ ...RFC_KEY, y: RFC_KEY.x }, new Uint8Array(64), ''), 'malformed');
});

test('the thumbprint hashes the required members only', async () => {
  assert.equal(await thumbprintText({ ...RFC_KEY, kid: 'any', use: 'sig' }), await thumbprintText(RFC_KEY));
  assert.equal(await thumbprintText(RFC_KEY), 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s');
});

test('a JWK with its private half, of another type or with odd coordinates is refused', async () => {
  assert.deepEqual(parsePublicJwk({ ...RFC_KEY, kid: '1', other: 2 }), { ...RFC_KEY, kid: '1' });
  await refuses(() => parsePublicJwk({ ...RFC_KEY, d: 'x' }), 'malformed');
  await refuses(() => parsePublicJwk({ ...RFC_KEY, crv: 'P-384' }), 'unsupported');
  await refuses(() => parsePublicJwk({ ...RFC_KEY, x: RFC_KEY.x + 'A' }), 'malformed');
  await refuses(() => parsePublicJwk(undefined), 'malformed');
});

test('attack: JWS with alg none, HS256, crit, or the signature of other words', async () => {
  const key = await signingKey(await generateKeyPair());
  const jws = await signJws({ typ: 't' }, { a: 1 }, key);
  assert.ok(await verifyJws(parseJws(jws), key.publicJwk));
  assert.ok(!await verifyJws(parseJws(jws), { ...key.publicJwk, alg: 'ES384' }));
  assert.ok(!await verifyJws(parseJws(jws.replace(/\.[^.]+\./, `.${encodeBase64Url(utf8('{"a":2}'))}.`)), key.publicJwk));
  for (const header of [{ alg: 'none' }, { alg: 'HS256' }, { alg: 'PS256' }, {}, { alg: 'ES256', crit: ['b64'], b64: false }]) {
    await refuses(() => parseJws(jws.replace(/^[^.]+/, encodeBase64Url(utf8(JSON.stringify(header))))), 'unsupported');
  }
  for (const bad of ['', 'a.b', jws + '.x', jws + '=', ` ${jws}`]) await refuses(() => parseJws(bad), 'malformed');
  await refuses(() => parseJws('x'.repeat(200_000)), 'too_large');
});
