import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { concat, type Bytes } from './bytes.ts';
import { inflateZlib } from './inflate.ts';
import type { JsonObject } from './json.ts';
import { signJws } from './jws.ts';
import type { SigningKey } from './keys.ts';
import { readStatus, readStatusToken, statusAt } from './statuslist.ts';
import { Internet, status } from './testkit/internet.ts';
import { keys } from './testkit/people.ts';
import { refuses } from './testkit/refuses.ts';
import { sharedVector } from './testkit/vectors.ts';

const URI = 'https://college.example/port-selin/status/3';
const NOW = 1_790_000_000;
let issuer: SigningKey, stranger: SigningKey;
beforeEach(async () => {
  [issuer, stranger] = await keys(2) as [SigningKey, SigningKey];
});

async function deflate(bytes: Uint8Array, format: CompressionFormat = 'deflate'): Promise<Bytes> {
  return new Uint8Array(await new Response(new Blob([bytes as Bytes]).stream().pipeThrough(new CompressionStream(format))).arrayBuffer());
}

/** Entries 0…7: valid, invalid, suspended, 3, valid, … */
async function token(changes: JsonObject = {}, header: JsonObject = {}, key = issuer): Promise<string> {
  const lst = encodeBase64Url(await deflate(Uint8Array.of(0b11100100, 0)));
  return signJws({ typ: 'statuslist+jwt', ...header }, { sub: URI, iat: NOW - 10, exp: NOW + 86_400, ttl: 900, status_list: { bits: 2, lst }, ...changes }, key);
}

const read = async (text: Promise<string>, index = 0, now = NOW): ReturnType<typeof readStatusToken> => readStatusToken(await text, URI, index, [issuer.publicJwk], now);

interface Sizes { bits: 1 | 2 | 4 | 8; size: number; lst?: string; statuses: [number, number][]; bytes: number[] }

test('the lists of the draft are read with the least significant bits first', async context => {
  const vectors = sharedVector('status-list/status-list.json') as { small: Sizes[]; large: Sizes[] } | undefined;
  if (!vectors) return context.diagnostic('absent: status-list/status-list.json');
  for (const { lst, bytes } of vectors.small) assert.deepEqual([...await inflateZlib(decodeBase64Url(lst!), 100)], bytes);
  for (const { bits, lst, statuses, size } of vectors.large) {
    const array = await inflateZlib(decodeBase64Url(lst!), 4_000_000);
    assert.equal((array.length * 8) / bits, size);
    for (const [index, value] of statuses) assert.equal(statusAt(array, bits, index), value, `${bits} bits, ${index}`);
  }
});

test('an entry says valid, invalid, suspended or something we do not know', async () => {
  const names = await Promise.all([0, 1, 2, 3].map(async i => (await read(token(), i)).status));
  assert.deepEqual(names, ['valid', 'invalid', 'suspended', 'unknown']);
  assert.deepEqual(await read(token(), 0), { status: 'valid', value: 0, issuedAt: NOW - 10, goodUntil: NOW + 900 });
  assert.equal((await read(token({ ttl: 1e9 }))).goodUntil, NOW + 86_400);
});

test('attack: list of another address, of another type, by a stranger, altered', async () => {
  await refuses(() => read(token({ sub: URI + '/' })), 'malformed');
  await refuses(() => read(token({}, { typ: 'JWT' })), 'malformed');
  await refuses(() => read(token({}, {}, stranger)), 'bad_signature');
  await refuses(async () => read(Promise.resolve((await token()).replace(/\.[^.]+$/, `.${encodeBase64Url(new Uint8Array(64))}`))), 'bad_signature');
});

test('attack: an old list, one from the future, odd times', async () => {
  await refuses(() => read(token(), 0, NOW + 86_400), 'status_stale');
  await refuses(() => read(token({ iat: NOW + 3600 })), 'status_stale');
  for (const changes of [{ ttl: 0 }, { ttl: -5 }, { ttl: '900' }, { exp: '1' }, { iat: 'x' }, { exp: 1e300 }] as JsonObject[]) await refuses(() => read(token(changes)), 'malformed');
});

test('attack: index outside of the list', async () => {
  for (const index of [-1, 8, 2 ** 31, 0.5, NaN]) await refuses(() => read(token(), index), 'status_range');
});

test('attack: zlib bomb, cut short, bytes left over, raw deflate, odd bits', async () => {
  const packed = await deflate(new Uint8Array(5_000_000));
  assert.ok(packed.length < 10_000);
  const list = async (bytes: Uint8Array, bits = 2): Promise<string> => token({ status_list: { bits, lst: encodeBase64Url(bytes) } });
  await refuses(() => read(list(packed)), 'too_large');
  const small = await deflate(new Uint8Array(100));
  await refuses(() => read(list(small.slice(0, -6))), 'malformed');
  await refuses(() => read(list(concat(small, Uint8Array.of(1)))), 'malformed');
  await refuses(async () => read(list(await deflate(new Uint8Array(100), 'deflate-raw'))), 'malformed');
  await refuses(() => read(list(small, 3)), 'malformed');
});

test('a list that cannot be fetched, redirects or lives on loopback is refused', async () => {
  const internet = new Internet().at(URI, await token());
  assert.equal((await readStatus(URI, 1, [issuer.publicJwk], internet)).status, 'invalid');
  assert.equal(internet.requests[0]!.headers['Accept'], 'application/statuslist+jwt');
  await refuses(() => readStatus(URI, 1, [issuer.publicJwk], new Internet()), 'unreachable');
  await refuses(() => readStatus(URI, 1, [issuer.publicJwk], new Internet().at(URI, () => status(302))), 'redirected');
  await refuses(() => readStatus(URI, 1, [issuer.publicJwk], new Internet().at(URI, () => status(404))), 'unreachable');
  await refuses(() => readStatus('http://127.0.0.1:5001/s', 1, [issuer.publicJwk], new Internet()), 'forbidden_url');
});
