/** What hostile codes and files try, by the names that tests/Credentials.Tests/BadInputTests.cs uses, too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase45 } from './base45.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { createChallenge, parseChallenge } from './compact/challenge.ts';
import { answerChallenge, rollingProof } from './compact/present.ts';
import { readProof } from './compact/verify.ts';
import { isForeign } from './foreign.ts';
import { inflateZlib } from './inflate.ts';
import { parseJsonObject } from './json.ts';
import { parsePublicJwk, thumbprintText } from './keys.ts';
import { loadOffer } from './openid4vci/offer.ts';
import { loadRequest } from './openid4vp/request.ts';
import type { Outside } from './outside.ts';
import { decompressPoint } from './p256.ts';
import { issueCompact } from './testkit/compactissuer.ts';
import { packContent, packFile } from './testkit/packmaker.ts';
import { keys } from './testkit/people.ts';
import { refuses } from './testkit/refuses.ts';
import { readTrustPack } from './trustpack/pack.ts';
import { examine, type Expectations } from './verdict/examine.ts';
import { judgeAsker, mustRefuse } from './verifiers.ts';
import { utf8 } from './bytes.ts';

const NOW = 1_790_000_000;
const QUESTION = { type: 'urn:identity:qualification:1', required: [1], optional: [], purpose: 'To hire', name: 'Harbour Yard', issuedAt: NOW };
const question = (): Parameters<typeof createChallenge>[0] => ({ ...QUESTION, nonce: crypto.getRandomValues(new Uint8Array(16)) });
const people = await keys(4);
const [issuer, holder, verifier, other] = [people[0]!, people[1]!, people[2]!, people[3]!];
const { credential } = await issueCompact(issuer, holder, [[1, 'Amina Okoye-Reyes'], [3, 'Welding']]);

async function pack(madeAt: number, now: number): Promise<Awaited<ReturnType<typeof readTrustPack>>> {
  return readTrustPack(await packFile(encodeCbor(packContent(issuer, other, madeAt)), verifier, 7, madeAt), { signers: [await thumbprintText(verifier.publicJwk)], heldVersion: 0, now });
}

const reasonOf = async (text: string, expectations: Expectations, now: number): Promise<string> => (await examine(text, expectations, await pack(NOW, now), [], now)).verdict.checks.find(({ name }) => name === 'freshness')!.result;

test('Attack_a_decompression_bomb', async () => {
  const bomb = new Uint8Array(await new Response(new Blob([new Uint8Array(32 << 20)]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer());
  await refuses(() => inflateZlib(bomb, 100_000), 'too_large');
});

test('Attack_deep_cbor', async () => {
  const deep = new Uint8Array(500).fill(0x81); // an array of an array of …
  await refuses(() => decodeCbor(deep, { maxBytes: 2000, maxDepth: 6 }), 'malformed', 'too_large');
  await refuses(() => readProof(`IDP:${encodeBase45(deep)}`), 'malformed', 'too_large');
});

test('Attack_duplicate_keys', async () => {
  await refuses(() => decodeCbor(Uint8Array.of(0xa2, 1, 2, 1, 3), { maxBytes: 100, maxDepth: 6 }), 'malformed');
  await refuses(() => readProof(`IDP:${encodeBase45(encodeCbor([Uint8Array.of(0xa2, 1, 0x26, 1, 0x26), new Map(), new Uint8Array(4), new Uint8Array(64)]))}`), 'malformed');
  await refuses(() => parseJsonObject(utf8('{"jti":"a","jti":"b"}')), 'malformed');
});

test('Attack_a_key_of_another_curve', async () => {
  await refuses(() => parsePublicJwk({ kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: 'A'.repeat(64) }), 'malformed', 'unsupported');
  await refuses(() => decompressPoint(Uint8Array.of(2, ...new Uint8Array(32).fill(255))), 'malformed'); // beyond the field of P-256
});

test('Attack_an_answer_made_for_somebody_else', async () => {
  const [ours, theirs] = [await createChallenge(question(), verifier), await createChallenge(question(), other)];
  const answer = await answerChallenge(credential, [1], theirs.challenge, holder);
  assert.equal(await reasonOf(answer, { kind: 'challenge', question: ours.challenge }, NOW), 'failed');
  assert.equal(await reasonOf(answer, { kind: 'challenge', question: theirs.challenge }, NOW), 'passed');
});

test('Attack_a_screenshot_after_its_window', async () => {
  const code = await rollingProof(credential, [1], NOW, false, holder);
  assert.equal(await reasonOf(code, { kind: 'shown' }, NOW + 120), 'passed');
  assert.equal(await reasonOf(code, { kind: 'shown' }, NOW + 121), 'failed');
});

test('Attack_a_verifier_that_nobody_registered', () => {
  const list = { issuer: 'https://ministry.example', authority: 'Ministry', contact: undefined, version: 1, issuedAt: NOW, expires: NOW + 9999, verifiers: [] };
  const asking = judgeAsker(list, NOW, 'A'.repeat(43), undefined, [{ type: QUESTION.type, claim: 'holder_name' }]);
  assert.equal(asking.standing, 'unknown');
  assert.ok(mustRefuse(asking));
});

test('Attack_a_pack_from_the_future', async () => {
  await pack(NOW + 300, NOW);
  await refuses(() => pack(NOW + 301, NOW), 'pack_future');
});

test('Attack_an_http_link_in_a_code', async () => {
  const unplugged: Outside = { fetch: () => assert.fail('nothing may be fetched'), now: () => NOW, random: length => new Uint8Array(length), development: false };
  for (const link of ['http://pay.example/', 'HTTP://PAY.EXAMPLE/IDP:00', 'http://wallet.example/#present?client_id=x&request_uri=https%3A%2F%2Fx.example', 'http://college.example/#offer?credential_offer_uri=https%3A%2F%2Fx.example']) {
    for (const kind of ['shown', 'file'] as const) assert.equal((await examine(link, { kind }, await pack(NOW, NOW), [], NOW)).verdict.reason, 'malformed', link);
    await refuses(() => parseChallenge(link), 'malformed');
  }
  await refuses(() => loadOffer('openid-credential-offer://?credential_offer_uri=http%3A%2F%2Fcollege.example%2Foffer', unplugged), 'forbidden_url');
  await refuses(() => loadRequest('openid4vp://?client_id=x509_hash%3AAAAA&request_uri=http%3A%2F%2Fyard.example%2Fr', unplugged), 'forbidden_url');
});

test('Attack_a_truncated_code', async () => {
  const asked = await createChallenge(question(), verifier);
  const trust = await pack(NOW, NOW);
  const codes = [
    { text: await answerChallenge(credential, [1], asked.challenge, holder), expected: { kind: 'challenge', question: asked.challenge } },
    { text: await rollingProof(credential, [1], NOW, false, holder), expected: { kind: 'shown' } },
  ] as const;
  for (const { text, expected } of codes)
    for (let length = 0; length < text.length; length++) assert.equal((await examine(text.slice(0, length), expected, trust, [], NOW)).verdict.reason, 'malformed', `${expected.kind} ${length}`);
  for (let length = 0; length < asked.text.length; length++) await refuses(() => parseChallenge(asked.text.slice(0, length)), 'malformed');
});

test('Attack_a_code_of_another_system', async () => {
  const trust = await pack(NOW, NOW);
  for (const code of ['mdoc:owBjMS4w', 'HC1:6BFOXN*TS0BI$ZD.P9UOL97O4-2HH77HRM3DSPTLRR+%3.ZH9M9ESIGUBA', 'shc:/5676290952432060346029243740446031222959', 'did:example:123', 'WIFI:T:WPA;S:yard;P:x;;', 'tel:123', 'BEGIN:VCARD']) {
    assert.ok(isForeign(code), code);
    for (const kind of ['shown', 'file'] as const) assert.equal((await examine(code, { kind }, trust, [], NOW)).verdict.reason, 'malformed', code);
    await refuses(() => parseChallenge(code), 'malformed');
  }
});
