import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaper } from '../../../web/lib/compact/paper.ts';
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { paperTrouble } from './status.ts';

const NOW = 1_800_000_000_000;

test('Attack_a_paper_that_has_ended_or_expired_is_printed_as_good', async () => {
  const issuer = await signingKey(await generateKeyPair());
  const paper = (expires: number | undefined): Promise<string> =>
    createPaper({ type: 'urn:identity:person:1', notBefore: undefined, expires, list: 1, index: 2, salt: new Uint8Array(16), claims: new Map([[6, true]]) }, issuer);
  const said = (value: 'valid' | 'revoked' | 'suspended') => ({ value, signedAt: NOW, fetchedAt: NOW });
  const text = await paper(NOW / 1000 + 60);

  assert.equal(paperTrouble({ text, madeAt: NOW }, NOW), undefined);
  assert.equal(paperTrouble({ text, madeAt: NOW, status: said('valid') }, NOW), undefined);
  assert.equal(paperTrouble({ text, madeAt: NOW, status: said('revoked') }, NOW), 'revoked');
  assert.equal(paperTrouble({ text, madeAt: NOW, status: said('suspended') }, NOW), 'suspended');
  assert.equal(paperTrouble({ text: await paper(NOW / 1000), madeAt: NOW, status: said('valid') }, NOW), 'expired');
  assert.equal(paperTrouble({ text: await paper(undefined), madeAt: NOW }, NOW), undefined);
});
