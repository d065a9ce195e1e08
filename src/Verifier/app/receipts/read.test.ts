import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import type { JsonObject } from '../../../web/lib/json.ts';
import { signJws } from '../../../web/lib/jws.ts';
import { bareJwk, generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { signShowing } from '../../../web/lib/receipt/shown.ts';
import { refuses } from '../../../web/lib/testkit/refuses.ts';
import { ownerOf, type Registered } from './owner.ts';
import { readFile } from './read.ts';

const HASH = encodeBase64Url(new Uint8Array(32));
const CLAIMS: JsonObject = {
  iss: 'https://check.example', jti: 'a', iat: 1_790_000_100, checked_at: 1_790_000_000, asked: [], shown: ['title'], entry: HASH, presentation: HASH, outcome: 'valid', reason: 'valid', binding: 'none', data_age: {},
};
const receipt = async (change: JsonObject = {}): Promise<string> => {
  const key = await signingKey(await generateKeyPair());
  return signJws({ typ: 'identity-check-receipt+jwt', jwk: { ...bareJwk(key.publicJwk) } }, { ...CLAIMS, ...change }, key);
};
const line = async (question: string | undefined): Promise<string> => signShowing({
  asker: 'Harbour Yard', standing: 'registered', key: HASH, purpose: 'To hire', type: 'urn:identity:qualification:1', claims: ['title'], issued: 'issued', shown: 'shown', question,
}, 1_790_000_000, await signingKey(await generateKeyPair()));
const kinds = async (text: string): Promise<string[]> => (await readFile(text)).map(({ kind }) => kind);

test('each line of a scanner\'s file is a receipt or is named as none', async () => {
  const [good, other] = [await receipt(), await receipt({ outcome: 'not_valid' })];
  const found = await readFile(`\uFEFF${good}\r\n\n${other.slice(0, -9)}AAAAAAAAA\nsomething else\n${other}\n`);

  assert.deepEqual(found.map(({ kind }) => kind), ['receipt', 'bad', 'bad', 'receipt']);
  assert.equal(found[3]?.kind === 'receipt' && found[3].receipt.outcome, 'not_valid');
});

test('a wallet\'s evidence is its receipts and its own lines, each with the question beside it', async () => {
  const file = (lines: string[], question: string | null, receipts: string[] = []): string => JSON.stringify({ at: '2026-01-01T00:00:00Z', lines, question, receipts });
  const asked = await line('IDC:A');

  assert.deepEqual(await kinds(file([asked], 'IDC:A', [await receipt()])), ['receipt', 'line']);
  assert.deepEqual(await kinds(file([asked], 'IDC:B')), ['bad']);
  assert.deepEqual(await kinds(file([asked], null)), ['bad']);
  assert.deepEqual(await kinds(file([await line(undefined)], null)), ['line']);
  assert.deepEqual(await kinds(file([await receipt()], null)), ['bad']); // a receipt is no wallet's line
});

test('a file with nothing of the kind, or far too much, is refused', async () => {
  for (const text of ['', ' \n', '{}', '{"lines":[],"receipts":[]}', '{"lines":[1],"receipts":[]}', '{"receipts":"x","lines":[]}', '{'])
    await refuses(() => readFile(text), 'malformed');
  await refuses(() => readFile('x\n'.repeat(1001)), 'too_large');
});

test('whose key it was is the register\'s word for that time, and nobody\'s beyond it', () => {
  const entry = (name: string, from: string, until: string): Registered => ({ name, demonstration: false, keys: [HASH], authority: 'Ministry', from, until });
  const [first, second] = [entry('First', '2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z'), entry('Second', '2026-02-01T00:00:00Z', '2026-06-01T00:00:00Z')];
  const register = { readAt: '2026-07-01T00:00:00Z', verifiers: [first, second] };
  const at = (time: string): number => Date.parse(time) / 1000;

  assert.equal(ownerOf(undefined, HASH, at('2026-02-15T00:00:00Z')), 'unknown');
  assert.equal(ownerOf(register, HASH, at('2025-12-31T23:59:59Z')), 'nobody');
  assert.equal(ownerOf(register, HASH, at('2026-01-01T00:00:00Z')), first);
  assert.equal(ownerOf(register, HASH, at('2026-02-15T00:00:00Z')), first);
  assert.equal(ownerOf(register, HASH, at('2026-03-01T00:00:00Z')), second);
  assert.equal(ownerOf(register, HASH, at('2026-06-01T00:00:00Z')), 'nobody');
  assert.equal(ownerOf(register, 'another', at('2026-02-15T00:00:00Z')), 'nobody');
  assert.equal(ownerOf(register, 'another', at('2026-07-01T00:00:01Z')), 'unknown');
});
