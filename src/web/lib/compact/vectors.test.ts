import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, sha256, toHex } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { parsePublicJwk, type PublicJwk } from '../keys.ts';
import { Refusal } from '../refusal.ts';
import { vector } from '../testkit/vectors.ts';
import { parseChallenge } from './challenge.ts';
import { decodeCompactCredential, encodeCompactCredential, verifyIssuerPart, type ClaimValue, type CompactLeaf, type IssuerPart } from './credential.ts';
import { hiddenNodes, leafHash, requireRoot, treeRoot } from './tree.ts';
import { readPaper, verifyPaper } from './paper.ts';
import { parseProof } from './verify.ts';

// The vectors that bind this code and the C# library to the same bytes: tests/vectors/compact.
type Stage = 'form' | 'root' | 'issuer' | 'holder' | 'binding' | undefined;
interface Facts { type: string; holder: string; keyId: string; root: string; count: number; claims: Record<string, ClaimValue> }
interface Leaf { salt: string; key: number; value: ClaimValue; leaf: string; hash: string }
interface Vector extends Facts {
  rolling?: { time: number; clockUnsure: boolean };
  name: string; expected: 'accept' | 'refuse'; stage?: Stage; text: string; hex: string; issuerKey: string; binding: string; entry: string; digest?: string;
  leaves: Leaf[]; shown: number[]; nodes: string[]; challenge?: { nonce: string; issuedAt: number; type: string; required: number[]; optional: number[]; purpose: string; name: string; key: string };
}
interface VectorFile { keys: Record<string, Record<string, string>>; vectors: Vector[] }

function load(kind: string): VectorFile {
  const file = vector(`compact/${kind}.json`) as VectorFile | undefined;
  assert.ok(file && file.vectors.length > 0, `tests/vectors/compact/${kind}.json`);
  return file;
}

/** Where reading stopped, in the words of the vectors. */
function stageOf(error: unknown): Stage {
  if (!(error instanceof Refusal)) throw error;
  switch (error.code) {
    case 'root_mismatch': return 'root';
    case 'bad_signature': return 'holder';
    case 'malformed': case 'too_large': case 'unsupported': return 'form';
    default: throw error;
  }
}

function publicKey(file: VectorFile, name: string): PublicJwk {
  const { d: _, ...rest } = file.keys[name]!;
  return parsePublicJwk(rest);
}

function compare(expected: Facts, issuer: IssuerPart, leaves: Iterable<readonly [number, ClaimValue]>): void {
  assert.deepEqual(Object.fromEntries(leaves), expected.claims);
  assert.deepEqual([issuer.type, toHex(issuer.holder), toHex(issuer.keyId), toHex(issuer.root), issuer.list, issuer.index, issuer.count],
    [expected.type, expected.holder, expected.keyId, expected.root, 3, 70_000, expected.count]);
}

test('shared vectors: claim trees come out as written', async () => {
  for (const { leaves, shown, nodes, root } of load('claims').vectors as (Vector & { root: string })[]) {
    const own: CompactLeaf[] = leaves.map(leaf => ({ salt: fromHex(leaf.salt), key: leaf.key, value: leaf.value }));
    const hashes = await Promise.all(own.map(leafHash));
    assert.deepEqual(own.map(leaf => toHex(encodeCbor([leaf.salt, leaf.key, leaf.value]))), leaves.map(leaf => leaf.leaf));
    assert.deepEqual(hashes.map(toHex), leaves.map(leaf => leaf.hash));
    assert.equal(toHex(await treeRoot(hashes)), root);
    assert.deepEqual((await hiddenNodes(hashes, new Set(shown))).map(toHex), nodes);
    await requireRoot(hashes.length, new Map(shown.map(i => [i, hashes[i]!])), nodes.map(fromHex), fromHex(root));
  }
});

test('shared vectors: issued forms are accepted and refused as stated', async () => {
  const file = load('issued');
  for (const one of file.vectors) {
    let stage: Stage;
    try {
      const credential = await decodeCompactCredential(fromHex(one.hex));
      if (!await verifyIssuerPart(credential.issuer, publicKey(file, one.issuerKey))) stage = 'issuer';
      else if (one.expected === 'accept') {
        assert.equal(toHex(await sha256(credential.issuer.bytes)), one.entry);
        assert.equal(toHex(encodeCompactCredential(credential)), one.hex);
        compare(one, credential.issuer, credential.leaves.map(leaf => [leaf.key, leaf.value] as const));
      }
    } catch (error) {
      stage = stageOf(error);
    }
    assert.equal(stage, one.stage, one.name);
  }
});

test('shared vectors: challenges are accepted and refused as stated', async () => {
  for (const one of load('challenge').vectors) {
    let stage: Stage;
    try {
      const challenge = await parseChallenge(one.text);
      if (one.digest) assert.equal(toHex(challenge.digest), one.digest);
      if (one.challenge) {
        const { nonce, key, issuedAt, type, required, optional, purpose, name } = challenge;
        assert.deepEqual({ nonce: toHex(nonce), issuedAt, type, required, optional, purpose, name, key: toHex(key) }, one.challenge);
      }
    } catch (error) {
      stage = stageOf(error);
    }
    assert.equal(stage, one.stage, one.name);
  }
});

test('shared vectors: proofs are accepted and refused as stated', async () => {
  const file = load('proof');
  for (const one of file.vectors) {
    let stage: Stage;
    try {
      const proof = await parseProof(one.text);
      if (!await verifyIssuerPart(proof.issuer, publicKey(file, one.issuerKey))) stage = 'issuer';
      else if (toHex(proof.binding!) !== one.binding) stage = 'binding';
      else compare(one, proof.issuer, proof.claims);
    } catch (error) {
      stage = stageOf(error);
    }
    assert.equal(stage, one.stage, one.name);
  }
});

test('shared vectors: rolling proofs are accepted and refused as stated', async () => {
  const file = load('rolling');
  for (const one of file.vectors) {
    let stage: Stage;
    try {
      const proof = await parseProof(one.text);
      if (!await verifyIssuerPart(proof.issuer, publicKey(file, one.issuerKey))) stage = 'issuer';
      else {
        compare(one, proof.issuer, proof.claims);
        assert.deepEqual([proof.binding, proof.rolling], [undefined, one.rolling]);
      }
    } catch (error) {
      stage = stageOf(error);
    }
    assert.equal(stage, one.stage, one.name);
  }
});

test('shared vectors: papers are accepted and refused as stated', async () => {
  const file = load('paper');
  for (const one of file.vectors) {
    let stage: Stage;
    try {
      const paper = readPaper(one.text);
      if (!await verifyPaper(paper, publicKey(file, one.issuerKey))) stage = 'issuer';
      else {
        assert.deepEqual([Object.fromEntries(paper.claims), paper.type, toHex(paper.keyId)], [one.claims, one.type, one.keyId]);
        assert.equal(toHex(await sha256(paper.bytes)), one.entry);
      }
    } catch (error) {
      stage = stageOf(error);
    }
    assert.equal(stage, one.stage, one.name);
  }
});
