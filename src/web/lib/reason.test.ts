import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateKeyPair, signingKey, verifyEs256, parsePublicJwk } from './keys.ts';
import { parseJws } from './jws.ts';
import { askReason } from './openid4vci/reason.ts';
import type { Outside } from './outside.ts';

const ISSUER = 'https://issuer.example/college';

function outside(answer: unknown, status = 200, seen: unknown[] = []): Outside {
  return {
    now: () => 1_800_000_000, random: length => new Uint8Array(length), development: false,
    fetch: async (url, init) => {
      if (url === `${ISSUER}/nonce`) return new Response(JSON.stringify({ c_nonce: 'n1' }));
      assert.equal(url, `${ISSUER}/status-reason`);
      seen.push(JSON.parse(String(init.body)));
      return new Response(JSON.stringify(answer), { status });
    },
  };
}

const ANSWER = {
  state: 'revoked', since: '2026-11-20T10:17:33Z', reason: { code: 'replaced', text: 'A corrected one took its place.', sentence: null }, replaced: true,
  appeal: { organisation: 'College', contact: 'Harbour Street 3', how: 'Say why.', until: null },
  history: [{ at: '2026-11-20T10:17:33Z', times: 2, who: 'Clerk no. 3', act: 'read', what: 'Opened the record', why: 'to look something up' }],
};

test('the holder proves its key and reads the answer', async () => {
  const key = await signingKey(await generateKeyPair());
  const seen: { proof: string; language: string }[] = [];

  const reason = await askReason(ISSUER, key, 'ar', outside(ANSWER, 200, seen));

  assert.equal(reason.state, 'revoked');
  assert.equal(reason.replaced, true);
  assert.equal(reason.sentence, undefined);
  assert.equal(reason.history[0]!.times, 2);
  const proof = parseJws(seen[0]!.proof);
  assert.equal(seen[0]!.language, 'ar');
  assert.deepEqual([proof.header['typ'], proof.payload['aud'], proof.payload['nonce']], ['identity-status-request+jwt', `${ISSUER}/status-reason`, 'n1']);
  assert.ok(await verifyEs256(parsePublicJwk(proof.header['jwk']), proof.signature, proof.signingInput));
});

test('an issuer that explains nothing, and answers that are none', async () => {
  const key = await signingKey(await generateKeyPair());
  const code = async (answer: unknown, status = 200): Promise<string> => askReason(ISSUER, key, 'en', outside(answer, status)).then(() => 'taken', (error: { code: string }) => error.code);

  assert.equal(await code({}, 404), 'unsupported');
  assert.equal(await code({}, 400), 'proof_refused');
  assert.equal(await code({}), 'malformed');
  assert.equal(await code({ ...ANSWER, state: 'fine' }), 'malformed');
  assert.equal(await code({ ...ANSWER, appeal: 'nobody' }), 'malformed');
  assert.equal(await code({ ...ANSWER, history: 'none' }), 'taken');
});
