import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import { generateKeyPair, signingKey, type SigningKey } from '../../../web/lib/keys.ts';
import type { Json, JsonObject } from '../../../web/lib/json.ts';
import type { IssuerMetadata } from '../../../web/lib/openid4vci/issuer.ts';
import { certificate } from '../../../web/lib/testkit/certificate.ts';
import { issueCompact } from '../../../web/lib/testkit/compactissuer.ts';
import { Internet } from '../../../web/lib/testkit/internet.ts';
import { refuses } from '../../../web/lib/testkit/refuses.ts';
import { issueSdJwt } from '../../../web/lib/testkit/sdjwtissuer.ts';
import { createPaper } from '../../../web/lib/compact/paper.ts';
import { checkPaper } from '../paper/check.ts';
import { check } from './receive.ts';
import type { Session } from '../store/pending.ts';

const ISSUER = 'https://college.example/port-selin';
const VCT = 'urn:identity:qualification:1';
const CLAIMS: Record<string, Json> = { holder_name: 'Amina Okoye-Reyes', title: 'Diploma in Welding' };
const SESSION: Session = {
  id: 'reception',
  offer: { credentialIssuer: ISSUER, configurationIds: ['qualification'], preAuthorizedCode: 'x', issuerState: undefined, txCode: undefined, reference: undefined },
  issuer: { issuer: ISSUER, names: [{ lang: 'en', name: 'Port Selin Technical College' }], country: 'XT', demonstration: true, batchSize: 10 } as unknown as IssuerMetadata,
  token: { value: 't', expiresAt: 2_000_000_000 },
};

interface Wish { holder?: SigningKey; signer?: SigningKey; changes?: JsonObject; claims?: Record<string, Json>; compactClaims?: readonly [number, string][]; compactHolder?: SigningKey; compactSigner?: SigningKey; compactType?: string; compactPlace?: Uint8Array<ArrayBuffer> }

/** One copy as an issuer might send it; each wish makes one thing wrong. */
async function reception(wishes: readonly Wish[]): Promise<ReturnType<typeof check>> {
  const issuer = await signingKey(await generateKeyPair());
  const { x5c } = await certificate(issuer, { subject: 'Port Selin Technical College' });
  const pairs = await Promise.all(wishes.map(generateKeyPair));
  const keys = await Promise.all(pairs.map(signingKey));
  const copies = await Promise.all(wishes.map(async (wish, key) => ({
    key,
    sdJwt: await issueSdJwt(wish.signer ?? issuer, wish.holder ?? keys[key], wish.claims ?? CLAIMS, wish.changes ?? {}, { x5c }),
    compact: encodeBase64Url((await issueCompact(wish.compactSigner ?? issuer, wish.compactHolder ?? keys[key]!, wish.compactClaims ?? [[1, 'Amina Okoye-Reyes'], [3, 'Diploma in Welding']], wish.compactType ?? VCT, wish.compactPlace)).encoded),
  })));
  return check({ configurationId: 'qualification', vct: VCT, copies }, SESSION, pairs, keys, new Internet());
}

const stranger = async (): Promise<SigningKey> => signingKey(await generateKeyPair());

test('good copies become one card, each with its own key, under the name the issuer gives itself', async () => {
  const { card, copies } = await reception([{}, {}, {}]);

  assert.equal(copies.length, 3);
  assert.equal(new Set(copies.map(copy => copy.keys)).size, 3);
  assert.ok(copies.every(copy => copy.card === card.id && copy.used === 0 && copy.content.compact));
  assert.deepEqual(card.issuer, { iss: ISSUER, name: 'Port Selin Technical College', country: 'XT', demonstration: true });
  assert.equal(card.claims['title'], 'Diploma in Welding');
  assert.equal(card.claims['cnf'], undefined);
});

test('attack: a credential bound to another key is not stored', async () => refuses(async () => reception([{}, { holder: await stranger() }]), 'wrong_holder_key'));
test('attack: a credential of another type is not stored', () => refuses(() => reception([{ changes: { vct: 'urn:identity:person:1' } }]), 'wrong_type'));
test('attack: a credential in the name of another issuer is not stored', () => refuses(() => reception([{ changes: { iss: 'https://ministry.example/interior' } }]), 'wrong_issuer'));
test('attack: a credential signed by a key that is not the certificate’s is not stored', async () => refuses(async () => reception([{ signer: await stranger() }]), 'bad_signature'));
test('attack: a code form for another key is not stored', async () => refuses(async () => reception([{ compactHolder: await stranger() }]), 'wrong_holder_key'));
test('attack: a code form signed by another key is not stored', async () => refuses(async () => reception([{ compactSigner: await stranger() }]), 'bad_signature'));
test('attack: a code form of another type is not stored', () => refuses(() => reception([{ compactType: 'urn:identity:person:1' }]), 'wrong_type'));
test('attack: a code form that says something else is not stored', () => refuses(() => reception([{ compactClaims: [[1, 'Somebody Else'], [3, 'Diploma in Welding']] }]), 'wrong_issuer'));
test('a code form says in whose place the credential was issued', async () => {
  const place = { claims: { ...CLAIMS, original_issuer: '07'.repeat(32) }, compactPlace: new Uint8Array(32).fill(7) };
  assert.equal((await reception([place])).card.claims['original_issuer'], '07'.repeat(32));
  await refuses(() => reception([{ ...place, claims: CLAIMS }]), 'wrong_issuer');
  await refuses(() => reception([{ claims: place.claims }]), 'wrong_issuer');
  await refuses(() => reception([{ ...place, compactPlace: new Uint8Array(32).fill(8) }]), 'wrong_issuer');
});
test('attack: copies that say different things are not stored', () => refuses(() => reception([{}, { claims: { ...CLAIMS, title: 'Master Welder' }, compactClaims: [[3, 'Master Welder']] }]), 'wrong_issuer'));

const NOWHERE = new Internet();

/** A paper beside a copy; each wish makes one thing wrong. */
async function paper(wish: { signer?: SigningKey; type?: string; name?: string; claims?: Record<string, Json>; place?: Uint8Array<ArrayBuffer> } = {}): Promise<void> {
  const issuer = await signingKey(await generateKeyPair());
  const { x5c } = await certificate(issuer, { subject: 'Port Selin Technical College' });
  const sdJwt = await issueSdJwt(issuer, await stranger(), CLAIMS, {}, { x5c });
  const text = await createPaper({
    type: wish.type ?? VCT, notBefore: undefined, expires: undefined, list: 1, index: 7, salt: new Uint8Array(16), claims: new Map([[1, wish.name ?? 'Amina Okoye-Reyes']]), originalIssuer: wish.place,
  }, wish.signer ?? issuer);
  return checkPaper(text, VCT, { ...CLAIMS, ...wish.claims, iss: ISSUER }, sdJwt, NOWHERE);
}

test('a paper that says what the card says is kept', () => paper());
test('a paper says in whose place the credential was issued', async () => {
  const [place, claims] = [new Uint8Array(32).fill(7), { original_issuer: '07'.repeat(32) }];
  await paper({ place, claims });
  await refuses(() => paper({ place }), 'wrong_issuer');
  await refuses(() => paper({ claims }), 'wrong_issuer');
});
test('attack: a paper signed by another key is not stored', async () => refuses(async () => paper({ signer: await stranger() }), 'bad_signature'));
test('attack: a paper of another type is not stored', () => refuses(() => paper({ type: 'urn:identity:person:1' }), 'wrong_type'));
test('attack: a paper in the name of somebody else is not stored', () => refuses(() => paper({ name: 'Somebody Else' }), 'wrong_issuer'));
