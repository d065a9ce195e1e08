import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64Url } from '../base64url.ts';
import { fromHex, toHex } from '../bytes.ts';
import { fromQrText, issuerSecret, isSheetCode, listId, listKey, listToken, sheetKey, tagFor, toQrText } from './code.ts';
import { openList, sealList } from './list.ts';
import { fromWords, toWords } from './words.ts';

const CODE = fromHex('000102030405060708090a0b0c0d0e0f');
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

test('what follows from a code is the same as in C#', async () => {
  const sheet = await sheetKey(CODE);
  assert.equal(toQrText(CODE), 'IDR:000102030405060708090A0B0C0D0E0F');
  assert.deepEqual(
    { id: await listId(sheet), token: await listToken(sheet), secret: encodeBase64Url(await issuerSecret(sheet, 'https://issuer.example/college')), tag: await tagFor(sheet, 'https://issuer.example/college') },
    VECTOR);
});

test('twelve words are the code of BIP 39, however they are typed', async () => {
  const words = await toWords(fromHex('7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f'));
  assert.equal(words.join(' '), 'legal winner thank year wave sausage worth useful legal winner thank yellow');
  for (const typed of [words.join(' '), words.map((word, i) => `${i + 1}. ${word.toUpperCase()}`).join('\n'), words.map(word => word.slice(0, 4)).join(', ')]) {
    const read = await fromWords(typed);
    assert.ok('code' in read, typed);
    assert.equal(toHex(read.code), '7f'.repeat(16));
  }
});

test('mistyped words say which, and a wrong one that is in the list fails the checksum', async () => {
  const words = await toWords(CODE);
  assert.deepEqual(await fromWords(words.slice(1).join(' ')), { count: 11 });
  assert.deepEqual(await fromWords(words.with(3, 'zzzz').with(7, 'qqqq').join(' ')), { unknown: [3, 7] });
  let taken = 0;
  for (let i = 0; i < 12; i++) {
    const other = words[i] === 'zoo' ? 'abandon' : 'zoo';
    if ('code' in await fromWords(words.with(i, other).join(' '))) taken++;
  }
  assert.ok(taken <= 3, `${taken} of 12 wrong words went unseen`); // one in sixteen is expected
});

test('a list opens with its own key, id and version alone, and its length says little', async () => {
  const key = await listKey(await sheetKey(CODE));
  const cards = [{ issuer: 'https://issuer.example/college', name: 'كلية', vct: 'urn:x' }];
  const sealed = await sealList(cards, key, 'id', 3, random);
  assert.deepEqual(await openList(sealed, key, 'id', 3), cards);
  assert.equal(sealed.length, (await sealList([...cards, ...cards], key, 'id', 3, random)).length);
  const other = await listKey(await sheetKey(random(16)));
  for (const attempt of [() => openList(sealed, key, 'id', 2), () => openList(sealed, key, 'other', 3), () => openList(sealed, other, 'id', 3), () => openList(sealed.with(20, sealed[20]! ^ 1), key, 'id', 3)])
    await assert.rejects(attempt, { code: 'malformed' });
});

test('only the exact text of a sheet is one', () => {
  assert.deepEqual(fromQrText(toQrText(CODE)), CODE);
  for (const text of ['', 'IDR:', 'IDR:00', toQrText(CODE).toLowerCase(), `${toQrText(CODE)} `, 'IDR:' + 'G'.repeat(32)]) assert.equal(isSheetCode(text), false, text);
});

// tests/Credentials.Tests/Recovery/RecoveryCodeTests.cs holds C# to the same.
const VECTOR = {
  id: 'OlmOEpFNso9T4CIdMAoyjrmbScnn6zYNpv-fyMTxn9I',
  token: 'ydHDfOdNiykr5cabBJ3mzKbgloAvS6RSB3Zbk9EaRrk',
  secret: '_ZEE2dj3npmWVRkuCNdvE5OlDZ5Zqh4_GIqSLG7ReIw',
  tag: 'q7g_26LcdTx8tGn9yM6XNEiO0LWEnujqThZBTDfsSlM',
};
