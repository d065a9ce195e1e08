import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import { parseJws } from '../../../web/lib/jws.ts';
import { encodeCbor, type Cbor } from '../../../web/lib/cbor.ts';
import { generateKeyPair, signingKey, thumbprintText, type SigningKey } from '../../../web/lib/keys.ts';
import { packContent, packFile } from '../../../web/lib/testkit/packmaker.ts';
import { boundSend } from '../../../web/lib/openid4vci/dpop.ts';
import { issuerSecret, sheetKey, type SheetKey } from '../../../web/lib/recovery/code.ts';
import { isHeld } from '../../../web/lib/recovery/service.ts';
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

/** The college is gone, and the ministry keeps its records, by an earlier pack where `known`; it answers as `answer` says. What it was asked, and for whom an attestation was. */
async function atDepositary(known: boolean, answer: object, pack?: (signer: SigningKey) => Promise<Uint8Array<ArrayBuffer>>): Promise<{ readonly moved: () => ReturnType<typeof move>; readonly opened: string[]; readonly sent: { proof: string; attestation: string; secret: string }[]; readonly attested: string[]; readonly sheet: SheetKey }> {
  useSpace(crypto.randomUUID());
  const [sheet, signer] = [await sheetKey(new Uint8Array(16).fill(3)), await signingKey(await generateKeyPair())];
  const pin = await thumbprintText(signer.publicJwk);
  Object.assign(globalThis, { document: { baseURI: `file://${page}`, querySelector: (selector: string) => ({ content: selector.includes('pack-signers') ? pin : pack ? 'https://check.example' : '' }) } });
  const closed = { issuer: ISSUER, id: '02'.repeat(32), name: 'College', depositary: { issuer: 'https://ministry.example', name: 'Ministry', contact: 'Room 4' } };
  if (known) await write([{ put: { id: 'closings', signer: pin, version: 1, lookedAt: Date.now(), closed: [closed] }, in: 'settings' }]);
  const [opened, sent, attested]: [string[], { proof: string; attestation: string; secret: string }[], string[]] = [[], [], []];
  globalThis.fetch = (async (url: string, init: RequestInit) => {
    opened.push(url);
    switch (url) {
      case 'https://wallet.example/api/recovery/recoveries/r/attestation': attested.push((JSON.parse(new TextDecoder().decode(init.body as Uint8Array)) as { issuer: string }).issuer); return Response.json({ attestation: 'a' });
      case 'https://check.example/trust/pack': return new Response(await pack!(signer));
      case 'https://ministry.example/nonce': return Response.json({ c_nonce: 'n' });
      case `https://ministry.example/deposits/${closed.id}/recovery`: sent.push(JSON.parse(String(init.body)) as typeof sent[number]); return Response.json(answer);
      default: throw new TypeError(`nobody is at ${url}`);
    }
  }) as typeof fetch;
  const run = { id: 'recovering', sheet, holder: await generateKeyPair(), recovery: 'r', moved: [] };
  return { moved: () => move(run, ISSUER, false), opened, sent, attested, sheet };
}

test('what a closed issuer gave is asked of its depositary, with an attestation and a secret for the closed one; the closed one is not asked', async () => {
  const { moved, opened, sent, attested, sheet } = await atDepositary(true, { offers: [], left: 0, held: { differs: 0, cannot_tell: 0 }, waiting: 2 });

  const answer = await moved();

  assert.deepEqual([answer.waiting, answer.contact, isHeld(answer)], [2, 'Room 4', true]);
  assert.deepEqual(attested, [ISSUER]);
  assert.equal(sent[0]!.secret, encodeBase64Url(await issuerSecret(sheet, ISSUER)));
  const { aud, nonce } = parseJws(sent[0]!.proof).payload;
  assert.deepEqual([aud, nonce], [`https://ministry.example/deposits/${'02'.repeat(32)}/recovery`, 'n']);
  assert.deepEqual(opened.filter(url => url.startsWith(ISSUER)), []);
});

test('an issuer that does not answer, and of which no pack says that it closed, does not answer', async () => {
  const { moved, opened } = await atDepositary(false, {});

  await assert.rejects(moved(), { code: 'unreachable' });
  assert.deepEqual(opened.filter(url => url.includes('ministry')), []);
});

test('an issuer that does not answer is looked up, and its depositary asked, where a pack says that it closed', async () => {
  const madeAt = Math.floor(Date.now() / 1000) - 10;
  const { moved, opened, attested } = await atDepositary(false, { offers: [], left: 1 }, async signer => {
    const content = packContent(signer, await signingKey(await generateKeyPair()), madeAt) as Cbor[][];
    (content[1]![1] as Cbor[])[7] = [madeAt - 900, [[0, madeAt - 500, null]], null];
    return packFile(encodeCbor(content), signer, 1, madeAt);
  });

  assert.equal((await moved()).left, 1);
  assert.deepEqual(attested, [ISSUER, ISSUER]); // each is good once
  assert.deepEqual(opened.map(url => new URL(url).host), ['wallet.example', 'college.example', 'check.example', 'wallet.example', 'ministry.example', 'ministry.example']);
});

test('where nobody must look, the recovery is not held open', async () => {
  const { moved } = await atDepositary(true, { offers: [], left: 0, contact: 'Room 5' });
  const answer = await moved();
  assert.deepEqual([isHeld(answer), answer.contact], [false, 'Room 5']);
});
