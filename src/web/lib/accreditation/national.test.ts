import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '../bytes.ts';
import type { JsonObject } from '../json.ts';
import { verifyJws } from '../jws.ts';
import { parsePublicJwk } from '../keys.ts';
import { parseSdJwt, processSdJwt } from '../sdjwt.ts';
import { typeDefinitions, vector } from '../testkit/vectors.ts';
import { findType } from '../types.ts';
import { entitlementJson, judgeEntitlement, type Chain, type Entitlement, type Link } from './entitlement.ts';
import { factsOf, parseScope } from './scope.ts';

// Whole SD-JWTs that state a level of a national framework, written and judged by the C# library: tests/vectors/accreditation/national.json.
interface Vector { name: string; text: string; ministry: string; college: string; claims: JsonObject; reason: 'valid' | 'issuer_not_entitled'; entitlement: Omit<Entitlement, 'chain'> }
const { issuer, vectors } = vector('accreditation/national.json') as { issuer: JsonObject; vectors: Vector[] };
const ANCHORED = Date.UTC(2025, 10, 1, 12) / 1000;

const link = (number: number, name: string, right: number, scope: string): Link => ({
  number, holder: { id: new Uint8Array(32).fill(number) as Bytes, issuer: '', name, country: 'XT', demonstration: true, contact: undefined }, right,
  scope: parseScope(scope), scopeId: '', from: 0, until: undefined, withdrawnAt: undefined, grantedAt: 0,
});

for (const { name, text, ministry, college, claims, reason, entitlement } of vectors) {
  test(`shared vectors, national levels: ${name}`, async () => {
    const sdJwt = parseSdJwt(text);
    assert.ok(await verifyJws(sdJwt.jwt, parsePublicJwk(issuer)));
    const read = (await processSdJwt(sdJwt)).claims;
    assert.deepEqual(read, claims);

    const chain: Chain = [link(1, 'Talmara Ministry of Education', 2, ministry), link(2, 'Port Selin Technical College', 1, college)];
    const ruling = judgeEntitlement([chain], factsOf(findType(typeDefinitions(), 'qualification')!, read, true), ANCHORED, undefined, true);
    const { chain: _, ...said } = entitlementJson(ruling, '', () => '')!;
    assert.deepEqual(said, entitlement);
    assert.equal(said.entitled, reason === 'valid');
  });
}

test('national levels are covered, exceeded and left open', () => {
  assert.deepEqual(new Set(vectors.map(({ entitlement: { entitled, notShown } }) => `${entitled} ${notShown.join()}`)), new Set(['true ', 'true level', 'false ']));
});
