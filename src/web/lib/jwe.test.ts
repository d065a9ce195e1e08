import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64Url } from './base64url.ts';
import { utf8 } from './bytes.ts';
import { concatKdf, encryptJwe } from './jwe.ts';
import { encryptionKey } from './testkit/jwedecrypt.ts';
import { refuses } from './testkit/refuses.ts';

test('Concat KDF of RFC 7518 appendix C', async () => {
  const secret = Uint8Array.of(158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196);
  assert.equal(encodeBase64Url(await concatKdf(secret, 'A128GCM', utf8('Alice'), utf8('Bob'))), 'VqqN6vgjbSBcIijNcacQGg');
});

for (const enc of ['A128GCM', 'A256GCM'] as const) {
  test(`what is encrypted with ${enc} opens with the recipient's key`, async () => {
    const { jwk, open } = await encryptionKey();
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const [one, two] = await Promise.all([encryptJwe('{"a":"ü"}', jwk, enc, iv), encryptJwe('{}', jwk, enc, iv)]);
    const { header, text } = await open(one);
    assert.equal(text, '{"a":"ü"}');
    assert.deepEqual([header['alg'], header['enc'], header['kid']], ['ECDH-ES', enc, 'enc-1']);
    assert.notEqual(JSON.stringify(header['epk']), JSON.stringify((await open(two)).header['epk']), 'a fresh ephemeral key each time');
  });
}

test('attack: encryption key off the curve', async () => {
  const { jwk } = await encryptionKey();
  await refuses(() => encryptJwe('x', { ...jwk, y: jwk.x }, 'A128GCM', new Uint8Array(12)), 'malformed');
});
