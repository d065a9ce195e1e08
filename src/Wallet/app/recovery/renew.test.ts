import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import { sha256, utf8, type Bytes } from '../../../web/lib/bytes.ts';
import { encodeCbor, type Cbor } from '../../../web/lib/cbor.ts';
import type { Json, JsonObject } from '../../../web/lib/json.ts';
import { parseJws, verifyJws } from '../../../web/lib/jws.ts';
import { generateKeyPair, parsePublicJwk, sameKey, signingKey, thumbprintText, type SigningKey } from '../../../web/lib/keys.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import type { Closed } from '../../../web/lib/recovery/depositary.ts';
import { certificate } from '../../../web/lib/testkit/certificate.ts';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { packContent, packFile } from '../../../web/lib/testkit/packmaker.ts';
import { keys } from '../../../web/lib/testkit/people.ts';
import { refuses } from '../../../web/lib/testkit/refuses.ts';
import { issueSdJwt } from '../../../web/lib/testkit/sdjwtissuer.ts';
import { addCards, card, cards, copies } from '../store/cards.ts';
import { all, useSpace } from '../store/db.ts';
import { closedIssuer, lookUp } from './closings.ts';
import { renew } from './renew.ts';

new MemoryDatabases().install();
Object.defineProperty(globalThis, 'location', { value: { origin: 'https://wallet.example', hostname: 'wallet.example' } });

const COLLEGE = 'https://college.example', MINISTRY = 'https://ministry.example', VCT = 'urn:identity:qualification:1';
const ID = '02'.repeat(32);
const DEPOSIT = `${MINISTRY}/deposits/${ID}`;
const CLOSED: Closed = { issuer: COLLEGE, id: ID, name: 'College', depositary: { issuer: MINISTRY, name: 'Ministry', contact: 'office@ministry.example' } };
const seconds = (): number => Math.floor(Date.now() / 1000);

type Answer = (request: { readonly proof: string; readonly credential: string }) => Response;
interface World { readonly old: string; readonly asked: { readonly proof: string; readonly credential: string }[]; readonly opened: string[]; holder: SigningKey }

const offer = (issuer = MINISTRY): JsonObject => ({ offer: `openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify({ credential_issuer: issuer, credential_configuration_ids: ['diploma'], grants: { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': 'c' } } }))}` });
const offers = (...list: readonly Json[]): Response => Response.json({ offers: list, waiting: 0, contact: 'Room 4' });

/** A phone with one card of the closed college, whose server is gone; and the depositary, which answers the n-th request as the n-th of `answers` does, and gives what it offers with `changes`. */
async function phone(answers: readonly Answer[], changes: JsonObject = {}): Promise<World> {
  useSpace(crypto.randomUUID());
  const [gone, issuer] = await keys(2) as [SigningKey, SigningKey];
  const { x5c } = await certificate(issuer, { subject: 'Ministry' });
  const pair = await generateKeyPair();
  const holder = await signingKey(pair);
  const sdJwt = await issueSdJwt(gone, holder, { holder_name: 'Amina', title: 'Welding' }, { iss: COLLEGE });
  await addCards([{
    card: { id: 'old', vct: VCT, issuer: { iss: COLLEGE, name: 'College', demonstration: true }, claims: { holder_name: 'Amina' }, receivedAt: 1000, status: { value: 'valid', signedAt: 900, fetchedAt: 950 } },
    copies: [{ id: 'copy', card: 'old', order: 0, keys: pair, used: 3, content: { sdJwt } }],
  }], 'none');
  const world: World = { old: sdJwt, asked: [], opened: [], holder };
  let nonces = 0;
  globalThis.fetch = (async (url: string, init: RequestInit) => {
    world.opened.push(url);
    switch (url) {
      case `${MINISTRY}/nonce`: return Response.json({ c_nonce: `n${++nonces}` });
      case `${DEPOSIT}/renewal`: {
        const request = JSON.parse(String(init.body)) as World['asked'][number];
        return answers[world.asked.push(request) - 1]!(request);
      }
      case `${MINISTRY}/.well-known/openid-credential-issuer`: return Response.json({
        credential_issuer: MINISTRY, credential_endpoint: `${MINISTRY}/credential`, nonce_endpoint: `${MINISTRY}/nonce`, display: [{ name: 'Ministry', locale: 'en' }],
        credential_configurations_supported: { diploma: { format: 'dc+sd-jwt', vct: changes['vct'] ?? VCT } },
      });
      case `${MINISTRY}/.well-known/oauth-authorization-server`: return Response.json({ issuer: MINISTRY, token_endpoint: `${MINISTRY}/token` });
      case `${MINISTRY}/token`: return Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 300 });
      case `${MINISTRY}/credential`: {
        const { proofs } = JSON.parse(String(init.body)) as { proofs: { jwt: string[] } };
        const credentials = await Promise.all(proofs.jwt.map(async jwt => ({ credential: await issueSdJwt(issuer, { ...issuer, publicJwk: parsePublicJwk(parseJws(jwt).header['jwk']) }, { holder_name: 'Amina', title: 'Welding' }, { iss: MINISTRY, original_issuer: ID, ...changes }, { x5c }) })));
        return Response.json({ credentials });
      }
      default: throw new TypeError(`nobody is at ${url}`);
    }
  }) as typeof fetch;
  return world;
}

const ask = (closed = CLOSED): ReturnType<typeof renew> => renew('old', closed, browserOutside());

test('the depositary gets the whole card and a proof by its key, over its own address, a fresh nonce and exactly this text', async () => {
  const world = await phone([() => offers(offer())]);

  await ask();

  const { proof, credential } = world.asked[0]!;
  const jws = parseJws(proof);
  assert.equal(credential, world.old);
  assert.ok(credential.endsWith('~'));
  assert.ok(sameKey(parsePublicJwk(jws.header['jwk']), world.holder.publicJwk) && await verifyJws(jws, world.holder.publicJwk));
  assert.equal(jws.header['typ'], 'identity-renewal-request+jwt');
  const { iat, ...said } = jws.payload;
  assert.deepEqual(said, { aud: `${DEPOSIT}/renewal`, nonce: 'n1', credential_hash: encodeBase64Url(await sha256(utf8(world.old))) });
  assert.ok(Math.abs(Number(iat) - seconds()) < 60);
});

test('the new card takes the place of the old one, which stands as replaced; nothing is asked of the college', async () => {
  const world = await phone([() => offers(offer())]);

  const { came } = await ask();

  assert.deepEqual((await cards()).map(({ id, issuer, replaced, status }) => [id === 'old', issuer.iss, replaced, status?.value]), [[false, MINISTRY, undefined, 'unknown'], [true, COLLEGE, true, 'revoked']]);
  assert.equal(came[0]!.claims['original_issuer'], ID);
  assert.equal((await copies('old')).length, 1);
  assert.deepEqual(world.opened.filter(url => !url.startsWith(MINISTRY)), []);
});

test('a card of another type comes, and takes the place of nothing', async () => {
  await phone([() => offers(offer())], { vct: 'urn:identity:person:1' });

  assert.deepEqual([(await ask()).came.length, (await card('old'))?.replaced, (await card('old'))?.status?.value], [1, undefined, 'valid']);
});

test('where a person must look first, nothing changes, and the depositary says whom to ask', async () => {
  await phone([() => Response.json({ offers: [], waiting: 1, contact: 'Room 4' })]);

  assert.deepEqual(await ask(), { came: [], contact: 'Room 4' });
  assert.deepEqual((await cards()).map(({ id, replaced }) => [id, replaced]), [['old', undefined]]);
});

test('a nonce that is used up is replaced by a fresh one, once', async () => {
  const stale: Answer = () => Response.json({ error: 'invalid_nonce' }, { status: 400 });
  const world = await phone([stale, () => offers(offer()), stale, stale]);

  assert.equal((await ask()).came.length, 1);
  assert.deepEqual(world.asked.map(({ proof }) => parseJws(proof).payload['nonce']), ['n1', 'n2']);
  await assert.rejects(ask(), { name: 'Declined', code: 'invalid_nonce' });
  assert.equal(world.asked.length, 4);
});

for (const error of ['unknown_record', 'not_accepted', 'ended', 'scope', 'type', 'state']) {
  test(`refused as ${error}: the card stays as it is`, async () => {
    await phone([() => Response.json({ error }, { status: error === 'unknown_record' ? 404 : 409 })]);

    await assert.rejects(ask(), { name: 'Declined', code: error });
    assert.deepEqual((await cards()).map(({ id, status }) => [id, status?.value]), [['old', 'valid']]);
  });
}

test('an answer that neither offers nor waits is no answer', async () => {
  await phone([() => Response.json({ offers: [] })]);
  await assert.rejects(ask(), { name: 'Declined', code: 'unknown' });
});

test('attack: what the depositary offers in the name of another issuer is not fetched', async () => {
  const world = await phone([() => offers(offer('https://elsewhere.example'))]);

  await refuses(ask, 'issuer_mismatch');
  assert.deepEqual(world.opened.filter(url => url.includes('elsewhere')), []);
});

/** The connection ends at the credential endpoint. */
async function cutShort(): Promise<void> {
  const whole = globalThis.fetch;
  globalThis.fetch = (async (url: string, init: RequestInit) => { if (url.endsWith('/credential')) throw new TypeError('cut'); return whole(url, init); }) as typeof fetch;
  await refuses(ask, 'unreachable');
  assert.deepEqual([(await card('old'))?.status?.value, (await all('pending')).length], ['valid', 1]);
  globalThis.fetch = whole;
}

test('a network that ends after the offer loses nothing: asking again goes on with what was offered', async () => {
  const world = await phone([() => offers(offer())]);
  await cutShort();

  await ask();

  assert.deepEqual([(await card('old'))?.replaced, (await cards()).length, (await all('pending')).length, world.asked.length], [true, 2, 0, 1]);
});

test('where what was offered first has ended, the depositary is asked again, by the same key', async () => {
  const world = await phone([() => offers(offer()), () => offers(offer())]);
  await cutShort();
  const whole = globalThis.fetch;
  let first = true;
  globalThis.fetch = (async (url: string, init: RequestInit) => { if (url.endsWith('/credential') && first) { first = false; return new Response(null, { status: 401 }); } return whole(url, init); }) as typeof fetch;

  await ask();

  assert.deepEqual([(await card('old'))?.replaced, (await cards()).length, (await all('pending')).length], [true, 2, 0]);
  assert.deepEqual(...world.asked.map(({ proof }) => parseJws(proof).header['jwk']) as [unknown, unknown]);
});

test('what a clerk wrote goes to the holder', async () => {
  await phone([() => Response.json({ error: 'refused', error_description: 'Come with your papers.' }, { status: 409 })]);
  await assert.rejects(ask(), { name: 'Declined', code: 'refused', reason: 'Come with your papers.' });
});

/** The page's own pins and check page, and a pack that is made for it at `madeAt`. */
async function pinned(signer: SigningKey, pack: () => Promise<Bytes>): Promise<string[]> {
  useSpace(crypto.randomUUID());
  const metas: Record<string, string> = { 'check-page': 'https://check.example/', 'pack-signers': await thumbprintText(signer.publicJwk) };
  Object.assign(globalThis, { document: { querySelector: (selector: string) => ({ content: metas[/name="([\w-]+)"/.exec(selector)![1]!] }) } });
  const opened: string[] = [];
  globalThis.fetch = (async (url: string) => { opened.push(url); return new Response(await pack()); }) as unknown as typeof fetch;
  return opened;
}


/** The college closed; `closing` as in the pack. */
async function closedPack(signer: SigningKey, closing: (madeAt: number) => Cbor, version = 1): Promise<Bytes> {
  const [issuer, ended] = await keys(2) as [SigningKey, SigningKey];
  const madeAt = seconds() - 10;
  const content = packContent(issuer, ended, madeAt) as Cbor[][];
  (content[1]![1] as Cbor[])[7] = closing(madeAt);
  return packFile(encodeCbor(content), signer, version, madeAt);
}
const accepted = (madeAt: number): Cbor => [madeAt - 900, [[0, madeAt - 500, null]], null];

test('who keeps the records of a closed organisation is told by a pack of a pinned key, which is then not asked for again', async () => {
  const [signer] = await keys(1) as [SigningKey];
  const opened = await pinned(signer, () => closedPack(signer, accepted));

  assert.equal(await closedIssuer(COLLEGE), undefined);
  const { depositary, ...closed } = (await lookUp(COLLEGE, 60_000, browserOutside()))!;
  assert.deepEqual({ ...closed, depositary: depositary.issuer }, { issuer: COLLEGE, id: ID, name: 'College', depositary: MINISTRY });
  assert.equal((await lookUp('https://somebody.example', 60_000, browserOutside())), undefined);
  assert.deepEqual(opened, ['https://check.example/trust/pack']);
  assert.equal((await closedIssuer(COLLEGE))?.depositary.name, 'Ministry');
});

test('nobody is named who has not accepted, or where nobody took over', async () => {
  const [signer] = await keys(1) as [SigningKey];
  for (const closing of [null, (at: number): Cbor => [at - 900, [], 0], (at: number): Cbor => [at - 900, [], null], (at: number): Cbor => [at - 900, [[0, at - 500, at - 400]], null]]) {
    await pinned(signer, () => closedPack(signer, at => closing?.(at) ?? null));
    assert.equal(await lookUp(COLLEGE, 0, browserOutside()), undefined);
  }
});

test('attack: a pack by another key, or one older than the last, changes nothing', async () => {
  const [signer, stranger] = await keys(2) as [SigningKey, SigningKey];
  let pack = (): Promise<Bytes> => closedPack(stranger, accepted, 9);
  const opened = await pinned(signer, () => pack());
  assert.equal(await lookUp(COLLEGE, 0, browserOutside()), undefined);

  pack = () => closedPack(signer, accepted, 5);
  assert.equal((await lookUp(COLLEGE, 0, browserOutside()))?.id, ID);
  pack = () => closedPack(signer, () => null, 4);
  assert.equal((await lookUp(COLLEGE, -1, browserOutside()))?.id, ID);
  pack = () => closedPack(signer, () => null, 6);
  assert.equal(await lookUp(COLLEGE, -1, browserOutside()), undefined);
  assert.equal(opened.length, 4);
});

test('what a key said that is no longer pinned counts no more', async () => {
  const [signer, next] = await keys(2) as [SigningKey, SigningKey];
  await pinned(signer, () => closedPack(signer, accepted));
  await lookUp(COLLEGE, 0, browserOutside());
  const nextPin = await thumbprintText(next.publicJwk);
  Object.assign(globalThis, { document: { querySelector: () => ({ content: nextPin }) } });

  assert.equal(await closedIssuer(COLLEGE), undefined);
});
