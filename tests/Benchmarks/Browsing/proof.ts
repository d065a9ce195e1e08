// Bundled by ProveInPage: a holder's and a verifier's part of one live proof of three claims out of ten, in the page.
import { decodeCompactCredential, verifyIssuerPart } from '../../../src/web/lib/compact/credential.ts';
import { rollingProof } from '../../../src/web/lib/compact/present.ts';
import { parseProof } from '../../../src/web/lib/compact/verify.ts';
import { generateKeyPair, signingKey } from '../../../src/web/lib/keys.ts';
import { issueCompact } from '../../../src/web/lib/testkit/compactissuer.ts';

/** Milliseconds of making and of checking, one pair for each round, and the bytes of the proof as text. */
export async function measure(rounds: number): Promise<number[][]> {
  const [issuer, holder] = [await signingKey(await generateKeyPair()), await signingKey(await generateKeyPair())];
  const claims = Array.from({ length: 10 }, (_, i) => [i + 1, ['Amina Okoye-Reyes', 'Diploma in Welding', 'diploma', '2024-06-28'][i] ?? `value ${i}`] as [number, string]);
  const { encoded } = await issueCompact(issuer, holder, claims);
  const credential = await decodeCompactCredential(encoded);
  const times: number[][] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    const text = await rollingProof(credential, [1, 2, 4], 1_790_000_000 + i, false, holder);
    const made = performance.now();
    const proof = await parseProof(text);
    if (!await verifyIssuerPart(proof.issuer, issuer.publicJwk) || proof.claims.size !== 3) throw new Error('the proof is not good');
    times.push([made - start, performance.now() - made, text.length]);
  }
  return times;
}
