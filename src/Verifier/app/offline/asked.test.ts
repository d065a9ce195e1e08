import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaper } from '../../../web/lib/compact/paper.ts';
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import type { TypeDefinition } from '../../../web/lib/types.ts';
import { asksOf, claimsOf } from './asked.ts';

const PERSON = { vct: 'urn:identity:person:1', name: 'person', display: {}, claims: [{ name: 'age_over_18', key: 6, kind: 'boolean', display: {} }] } as TypeDefinition;
const ADULT = { age_over_18: [true] };

test('Attack_a_paper_says_no_where_the_question_wants_a_yes', async () => {
  const issuer = await signingKey(await generateKeyPair());
  const paper = (over18: boolean): Promise<string> =>
    createPaper({ type: PERSON.vct, notBefore: undefined, expires: undefined, list: 1, index: 2, salt: new Uint8Array(16), claims: new Map([[6, over18]]) }, issuer);

  assert.deepEqual(asksOf(claimsOf(await paper(true))?.claims, PERSON.vct, ADULT, [PERSON]), {});
  assert.equal(asksOf(claimsOf(await paper(false))?.claims, PERSON.vct, ADULT, [PERSON]).asks?.met, false);
});

test('what is neither proof nor paper is left to the engine', () => {
  for (const text of ['', 'IDP:', 'IDD:XX', 'IDC:ABC', 'hello']) assert.equal(claimsOf(text), undefined);
  assert.deepEqual(asksOf(undefined, PERSON.vct, ADULT, [PERSON]), {});
});
