import { encodeBase45 } from '../base45.ts';
import { equalBytes } from '../bytes.ts';
import { encodeCbor, type Cbor } from '../cbor.ts';
import { createSign1 } from '../cose.ts';
import type { SigningKey } from '../keys.ts';
import { compressPoint } from '../p256.ts';
import { refuse } from '../refusal.ts';
import type { Challenge } from './challenge.ts';
import type { CompactCredential } from './credential.ts';
import { HOLDER_CONTEXT, MAX_PROOF } from './limits.ts';
import { hiddenNodes, leafHash } from './tree.ts';

/**
 * Answers a challenge with the claims whose keys are given: `IDP:…`. Nothing that was not asked is ever shown.
 * Refusals `wrong_type`, `wrong_holder_key`, `not_matched` (a required claim refused or absent), `not_allowed` (a claim not asked), `too_large`.
 */
export async function answerChallenge(credential: CompactCredential, keys: readonly number[], challenge: Challenge, holder: SigningKey): Promise<string> {
  const { issuer, leaves } = credential;
  if (issuer.type !== challenge.type) refuse('wrong_type', issuer.type);
  if (!equalBytes(compressPoint(holder.publicJwk), issuer.holder)) refuse('wrong_holder_key');
  if (!keys.every(key => challenge.required.includes(key) || challenge.optional.includes(key))) refuse('not_allowed', 'claim not asked');
  const held = new Set(leaves.map(leaf => leaf.key));
  if (!challenge.required.every(key => keys.includes(key) && held.has(key))) refuse('not_matched', 'required claim');

  return draw(credential, keys, challenge.digest, holder);
}

/**
 * The same shown to nobody in particular, now, to be redrawn every 20 s: `time` in Unix seconds is the device's clock corrected by what it last
 * learnt of the server's, `unsure` whether there is no reason to trust it. Refusals `wrong_holder_key`, `not_matched` (a claim the credential has not), `too_large`.
 */
export async function rollingProof(credential: CompactCredential, keys: readonly number[], time: number, unsure: boolean, holder: SigningKey): Promise<string> {
  if (!equalBytes(compressPoint(holder.publicJwk), credential.issuer.holder)) refuse('wrong_holder_key');
  const held = new Set(credential.leaves.map(leaf => leaf.key));
  if (!keys.every(key => held.has(key))) refuse('not_matched', 'claim not held');
  return draw(credential, keys, [time, unsure ? 1 : 0], holder);
}

async function draw({ issuer, leaves }: CompactCredential, keys: readonly number[], binding: Cbor, holder: SigningKey): Promise<string> {
  const shown = leaves.flatMap((leaf, index) => (keys.includes(leaf.key) ? [index] : []));
  const hashes = await Promise.all(leaves.map(leafHash));
  const payload = encodeCbor([
    issuer.sign1,
    shown.map(index => [index, leaves[index]!.salt, leaves[index]!.key, leaves[index]!.value]),
    await hiddenNodes(hashes, new Set(shown)),
    binding,
  ]);
  const proof = encodeCbor(await createSign1(new Map(), payload, HOLDER_CONTEXT, holder));
  if (proof.length > MAX_PROOF) refuse('too_large', 'proof');
  return 'IDP:' + encodeBase45(proof);
}
