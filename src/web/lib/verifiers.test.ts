import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateKeyPair, signingKey, thumbprintText } from './keys.ts';
import { parseChallenge, createChallenge } from './compact/challenge.ts';
import type { JsonObject } from './json.ts';
import { signJws } from './jws.ts';
import { refuses } from './testkit/refuses.ts';
import { vector } from './testkit/vectors.ts';
import { consentOrder, judgeAsker, mustRefuse, offByDefault, readListPayload, readVerifierList, type AskedFor, type AskedName, type ClaimFacts, type Standing } from './verifiers.ts';

interface Vectors {
  list: JsonObject;
  judge: { name: string; list: string | null; now: number; key: string | null; purpose: string | null; asked: AskedFor[]; expect: { standing: Standing; verifier: string | null; purpose: string | null; extra: AskedFor[]; expired: boolean } }[];
  defaults: { name: string; type: string; asked: AskedName[]; extra: string[]; off: string[]; order: string[] }[];
}
const vectors = vector('asking/asking.json') as Vectors;

const claimsOf = (vct: string): ClaimFacts[] => {
  const name = vct.split(':')[2]!;
  try {
    return (JSON.parse(readFileSync(join(process.env['IDENTITY_ROOT'] ?? '.', `src/Credentials/Types/${name}.json`), 'utf8')) as { claims: ClaimFacts[] }).claims;
  } catch {
    return [];
  }
};

test('shared vectors: who asks is judged as written', () => {
  assert.ok(vectors.judge.length > 15);
  const list = readListPayload(vectors.list);
  for (const { name, list: given, now, key, purpose, asked, expect } of vectors.judge) {
    const judged = judgeAsker(given === null ? undefined : list, now, key ?? undefined, purpose ?? undefined, asked);
    assert.deepEqual({ standing: judged.standing, verifier: judged.verifier?.name ?? null, purpose: judged.purpose?.id ?? null, extra: judged.extra, expired: judged.expired }, expect, name);
    assert.equal(mustRefuse(judged), ['no_list', 'unknown', 'public_page_more'].includes(expect.standing), name);
  }
});

test('shared vectors: what starts off and what comes first', () => {
  assert.ok(vectors.defaults.length > 5);
  for (const { name, type, asked, extra, off, order } of vectors.defaults) {
    const claims = claimsOf(type);
    const result = offByDefault(claims, asked, extra);
    assert.deepEqual([...result].sort(), [...off].sort(), name);
    assert.deepEqual(consentOrder(claims, asked, result), order, name);
  }
});

test('a list by a pinned key is read, by any other key it is not', async () => {
  const [authority, stranger] = [await signingKey(await generateKeyPair()), await signingKey(await generateKeyPair())];
  const pin = await thumbprintText(authority.publicJwk);
  const header = { typ: 'verifier-list+jwt', jwk: { ...authority.publicJwk } };
  const good = await signJws(header, vectors.list, authority);

  assert.equal((await readVerifierList(good, ['x', pin])).version, 7);
  await refuses(() => readVerifierList(good, []), 'unknown_key');
  await refuses(() => readVerifierList(good, ['A'.repeat(43)]), 'unknown_key');
  const forged = await signJws(header, vectors.list, stranger);
  await refuses(() => readVerifierList(forged, [pin]), 'bad_signature');
  const other = await signJws({ ...header, typ: 'statuslist+jwt' }, vectors.list, authority);
  await refuses(() => readVerifierList(other, [pin]), 'malformed');
  const empty = await signJws(header, { ...vectors.list, version: '7' }, authority);
  await refuses(() => readVerifierList(empty, [pin]), 'malformed');
});

test('a challenge names its purpose in form 2 and none in form 1', async () => {
  const key = await signingKey(await generateKeyPair());
  const question = { type: 't', required: [1], optional: [], purpose: 'why', name: 'who', nonce: new Uint8Array(16), issuedAt: 1 };

  assert.equal((await createChallenge({ ...question, purposeId: 'welder' }, key)).challenge.purposeId, 'welder');
  assert.equal((await createChallenge(question, key)).challenge.purposeId, undefined);
  await refuses(() => createChallenge({ ...question, purposeId: '' }, key), 'malformed');
  await refuses(() => createChallenge({ ...question, purposeId: 'x'.repeat(41) }, key), 'malformed');
});

test('shared vector: a challenge of form 2 is the same in both languages', async () => {
  const { text, purposeId } = vector('asking/challenge.json') as { text: string; purposeId: string };
  assert.equal((await parseChallenge(text)).purposeId, purposeId);
});
