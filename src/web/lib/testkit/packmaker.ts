import { decodeBase64Url } from '../base64url.ts';
import { concat, sha256, type Bytes } from '../bytes.ts';
import { encodeCbor, type Cbor } from '../cbor.ts';
import { createSign1 } from '../cose.ts';
import type { SigningKey } from '../keys.ts';
import { compressPoint } from '../p256.ts';

/** A small content: one accreditor, one college with a key in force and one that has ended, one list. */
export function packContent(issuer: SigningKey, ended: SigningKey, madeAt: number, revoked = 5): Cbor {
  const point = ({ publicJwk: { x, y } }: SigningKey): Bytes => concat(decodeBase64Url(x), decodeBase64Url(y));
  const id = (n: number): Bytes => new Uint8Array(32).fill(n);
  return [
    [31337, '0xaa', ['college.example/log']],
    [
      [id(1), 'https://ministry.example', 'Ministry', 'XT', null, true, [], null],
      [id(2), 'https://college.example', 'College', 'XT', 'office@college.example', true,
        [[point(issuer), madeAt - 9999, null, null, null], [point(ended), madeAt - 9999, madeAt - 99, 2, new Uint8Array(16).fill(7)]],
        null],
      // Closed: the college, the ministry, then the college again; and one where somebody is named and has not accepted.
      [id(3), 'https://school.example', 'School', 'XT', null, true, [], [madeAt - 900, [[1, madeAt - 800, madeAt - 700], [0, madeAt - 600, madeAt - 500], [1, madeAt - 400, null]], null]],
      [id(4), 'https://academy.example', 'Academy', 'XT', null, true, [], [madeAt - 900, [[0, madeAt - 600, madeAt - 500]], 1]],
    ],
    [
      [1, null, 0, 2, '{"v":1}', madeAt - 9999, null, null, madeAt - 9999],
      [2, 1, 1, 1, '{"eqf":[1,5],"types":["urn:identity:qualification:1"],"v":1}', madeAt - 9999, null, null, madeAt - 9999],
    ],
    [['https://college.example/status/3', 1, 2, 64, true, Uint8Array.of(revoked * 4 + 1)]],
    [[madeAt - 60, madeAt + 9999, 900, 1]],
  ];
}

/** The statement for a content, as it stands in a pack or a delta. */
export async function packStatement(content: Bytes, signer: SigningKey, version: number, madeAt: number): Promise<Cbor> {
  return createSign1(new Map(), encodeCbor([3, compressPoint(signer.publicJwk), version, madeAt, madeAt + 3600, content.length, await sha256(content)]), 'identity-trust-pack-v3', signer);
}

/** The file. */
export async function packFile(content: Bytes, signer: SigningKey, version: number, madeAt: number): Promise<Bytes> {
  const deflated = await new Response(new Blob([content]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer();
  return encodeCbor(['identity-trust-pack', 3, await packStatement(content, signer, version, madeAt), new Uint8Array(deflated)]);
}
