import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex, type Bytes } from '../bytes.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { parsePublicJwk, thumbprint, type PublicJwk } from '../keys.ts';
import { Refusal } from '../refusal.ts';
import { vector } from '../testkit/vectors.ts';
import { parseChallenge } from './challenge.ts';
import { decodeCompactCredential, encodeCompactCredential, verifyIssuerPart, type ClaimValue } from './credential.ts';
import { readPaper, verifyPaper } from './paper.ts';
import { readProof } from './verify.ts';

// The vectors at the limits of docs/compact-proof.md; tests/Credentials.Tests/Compact/EdgeVectorTests.cs reads the same.
interface Vector {
  name: string; kind: 'issued' | 'challenge' | 'proof' | 'paper'; expected: 'accept' | 'refuse'; stage?: string; reason?: string; text: string; hex: string;
  issuerKey: string; known?: string[]; binding: string; claims?: Record<string, ClaimValue>; original?: string;
}
interface Found { stage?: string; reason?: string; claims?: Record<string, ClaimValue>; original?: Bytes | undefined }

test('shared vectors: items of CBOR are accepted and refused as stated', () => {
  for (const { name, hex, expected } of (vector('compact/cbor.json') as { vectors: Vector[] }).vectors) {
    let taken = true;
    try {
      assert.equal(toHex(encodeCbor(decodeCbor(fromHex(hex), { maxBytes: 16_384, maxDepth: 6 }))), hex, name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      taken = false;
    }
    assert.equal(taken, expected === 'accept', name);
  }
});

test('shared vectors: every form is accepted and refused at its limits as stated', async () => {
  const file = vector('compact/edges.json') as { keys: Record<string, Record<string, string>>; vectors: Vector[] };
  const key = (name: string): PublicJwk => {
    const { d: _, ...rest } = file.keys[name]!;
    return parsePublicJwk(rest);
  };
  const sharedId = toHex((await thumbprint(key('issuer'))).subarray(0, 8));
  for (const one of file.vectors) {
    const found = await judge(one, (one.known ?? [one.issuerKey]).map(key), sharedId);
    assert.deepEqual([found.stage, one.reason && found.reason], [one.stage, one.reason], `${one.kind}: ${one.name}`);
    if (found.stage === undefined && one.claims) assert.deepEqual([found.claims, found.original && toHex(found.original)], [one.claims, one.original], `${one.kind}: ${one.name}`);
  }
});

async function judge(one: Vector, issuers: readonly PublicJwk[], sharedId: string): Promise<Found> {
  try {
    switch (one.kind) {
      case 'challenge':
        await parseChallenge(one.text);
        return {};
      case 'issued': {
        const credential = await decodeCompactCredential(fromHex(one.hex));
        assert.equal(toHex(encodeCompactCredential(credential)), one.hex);
        return await by(issuers, issuer => verifyIssuerPart(credential.issuer, issuer)) ?? { claims: Object.fromEntries(credential.leaves.map(leaf => [leaf.key, leaf.value])), original: credential.issuer.originalIssuer };
      }
      case 'paper': {
        const paper = readPaper(one.text);
        assert.equal(toHex(paper.keyId), sharedId);
        return await by(issuers, issuer => verifyPaper(paper, issuer)) ?? { claims: Object.fromEntries(paper.claims), original: paper.originalIssuer };
      }
      case 'proof': {
        const proof = readProof(one.text);
        await proof.requireRoot();
        const unknown = await by(issuers, issuer => verifyIssuerPart(proof.issuer, issuer));
        if (unknown) return unknown;
        if (!await proof.verifyHolder()) return { stage: 'holder' };
        return proof.binding === undefined || toHex(proof.binding) !== one.binding ? { stage: 'binding' } : { claims: Object.fromEntries(proof.claims), original: proof.issuer.originalIssuer };
      }
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'root_mismatch') return { stage: 'root' };
    if (error.code === 'bad_signature') return { stage: 'holder' };
    return { stage: 'form', reason: error.code === 'unsupported' && error.message.includes('version') ? 'unsupported' : 'malformed' };
  }
}

/** Undefined where one of the keys signed; else what a verdict calls it. */
async function by(issuers: readonly PublicJwk[], signed: (key: PublicJwk) => Promise<boolean>): Promise<Found | undefined> {
  for (const issuer of issuers) if (await signed(issuer)) return undefined;
  return { stage: 'issuer', reason: issuers.length === 0 ? 'issuer_unknown' : 'altered' };
}
