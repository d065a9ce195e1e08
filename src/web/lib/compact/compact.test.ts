import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encodeBase45, decodeBase45 } from '../base45.ts';
import { sha256, type Bytes } from '../bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../cbor.ts';
import { createSign1 } from '../cose.ts';
import { generateKeyPair, signingKey, type SigningKey } from '../keys.ts';
import { refuse } from '../refusal.ts';
import { issueCompact } from '../testkit/compactissuer.ts';
import { refuses } from '../testkit/refuses.ts';
import { createChallenge, parseChallenge, type Challenge } from './challenge.ts';
import { decodeCompactCredential, verifyIssuerPart, type ClaimValue, type CompactCredential } from './credential.ts';
import { HOLDER_CONTEXT, ISSUER_CONTEXT } from './limits.ts';
import { answerChallenge, rollingProof } from './present.ts';
import { hiddenNodes, leafHash, requireRoot, treeRoot } from './tree.ts';
import { parseProof } from './verify.ts';

const CLAIMS: [number, ClaimValue][] = [[1, 'Amina Okoye-Reyes'], [2, 'Welding'], [3, 2019], [4, true], [5, ['TL', 'NV']], [6, 'أمينة'], [7, -3]];
let issuer: SigningKey, holder: SigningKey, verifier: SigningKey, other: SigningKey;
let credential: CompactCredential, encoded: Bytes, challenge: Challenge, challengeText: string;

beforeEach(async () => {
  [issuer, holder, verifier, other] = await Promise.all(Array.from({ length: 4 }, async () => signingKey(await generateKeyPair()))) as [SigningKey, SigningKey, SigningKey, SigningKey];
  ({ credential, encoded } = await issueCompact(issuer, holder, CLAIMS));
  ({ challenge, text: challengeText } = await createChallenge(question({}), verifier));
});

function question(changes: object): Parameters<typeof createChallenge>[0] {
  return {
    type: 'urn:identity:qualification:1', required: [1, 2], optional: [5, 6], purpose: 'Hiring a welder', name: 'Harbour Yard',
    nonce: crypto.getRandomValues(new Uint8Array(16)), issuedAt: 1_790_000_000, ...changes,
  };
}

const bytesOf = (text: string): Bytes => decodeBase45(text.slice(4));
const open = (bytes: Uint8Array): Cbor[] => decodeCbor(bytes, { maxBytes: 4000, maxDepth: 6 }) as Cbor[];

/** The proof with its payload changed and signed again, by the holder unless said otherwise. */
async function forged(proof: string, change: (payload: Cbor[]) => void, key = holder, context = HOLDER_CONTEXT): Promise<string> {
  const payload = open(open(bytesOf(proof))[2] as Bytes);
  change(payload);
  return 'IDP:' + encodeBase45(encodeCbor(await createSign1(new Map(), encodeCbor(payload), context, key)));
}

test('a credential is decoded, a challenge answered, and the proof says exactly what was shown', async () => {
  const held = await decodeCompactCredential(encoded);
  assert.ok(await verifyIssuerPart(held.issuer, issuer.publicJwk));
  assert.ok(!await verifyIssuerPart(held.issuer, other.publicJwk));

  const proof = await answerChallenge(held, [1, 2, 5], await parseChallenge(challengeText), holder);

  const presentation = await parseProof(proof);
  assert.deepEqual([...presentation.claims], [[1, 'Amina Okoye-Reyes'], [2, 'Welding'], [5, ['TL', 'NV']]]);
  assert.deepEqual(presentation.binding, challenge.digest);
  assert.deepEqual(presentation.binding, await sha256(bytesOf(challengeText)));
  assert.ok(await verifyIssuerPart(presentation.issuer, issuer.publicJwk));
  assert.ok(bytesOf(proof).length < 620, `${bytesOf(proof).length} bytes`);
});

test('every choice of claims from trees of one to nine leaves gives the root, and one node more or less does not', async () => {
  for (let count = 1; count <= 9; count++) {
    const hashes = await Promise.all(Array.from({ length: count }, (_, key) => leafHash({ salt: new Uint8Array(16), key, value: key })));
    const root = await treeRoot(hashes);
    for (let mask = 0; mask < 2 ** count; mask += count < 7 ? 1 : 5) {
      const shown = new Map(hashes.map((hash, i) => [i, hash] as const).filter(([i]) => mask & (1 << i)));
      const nodes = await hiddenNodes(hashes, new Set(shown.keys()));
      await requireRoot(count, shown, nodes, root);
      await refuses(() => requireRoot(count, shown, [...nodes, hashes[0]!], root), 'root_mismatch');
      if (nodes.length) await refuses(() => requireRoot(count, shown, nodes.slice(1), root), 'root_mismatch');
    }
  }
});

test('a rolling proof states the time of the phone and its doubt, and answers no challenge', async () => {
  for (const unsure of [false, true]) {
    const presentation = await parseProof(await rollingProof(credential, [1, 5], 1_790_000_000, unsure, holder));
    assert.deepEqual([...presentation.claims], [[1, 'Amina Okoye-Reyes'], [5, ['TL', 'NV']]]);
    assert.deepEqual([presentation.binding, presentation.rolling], [undefined, { time: 1_790_000_000, clockUnsure: unsure }]);
    assert.ok(await verifyIssuerPart(presentation.issuer, issuer.publicJwk));
  }
  await refuses(() => rollingProof(credential, [1, 40], 1_790_000_000, false, holder), 'not_matched');
  await refuses(() => rollingProof(credential, [1], 1_790_000_000, false, other), 'wrong_holder_key');
});

test('attack: the time of a rolling proof moved, its doubt taken away, or no time at all', async () => {
  const proof = await rollingProof(credential, [1], 1_790_000_000, true, holder);
  for (const [binding, key] of [[[1_790_000_060, 1], other], [[1_790_000_000, 0], other]] as const) {
    await refuses(async () => parseProof(await forged(proof, payload => { payload[3] = [...binding]; }, key)), 'bad_signature');
  }
  for (const binding of [[1_790_000_000], [1_790_000_000, 2], [-1, 0], [1_790_000_000, true], [null, 0], [1_790_000_000, 0, 0], 1_790_000_000, null]) {
    await refuses(async () => parseProof(await forged(proof, payload => { payload[3] = binding as Cbor; })), 'malformed');
  }
});

test('nothing may be shown at all when nothing is required', async () => {
  const { challenge: asksNothing } = await createChallenge(question({ required: [] }), verifier);
  const presentation = await parseProof(await answerChallenge(credential, [], asksNothing, holder));
  assert.equal(presentation.claims.size, 0);
});

test('the wallet never shows a claim that was not asked, nor leaves out one that is required', async () => {
  await refuses(() => answerChallenge(credential, [1, 2, 3], challenge, holder), 'not_allowed');
  await refuses(() => answerChallenge(credential, [1], challenge, holder), 'not_matched');
  const { challenge: unknown } = await createChallenge(question({ required: [1, 40] }), verifier);
  await refuses(() => answerChallenge(credential, [1, 40], unknown, holder), 'not_matched');
});

test('the wallet refuses another type and another key', async () => {
  const { challenge: person } = await createChallenge(question({ type: 'urn:identity:person:1' }), verifier);
  await refuses(() => answerChallenge(credential, [1, 2], person, holder), 'wrong_type');
  await refuses(() => answerChallenge(credential, [1, 2], challenge, other), 'wrong_holder_key');
});

test('attack: challenge with a changed purpose, another signer, or limits overrun', async () => {
  const [header, unprotected, payload, signature] = open(bytesOf(challengeText)) as [Bytes, Cbor, Bytes, Bytes];
  const fields = open(payload);
  const changed = [...fields.slice(0, 6), 'Anything', ...fields.slice(7)];
  const text = (cose: Cbor[]): string => 'IDC:' + encodeBase45(encodeCbor(cose));
  await refuses(() => parseChallenge(text([header, unprotected, encodeCbor(changed), signature])), 'bad_signature');
  await refuses(async () => parseChallenge(text(await createSign1(new Map(), payload, 'identity-challenge-v1', other))), 'bad_signature');
  await refuses(async () => parseChallenge(text(await createSign1(new Map(), payload, HOLDER_CONTEXT, verifier))), 'bad_signature');
  await refuses(() => createChallenge(question({ purpose: 'x'.repeat(81) }), verifier), 'malformed');
  await refuses(() => createChallenge(question({ nonce: new Uint8Array(15) }), verifier), 'malformed');
  await refuses(() => parseChallenge('IDC:' + '0'.repeat(3000)), 'malformed');
  await refuses(() => parseChallenge(challengeText.toLowerCase()), 'malformed');
  await refuses(() => parseChallenge(challengeText.replace('IDC:', 'IDP:')), 'malformed');
  await refuses(() => parseChallenge(text([header, new Map([[1, -7]]), payload, signature])), 'malformed');
  await refuses(() => parseChallenge(text([encodeCbor(new Map([[1, -8]])), unprotected, payload, signature])), 'unsupported');
  await refuses(() => parseChallenge(text([encodeCbor(new Map([[1, -7], [3, 0]])), unprotected, payload, signature])), 'malformed');
});

test('attack: proof with a changed claim, a claim moved, a node more, a foreign binding', async () => {
  const proof = await answerChallenge(credential, [1, 2, 5], challenge, holder);
  await refuses(async () => parseProof(await forged(proof, payload => { ((payload[1] as Cbor[][])[0]!)[3] = 'Somebody Else'; })), 'root_mismatch');
  await refuses(async () => parseProof(await forged(proof, payload => { ((payload[1] as Cbor[][])[1]!)[0] = 2; })), 'root_mismatch');
  await refuses(async () => parseProof(await forged(proof, payload => { (payload[1] as Cbor[]).reverse(); })), 'malformed');
  await refuses(async () => parseProof(await forged(proof, payload => { (payload[2] as Cbor[]).push(new Uint8Array(32)); })), 'root_mismatch');
  await refuses(async () => parseProof(await forged(proof, payload => { (payload[2] as Cbor[]).pop(); })), 'root_mismatch');
  await refuses(async () => parseProof(await forged(proof, payload => { payload[3] = new Uint8Array(31); })), 'malformed');
  await refuses(async () => parseProof(await forged(proof, payload => { payload.push(0); })), 'malformed');
});

test('attack: proof signed by a thief of the credential, or with a signature made for something else', async () => {
  const proof = await answerChallenge(credential, [1, 2], challenge, holder);
  await refuses(async () => parseProof(await forged(proof, () => {}, other)), 'bad_signature');
  await refuses(async () => parseProof(await forged(proof, () => {}, holder, ISSUER_CONTEXT)), 'bad_signature');
});

test('attack: the holder key in the issuer part replaced by the thief\'s', async () => {
  const stolen = await issueCompact(other, other, CLAIMS);
  const proof = await answerChallenge(stolen.credential, [1, 2], challenge, other);
  const presentation = await parseProof(proof);
  assert.ok(!await verifyIssuerPart(presentation.issuer, issuer.publicJwk));
});

test('attack: an issued form with a leaf changed, dropped or doubled', async () => {
  const change = (edit: (leaves: Cbor[][]) => void): Bytes => {
    const [sign1, leaves] = open(encoded) as [Cbor, Cbor[][]];
    edit(leaves);
    return encodeCbor([sign1, leaves]);
  };
  await refuses(() => decodeCompactCredential(change(leaves => { leaves[0]![2] = 'Other'; })), 'root_mismatch');
  await refuses(() => decodeCompactCredential(change(leaves => { leaves.pop(); })), 'malformed');
  await refuses(() => decodeCompactCredential(change(leaves => { leaves[1] = leaves[0]!; })), 'malformed');
  await refuses(() => decodeCompactCredential(change(leaves => { leaves[0]![2] = null; })), 'malformed');
  await refuses(() => decodeCompactCredential(new Uint8Array(20_000)), 'too_large');
});

test('any single byte of a proof changed is refused or no longer speaks of this challenge', async () => {
  const proof = bytesOf(await answerChallenge(credential, [1, 2], challenge, holder));
  for (let i = 0; i < proof.length; i += 3) {
    const bad = proof.slice();
    bad[i]! ^= 1 << (i % 8);
    await refuses(async () => {
      const presentation = await parseProof('IDP:' + encodeBase45(bad));
      if (!await verifyIssuerPart(presentation.issuer, issuer.publicJwk)) refuse('bad_signature', 'issuer');
    }, 'malformed', 'unsupported', 'too_large', 'root_mismatch', 'bad_signature');
  }
});
