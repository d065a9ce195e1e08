import { sha256, type Bytes } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { encodeCompactCredential, readIssuerPart, type ClaimValue, type CompactCredential } from '../compact/credential.ts';
import { ISSUER_CONTEXT } from '../compact/limits.ts';
import { leafHash, treeRoot } from '../compact/tree.ts';
import { createSign1 } from '../cose.ts';
import { thumbprint, type SigningKey } from '../keys.ts';
import { compressPoint } from '../p256.ts';

/** An issuer of compact credentials for tests, with salts that are the same at every run. */
export async function issueCompact(
  issuer: SigningKey, holder: SigningKey, claims: readonly [number, ClaimValue][], type = 'urn:identity:qualification:1', originalIssuer?: Bytes,
): Promise<{ credential: CompactCredential; encoded: Bytes }> {
  const leaves = await Promise.all(claims.map(async ([key, value], i) => ({ salt: (await sha256(`salt ${i}`)).slice(0, 16), key, value })));
  const root = await treeRoot(await Promise.all(leaves.map(leafHash)));
  const payload = encodeCbor([originalIssuer ? 2 : 1, type, 1_700_000_000, null, 1, 77, root, leaves.length, compressPoint(holder.publicJwk), ...(originalIssuer ? [originalIssuer] : [])]);
  const keyId = (await thumbprint(issuer.publicJwk)).slice(0, 8);
  const credential = { issuer: readIssuerPart(await createSign1(new Map([[4, keyId]]), payload, ISSUER_CONTEXT, issuer)), leaves };
  return { credential, encoded: encodeCompactCredential(credential) };
}
