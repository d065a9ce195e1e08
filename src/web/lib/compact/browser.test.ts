import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeBase45, encodeBase45 } from '../base45.ts';
import { fromHex, sha256, toHex, type Bytes } from '../bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../cbor.ts';
import { createSign1 } from '../cose.ts';
import { generateKeyPair, parsePublicJwk, signingKey, thumbprint, type PublicJwk, type SigningKey } from '../keys.ts';
import { Refusal } from '../refusal.ts';
import { issueCompact } from '../testkit/compactissuer.ts';
import { vector, vectorPath } from '../testkit/vectors.ts';
import { createChallenge, parseChallenge } from './challenge.ts';
import { decodeCompactCredential, verifyIssuerPart, type ClaimValue } from './credential.ts';
import { HOLDER_CONTEXT, PAPER_CONTEXT } from './limits.ts';
import { createPaper, readPaper, verifyPaper } from './paper.ts';
import { answerChallenge, rollingProof } from './present.ts';
import { parseProof } from './verify.ts';

// What this library makes, for the C# library to read: tests/vectors/compact/browser.json. Signatures are random, so it is made once and kept:
// IDENTITY_WRITE_VECTORS=browser makes it anew.
interface Vector {
  name: string; kind: 'issued' | 'challenge' | 'proof' | 'paper'; expected: 'accept' | 'refuse'; stage?: string; issuerKey: string; text?: string; hex?: string;
  claims?: Record<string, ClaimValue>; binding?: string; rolling?: { time: number; clockUnsure: boolean }; type?: string; keyId?: string; entry?: string; digest?: string; purposeId?: string; original?: string;
}
const FILE = 'compact/browser.json';
const TYPE = 'urn:identity:qualification:1';
const CLAIMS: [number, ClaimValue][] = [[1, 'Amina Okoye-Reyes'], [2, 'أمينة أوكويي رييس'], [3, 'Welding'], [5, true], [6, false], [7, 4], [8, ['XT', 'XN']], [9, -1], [300, Number.MAX_SAFE_INTEGER]];

const open = (bytes: Uint8Array): Cbor[] => decodeCbor(bytes, { maxBytes: 16_384, maxDepth: 6 }) as Cbor[];
const byKey = (claims: Iterable<readonly [number, ClaimValue]>): Record<string, ClaimValue> => Object.fromEntries(claims);

/** A signed text with its payload changed and signed again. */
async function bent(text: string, change: (payload: Cbor[]) => void, key: SigningKey, context: string, labels: ReadonlyMap<number, Cbor> = new Map()): Promise<string> {
  const payload = open(open(decodeBase45(text.slice(4)))[2] as Bytes);
  change(payload);
  return text.slice(0, 4) + encodeBase45(encodeCbor(await createSign1(labels, encodeCbor(payload), context, key)));
}

async function make(): Promise<unknown> {
  const [issuer, holder, verifier, stranger] = await Promise.all(Array.from({ length: 4 }, async () => signingKey(await generateKeyPair()))) as [SigningKey, SigningKey, SigningKey, SigningKey];
  const { credential, encoded } = await issueCompact(issuer, holder, CLAIMS);
  const question = { type: TYPE, required: [1, 3], optional: [8], purpose: 'Welding job', name: 'Harbour Yard', nonce: new Uint8Array(16).fill(7), issuedAt: 1_790_000_000 };
  const { text: asked, challenge } = await createChallenge(question, verifier);
  const { text: named, challenge: second } = await createChallenge({ ...question, purposeId: 'welder' }, verifier);
  const proof = await answerChallenge(credential, [1, 3, 8], challenge, holder);
  const rolling = await rollingProof(credential, [1, 3], 1_790_000_000, true, holder);
  const content = { type: TYPE, notBefore: undefined, expires: 1_907_000_000, list: 3, index: 70_000, salt: new Uint8Array(16).fill(9), claims: new Map(CLAIMS) };
  const paper = await createPaper(content, issuer);
  const place = { bytes: new Uint8Array(32).fill(7), original: '07'.repeat(32) };
  const elsewhere = await issueCompact(issuer, holder, CLAIMS, TYPE, place.bytes);
  const printed = await createPaper({ ...content, originalIssuer: place.bytes }, issuer);
  const keyId = new Map([[4, (await thumbprint(issuer.publicJwk)).slice(0, 8)]]);
  const issuerKey = 'issuer';
  const issuedWith = (edit: (leaves: Cbor[][]) => void): string => {
    const [sign1, leaves] = open(encoded) as [Cbor, Cbor[][]];
    edit(leaves);
    return toHex(encodeCbor([sign1, leaves]));
  };
  const good = (kind: Vector['kind'], name: string, more: Partial<Vector>): Vector => ({ name, kind, expected: 'accept', issuerKey, ...more });
  const bad = (kind: Vector['kind'], name: string, stage: string, more: Partial<Vector>): Vector => ({ name, kind, expected: 'refuse', stage, issuerKey, ...more });
  const binding = toHex(challenge.digest);
  const badProof = async (name: string, stage: string, change: (payload: Cbor[]) => void, key = holder, context = HOLDER_CONTEXT): Promise<Vector> =>
    bad('proof', name, stage, { text: await bent(proof, change, key, context), binding });
  const badRolling = async (name: string, value: Cbor, stage = 'form', key = holder): Promise<Vector> =>
    bad('proof', `rolling: ${name}`, stage, { text: await bent(rolling, payload => { payload[3] = value; }, key, HOLDER_CONTEXT) });
  const badPaper = async (name: string, change: (payload: Cbor[]) => void, stage = 'form', key = issuer, context = PAPER_CONTEXT, labels: ReadonlyMap<number, Cbor> = keyId): Promise<Vector> =>
    bad('paper', name, stage, { text: await bent(paper, change, key, context, labels) });
  const badChallenge = async (name: string, change: (payload: Cbor[]) => void, stage = 'form', key = verifier): Promise<Vector> =>
    bad('challenge', name, stage, { text: await bent(named, change, key, 'identity-challenge-v1') });
  const vectors = [
    good('issued', 'every kind of value', { hex: toHex(encoded), claims: byKey(CLAIMS) }),
    good('issued', 'in the place of another', { hex: toHex(elsewhere.encoded), claims: byKey(CLAIMS), original: place.original }),
    bad('issued', 'a claim changed', 'root', { hex: issuedWith(leaves => { leaves[0]![2] = 'Other'; }) }),
    bad('issued', 'a claim dropped', 'form', { hex: issuedWith(leaves => { leaves.pop(); }) }),
    bad('issued', 'a claim twice', 'form', { hex: issuedWith(leaves => { leaves[1] = leaves[0]!; }) }),
    bad('issued', 'null as value', 'form', { hex: issuedWith(leaves => { leaves[0]![2] = null; }) }),
    bad('issued', 'signed by a stranger', 'issuer', { hex: toHex((await issueCompact(stranger, holder, CLAIMS)).encoded) }),
    good('challenge', 'form 1', { text: asked, digest: toHex(challenge.digest) }),
    good('challenge', 'form 2', { text: named, digest: toHex(second.digest), purposeId: 'welder' }),
    await badChallenge('version 3', payload => { payload[0] = 3; }),
    await badChallenge('form 2 with the members of form 1', payload => { payload.pop(); }),
    await badChallenge('an empty purpose id', payload => { payload[9] = ''; }),
    await badChallenge('a purpose id of 41 characters', payload => { payload[9] = 'x'.repeat(41); }),
    await badChallenge('signed by a stranger', () => {}, 'holder', stranger),
    good('proof', 'three claims', { text: proof, binding, claims: byKey(CLAIMS.filter(([key]) => [1, 3, 8].includes(key))) }),
    good('proof', 'in the place of another, nothing shown', { text: await rollingProof(elsewhere.credential, [], 0, false, holder), rolling: { time: 0, clockUnsure: false }, claims: {}, original: place.original }),
    await badProof('a claim changed', 'root', payload => { ((payload[1] as Cbor[][])[0]!)[3] = 'Somebody Else'; }),
    await badProof('claims in another order', 'form', payload => { (payload[1] as Cbor[]).reverse(); }),
    await badProof('a node more', 'root', payload => { (payload[2] as Cbor[]).push(new Uint8Array(32)); }),
    await badProof('a node fewer', 'root', payload => { (payload[2] as Cbor[]).pop(); }),
    await badProof('an extra member', 'form', payload => { payload.push(0); }),
    await badProof('another challenge', 'binding', payload => { payload[3] = new Uint8Array(32); }),
    await badProof('signed by a thief', 'holder', () => {}, stranger),
    await badProof('signed for a paper', 'holder', () => {}, holder, PAPER_CONTEXT),
    good('proof', 'rolling, clock unsure', { text: rolling, rolling: { time: 1_790_000_000, clockUnsure: true }, claims: byKey(CLAIMS.filter(([key]) => [1, 3].includes(key))) }),
    good('proof', 'rolling, nothing shown', { text: await rollingProof(credential, [], 0, false, holder), rolling: { time: 0, clockUnsure: false }, claims: {} }),
    await badRolling('a doubt of 2', [1_790_000_000, 2]),
    await badRolling('a doubt as true', [1_790_000_000, true]),
    await badRolling('a time before 1970', [-1, 0]),
    await badRolling('a time past the year 9999', [253_402_300_800, 0]),
    await badRolling('a third member', [1_790_000_000, 0, 0]),
    await badRolling('signed by a thief', [1_790_000_000, 0], 'holder', stranger),
    good('paper', 'every kind of value', { text: paper, claims: byKey(CLAIMS), type: TYPE, keyId: toHex(keyId.get(4)!), entry: toHex(await sha256(decodeBase45(paper.slice(4)))) }),
    good('paper', 'in the place of another', { text: printed, claims: byKey(CLAIMS), type: TYPE, keyId: toHex(keyId.get(4)!), entry: toHex(await sha256(decodeBase45(printed.slice(4)))), original: place.original }),
    await badPaper('version 2 that names nobody', payload => { payload[0] = 2; }),
    await badPaper('version 3', payload => { payload[0] = 3; }),
    await badPaper('a salt of 15 bytes', payload => { payload[6] = new Uint8Array(15); }),
    await badPaper('no claim', payload => { payload[7] = []; }),
    await badPaper('a claim twice', payload => { (payload[7] as Cbor[]).push([1, 'x']); }),
    await badPaper('a claim with a salt', payload => { payload[7] = [[new Uint8Array(16), 1, 'x']]; }),
    await badPaper('a list of 33 texts', payload => { payload[7] = [[1, Array<string>(33).fill('a')]]; }),
    await badPaper('an extra member', payload => { payload.push(0); }),
    await badPaper('no key id', () => {}, 'form', issuer, PAPER_CONTEXT, new Map()),
    await badPaper('signed by a stranger under the issuer\'s key id', () => {}, 'issuer', stranger),
    await badPaper('signed for an issuer part', () => {}, 'issuer', issuer, 'identity-compact-issuer-v1'),
  ];
  const about = 'Made by the browser code (src/web/lib/compact/browser.test.ts), to be read by every other implementation; members as in the other files of this folder.';
  return { about, keys: { issuer: issuer.publicJwk }, vectors };
}

test('shared vectors: the browser\'s own are written when asked', async () => {
  if (process.env['IDENTITY_WRITE_VECTORS']?.split(',').includes('browser')) writeFileSync(vectorPath(FILE), `${JSON.stringify(await make(), null, 2)}\n`);
});

test('shared vectors: what the browser code made is accepted and refused as stated', async () => {
  const file = vector(FILE) as { keys: { issuer: Record<string, string> }; vectors: Vector[] };
  const issuer = parsePublicJwk(file.keys.issuer);
  for (const one of file.vectors) assert.equal(await stageOf(one, issuer), one.stage, one.name);
});

/** Where reading stops, in the words of the vectors. */
async function stageOf(one: Vector, issuer: PublicJwk): Promise<string | undefined> {
  try {
    switch (one.kind) {
      case 'issued': return await verifyIssuerPart((await decodeCompactCredential(fromHex(one.hex!))).issuer, issuer) ? undefined : 'issuer';
      case 'challenge': return void await parseChallenge(one.text!);
      case 'paper': return await verifyPaper(readPaper(one.text!), issuer) ? undefined : 'issuer';
      case 'proof': {
        const { binding } = await parseProof(one.text!);
        return one.binding !== undefined && toHex(binding!) !== one.binding ? 'binding' : undefined;
      }
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code === 'root_mismatch' ? 'root' : error.code === 'bad_signature' ? 'holder' : 'form';
  }
}
