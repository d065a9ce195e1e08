import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateKeyPair } from '../../../web/lib/keys.ts';
import { boundSend } from '../../../web/lib/openid4vci/dpop.ts';
import { sheetKey } from '../../../web/lib/recovery/code.ts';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { all, useSpace, write, type Row } from '../store/db.ts';
import { move } from './move.ts';

new MemoryDatabases().install();
Object.defineProperty(globalThis, 'location', { value: { origin: 'https://wallet.example', hostname: 'wallet.example' } });
// The part that sends with proofs is a file of its own; here it is one beside the test.
const page = join(mkdtempSync(join(tmpdir(), 'identity-page-')), 'page.mjs');
writeFileSync(page, 'export const boundSend = (...given) => globalThis.boundSend(...given);');
Object.assign(globalThis, { document: { baseURI: `file://${page}` }, boundSend });

const ISSUER = 'https://college.example';
const METADATA = {
  credential_issuer: ISSUER, credential_endpoint: `${ISSUER}/credential`, nonce_endpoint: `${ISSUER}/nonce`,
  credential_configurations_supported: { diploma: { format: 'dc+sd-jwt', vct: 'urn:x' } },
};
const offer = { credential_issuer: ISSUER, credential_configuration_ids: ['diploma'], grants: { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': 'c' } } };

/** An issuer that gives its records back up to the token, and then breaks off: what is written down by then counts. */
async function movedFrom(dpop: boolean): Promise<{ readonly proofs: readonly string[]; readonly rows: readonly Row[] }> {
  useSpace(crypto.randomUUID());
  await write(['reception', 'page'].map(id => ({ put: { id, keys: [], until: Infinity, body: { clear: {} } }, in: 'pending' as const })));
  const proofs: string[] = [];
  globalThis.fetch = (async (url: string, init: RequestInit) => {
    const proof = new Headers(init.headers).get('DPoP');
    switch (new URL(url).pathname) {
      case '/api/recovery/recoveries/r/attestation': return Response.json({ attestation: 'a' });
      case '/nonce': return Response.json({ c_nonce: 'n' });
      case '/recovery': return Response.json({ offers: [{ offer: `openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(offer))}` }], left: 0 });
      case '/.well-known/openid-credential-issuer': return Response.json(METADATA);
      case '/.well-known/oauth-authorization-server': return Response.json({ issuer: ISSUER, token_endpoint: `${ISSUER}/token`, ...(dpop && { dpop_signing_alg_values_supported: ['ES256'] }) });
      case '/token':
        if (proof) proofs.push(proof);
        return Response.json({ access_token: 't', token_type: proof ? 'DPoP' : 'Bearer', expires_in: 300, ...(proof && { refresh_token: 'more' }) });
      default: return new Response(null, { status: 503 });
    }
  }) as typeof fetch;
  const run = { id: 'recovering', sheet: await sheetKey(new Uint8Array(16)), holder: await generateKeyPair(), recovery: 'r', moved: [] };
  await assert.rejects(move(run, ISSUER, false), { code: 'server_fault' });
  return { proofs, rows: await all('pending') };
}

test('what comes back is fetched with a token bound to a key of this phone, which the issuer lets fetch more copies', async () => {
  const { proofs, rows } = await movedFrom(true);
  const [row] = rows.filter(({ id }) => id !== 'reception' && id !== 'page');
  assert.equal(proofs.length, 1);
  assert.ok(row?.['bound']);
  assert.equal((row.body as { clear: { token: { refresh: string } } }).clear.token.refresh, 'more');
});

test('an issuer that binds no tokens is asked as before', async () => {
  const { proofs, rows } = await movedFrom(false);
  assert.deepEqual([proofs.length, rows.length, rows.every(row => row['bound'] === undefined)], [0, 3, true]);
});

test('what comes back takes the place of nothing that is unfinished', async () => {
  const { rows } = await movedFrom(true);
  for (const id of ['reception', 'page']) assert.deepEqual(rows.find(row => row.id === id)?.body, { clear: {} });
});
