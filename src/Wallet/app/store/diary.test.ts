import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diaryPair, openSealedTo, sealTo, unwrapDiary, wrapDiary } from './diary.ts';

const PLACE = new TextEncoder().encode('history/1');
const pinKey = (): Promise<CryptoKey> => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);

test('what was sealed while the history was closed opens with the PIN alone', async () => {
  const [pin, pair] = [await pinKey(), await diaryPair()];
  const diary = await wrapDiary(pair, pin);
  const row = await sealTo(diary.publicKey, PLACE, { asker: 'Harbour Yard' });

  assert.deepEqual(await openSealedTo(await unwrapDiary(diary, pin), PLACE, row), { asker: 'Harbour Yard' });
  await assert.rejects(async () => unwrapDiary(diary, await pinKey()));
  assert.equal((await unwrapDiary(diary, pin)).extractable, false);
});

test('attack: a row of the history is put in the place of another, or opened with another key', async () => {
  const [pair, other] = [await diaryPair(), await diaryPair()];
  const row = await sealTo(pair.publicKey, PLACE, 'x');

  await assert.rejects(openSealedTo(pair.privateKey, new TextEncoder().encode('history/2'), row));
  await assert.rejects(openSealedTo(other.privateKey, PLACE, row));
  await assert.rejects(openSealedTo(pair.privateKey, PLACE, { ...row, from: (await sealTo(pair.publicKey, PLACE, 'x')).from }));
});

test('two rows that say the same look different', async () => {
  const { publicKey } = await diaryPair();
  const rows = await Promise.all([sealTo(publicKey, PLACE, 'x'), sealTo(publicKey, PLACE, 'x')]);

  assert.equal(new Set(rows.map(row => String(new Uint8Array(row.sealed)))).size, 2);
  assert.equal(new Set(rows.map(row => String(new Uint8Array(row.from)))).size, 2);
});
