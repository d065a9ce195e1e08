import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64Url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';
import type { JsonObject } from '../json.ts';
import { parseJws, signJws, verifyJws } from '../jws.ts';
import { bareJwk, generateKeyPair, parsePublicJwk, signingKey, thumbprintText } from '../keys.ts';
import { refuses } from '../testkit/refuses.ts';
import { readReceipt } from './receipt.ts';
import { digestOf, signShowing } from './shown.ts';

const HASH = encodeBase64Url(new Uint8Array(32));
const CLAIMS: JsonObject = {
  iss: 'https://check.example', jti: 'a', iat: 1_790_000_100, checked_at: 1_790_000_000, purpose: 'To hire a welder', type: 'urn:identity:qualification:1', asked: ['title'], shown: ['title', 'origin'],
  entry: HASH, presentation: HASH, outcome: 'not_valid', reason: 'revoked', binding: 'challenge', data_age: { ledger: 4 }, device: { outcome: 'valid', reason: 'valid' },
};

async function signed(change: JsonObject = {}, header: JsonObject = {}): Promise<string> {
  const key = await signingKey(await generateKeyPair());
  return signJws({ typ: 'identity-check-receipt+jwt', jwk: { ...bareJwk(key.publicJwk) }, ...header }, { ...CLAIMS, ...change }, key);
}

test('a receipt says who checked what, when and with what result', async () => {
  const text = await signed();
  const receipt = await readReceipt(`${text}\n`);

  assert.equal(receipt.key, await thumbprintText(parsePublicJwk(parseJws(text).header['jwk'])));
  assert.deepEqual([receipt.verifier, receipt.checkedAt, receipt.outcome, receipt.reason, receipt.ledgerAge, receipt.statusAge], ['https://check.example', 1_790_000_000, 'not_valid', 'revoked', 4, undefined]);
  assert.deepEqual(receipt.device, { outcome: 'valid', reason: 'valid' });
});

test('Attack_a_receipt_is_altered_of_another_kind_or_by_another_key', async () => {
  const [head, , tail] = (await signed()).split('.') as [string, string, string];
  await refuses(() => readReceipt(`${head}.${encodeBase64Url(utf8(JSON.stringify({ ...CLAIMS, outcome: 'valid' })))}.${tail}`), 'bad_signature');
  await refuses(async () => readReceipt(await signed({}, { jwk: { ...bareJwk((await signingKey(await generateKeyPair())).publicJwk) } })), 'bad_signature');
  await refuses(async () => readReceipt(await signed({}, { typ: 'identity-shown+jwt' })), 'malformed');
  await refuses(() => readReceipt('A'.repeat(20_000)), 'too_large');
  for (const change of [{ entry: 'AA' }, { outcome: 'Valid!' }, { shown: [1] }, { shown: Array<string>(65).fill('a') }, { checked_at: -1 }, { data_age: 4 }, { device: {} }] as JsonObject[])
    await refuses(async () => readReceipt(await signed(change)), 'malformed');
});

test('our own line is signed by the key of the copy and holds names and digests', async () => {
  const holder = await signingKey(await generateKeyPair());
  const line = parseJws(await signShowing({
    asker: 'Harbour Yard', standing: 'registered', key: HASH, purpose: 'To hire', type: 'urn:identity:qualification:1', claims: ['title'], issued: 'issued', shown: 'shown', question: 'IDC:…',
  }, 1_790_000_000, holder));

  assert.ok(await verifyJws(line, holder.publicJwk));
  assert.deepEqual(line.payload, {
    iat: 1_790_000_000, asker: 'Harbour Yard', standing: 'registered', purpose: 'To hire', type: 'urn:identity:qualification:1', shown: ['title'],
    entry: await digestOf('issued'), key: HASH, presentation: await digestOf('shown'), question: await digestOf('IDC:…'),
  });
});
