import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeBase64Url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';
import type { Json, JsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import { bareJwk, generateKeyPair, signingKey } from '../keys.ts';
import { Refusal } from '../refusal.ts';
import { vector, vectorPath } from '../testkit/vectors.ts';
import { readReceipt } from './receipt.ts';

// Receipts at the limits of docs/check-receipt.md, for both libraries: tests/Credentials.Tests/ReceiptVectorTests.cs reads the same. Signatures are random, so
// the file is made once and kept: IDENTITY_WRITE_VECTORS=receipt makes it anew.
interface Vector { name: string; expected: 'accept' | 'refuse'; text: string; payload?: JsonObject }
const FILE = 'receipt/receipts.json';
const HASH = encodeBase64Url(new Uint8Array(32).fill(7));
const CLAIMS: JsonObject = {
  iss: 'https://check.example', jti: 'a', iat: 1_790_000_100, checked_at: 1_790_000_000, purpose: 'To hire a welder', type: 'urn:identity:qualification:1', asked: ['title'], shown: ['title', 'origin'],
  entry: HASH, presentation: HASH, outcome: 'not_valid', reason: 'revoked', binding: 'challenge', data_age: { ledger: 4, status: 60 }, device: { outcome: 'valid', reason: 'valid' },
};
const x = (count: number): string => 'x'.repeat(count);
const without = (...names: string[]): JsonObject => Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => !names.includes(name)));
const is = (name: string, value: Json): JsonObject => ({ ...CLAIMS, [name]: value });

const TAKEN: [string, JsonObject][] = [
  ['all members', CLAIMS], ['of a file: no purpose, nothing asked', { ...without('purpose', 'device', 'type'), asked: [], binding: 'none' }], ['no age known', is('data_age', {})],
  ['a member that nobody knows', is('later', { x: 1 })], ['64 names', is('shown', Array<string>(64).fill('a'))], ['a name of 200 characters', is('asked', [x(200)])], ['an id of 200 characters', is('jti', x(200))],
  ['an address of 2000 characters', is('iss', x(2000))], ['a reason of 60 letters', is('reason', x(60))], ['the first second', { ...CLAIMS, iat: 0, checked_at: 0 }], ['the last second of the year 9999', is('checked_at', 253402300799)],
];
const NOT: [string, JsonObject][] = [
  ...['iss', 'jti', 'iat', 'checked_at', 'asked', 'shown', 'entry', 'presentation', 'outcome', 'reason', 'binding', 'data_age'].map(name => [`no ${name}`, without(name)] as [string, JsonObject]),
  ['an empty address', is('iss', '')], ['an address of 2001 characters', is('iss', x(2001))], ['an empty id', is('jti', '')], ['an id of 201 characters', is('jti', x(201))], ['an id as number', is('jti', 1)],
  ['a time before 1970', is('iat', -1)], ['a time past the year 9999', is('checked_at', 253402300800)], ['a time as text', is('iat', '1790000000')],
  ['65 names', is('shown', Array<string>(65).fill('a'))], ['an empty name', is('asked', [''])], ['a name of 201 characters', is('asked', [x(201)])], ['a name as number', is('shown', [1])], ['names as text', is('asked', 'title')],
  ['a digest of 31 bytes', is('entry', encodeBase64Url(new Uint8Array(31)))], ['a digest of 33 bytes', is('presentation', encodeBase64Url(new Uint8Array(33)))], ['a digest with padding', is('entry', `${HASH}=`)],
  ['a digest with odd bits', is('entry', `${HASH.slice(0, -1)}9`)], ['a word with a capital', is('outcome', 'Valid')], ['an empty word', is('binding', '')], ['a reason of 61 letters', is('reason', x(61))],
  ['ages as number', is('data_age', 4)], ['a device as text', is('device', 'valid')], ['a device without a reason', is('device', { outcome: 'valid' })],
];

async function make(): Promise<unknown> {
  const key = await signingKey(await generateKeyPair());
  const other = await signingKey(await generateKeyPair());
  const header = { typ: 'identity-check-receipt+jwt', jwk: { ...bareJwk(key.publicJwk) } };
  const signed = (payload: JsonObject, more: JsonObject = {}): Promise<string> => signJws({ ...header, ...more }, payload, key);
  const good = await signed(CLAIMS);
  const [head, , tail] = good.split('.') as [string, string, string];
  const vectors: Vector[] = [
    ...await Promise.all(TAKEN.map(async ([name, payload]) => ({ name, expected: 'accept' as const, text: await signed(payload), payload }))),
    { name: 'white space around it', expected: 'accept', text: `\n ${good} \r\n`, payload: CLAIMS },
    ...await Promise.all(NOT.map(async ([name, payload]) => ({ name, expected: 'refuse' as const, text: await signed(payload) }))),
    ...(await Promise.all([
      ['another typ', signed(CLAIMS, { typ: 'identity-shown+jwt' })], ['no typ', signJws({ jwk: header.jwk }, CLAIMS, key)], ['no key', signJws({ typ: header.typ }, CLAIMS, key)],
      ["another's key", signed(CLAIMS, { jwk: { ...bareJwk(other.publicJwk) } })], ['a key of another curve', signed(CLAIMS, { jwk: { ...header.jwk, crv: 'P-384' } })], ['a critical member', signed(CLAIMS, { crit: ['exp'] })],
      ['more than 16384 characters', signed({ ...CLAIMS, later: x(13_000) })],
      ['changed after signing', `${head}.${encodeBase64Url(utf8(JSON.stringify(is('outcome', 'valid'))))}.${tail}`], ['a member twice', `${head}.${encodeBase64Url(utf8(JSON.stringify(CLAIMS).replace('{', '{"iss":"https://other.example",')))}.${tail}`],
      ['no signature', `${head}.${good.split('.')[1]}.`], ['two parts', good.slice(0, good.lastIndexOf('.'))], ['nothing', ''],
    ].map(async ([name, text]) => ({ name: name as string, expected: 'refuse' as const, text: await text! })))),
  ];
  return { about: 'Receipts of checks (docs/check-receipt.md), \'text\'. Every refused one differs from an accepted one in a single thing, named by \'name\', and is signed after it unless the fault is one of the signature.', vectors };
}

test('shared vectors: receipts are written when asked', async () => {
  if (process.env['IDENTITY_WRITE_VECTORS']?.split(',').includes('receipt')) writeFileSync(vectorPath(FILE), `${JSON.stringify(await make(), null, 1)}\n`);
});

test('shared vectors: receipts are accepted and refused as stated', async () => {
  const { vectors } = vector(FILE) as { vectors: Vector[] };
  assert.equal(vectors.length, TAKEN.length + NOT.length + 13);
  for (const { name, expected, text, payload } of vectors) {
    try {
      const read = await readReceipt(text);
      assert.equal(expected, 'accept', name);
      assert.deepEqual([read.verifier, read.id, read.checkedAt, read.outcome, [...read.shown], read.purpose], [payload!['iss'], payload!['jti'], payload!['checked_at'], payload!['outcome'], payload!['shown'], payload!['purpose']], name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      assert.equal(expected, 'refuse', `${name}: ${error.message}`);
    }
  }
});
