/** The readers of this library that take what strangers wrote. Each may refuse with a `Refusal`, and do nothing else. */
import { decodeBase45, encodeBase45 } from '../base45.ts';
import { decodeBase64Url, encodeBase64Url } from '../base64url.ts';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { createChallenge, parseChallenge } from '../compact/challenge.ts';
import { decodeCompactCredential } from '../compact/credential.ts';
import { createPaper, readPaper, verifyPaper } from '../compact/paper.ts';
import { answerChallenge, rollingProof } from '../compact/present.ts';
import { parseProof } from '../compact/verify.ts';
import { matchDcql, parseDcql } from '../dcql.ts';
import { parseJson } from '../json.ts';
import { parseJws, signJws, verifyJws } from '../jws.ts';
import { loadOffer } from '../openid4vci/offer.ts';
import { loadRequest } from '../openid4vp/request.ts';
import { parseSdJwt, processSdJwt } from '../sdjwt.ts';
import { readStatusToken } from '../statuslist.ts';
import { certificate } from '../testkit/certificate.ts';
import { issueCompact } from '../testkit/compactissuer.ts';
import { Internet } from '../testkit/internet.ts';
import { packContent, packFile, packStatement } from '../testkit/packmaker.ts';
import { keys } from '../testkit/people.ts';
import { issueSdJwt } from '../testkit/sdjwtissuer.ts';
import { thumbprintText, type SigningKey } from '../keys.ts';
import { gapFor, parseScope } from '../accreditation/scope.ts';
import { applyDelta, readTrustPack } from '../trustpack/pack.ts';
import { damageJson, damageParts, damageText, type Dice } from './damage.ts';

export interface Target {
  readonly name: string;
  readonly seeds: readonly string[];
  damage(good: string, others: readonly string[], dice: Dice): string;
  /** Throws a Refusal, or returns; a text returned says what was accepted and must not have been. */
  judge(text: string): unknown;
}

const URI = 'https://college.example/port-selin/status/3';
const NOW = 1_790_000_000;

export async function targets(): Promise<Target[]> {
  const [issuer, holder, verifier] = await keys(3) as [SigningKey, SigningKey, SigningKey];
  const made = await certificate(verifier, { dnsNames: ['yard.example'] });
  const clientId = `x509_hash:${made.hash}`;
  const sdJwts = [await issueSdJwt(issuer, holder, { name: 'Amina', title: 'Welder', languages: ['en', 'ar'] }), await issueSdJwt(issuer, holder, { name: 'Layla', level: 4 })];
  const words = new Set(sdJwts.map(text => text.split('~')[0]!.split('.').slice(0, 2).join('.')));
  const lst = encodeBase64Url(new Uint8Array(await new Response(new Blob([Uint8Array.of(0b11100100, 0)]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer()));
  const list = await signJws({ typ: 'statuslist+jwt' }, { sub: URI, iat: NOW - 10, exp: NOW + 86_400, ttl: 900, status_list: { bits: 2, lst } }, issuer);
  const { credential, encoded } = await issueCompact(issuer, holder, [[1, 'Amina'], [3, 'Welder'], [9, 4]]);
  const { text: question, challenge } = await createChallenge({ type: 'urn:identity:qualification:1', required: [1], optional: [9], purpose: 'Welding', name: 'Yard', nonce: new Uint8Array(16), issuedAt: NOW }, verifier);
  const proof = await answerChallenge(credential, [1, 9], challenge, holder);
  const rolling = await rollingProof(credential, [1, 9], NOW, true, holder);
  const paper = await createPaper({ type: 'urn:identity:qualification:1', notBefore: undefined, expires: NOW, list: 3, index: 7, salt: new Uint8Array(16), claims: new Map<number, string | number>([[1, 'Amina'], [9, 4]]) }, issuer);
  const elsewhere = await createPaper({ type: 'urn:identity:qualification:1', notBefore: undefined, expires: NOW, list: 3, index: 8, salt: new Uint8Array(16), claims: new Map<number, string | number>([[1, 'Amina'], [9, 4]]), originalIssuer: new Uint8Array(32).fill(7) }, issuer);
  const query = { credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['urn:identity:qualification:1'] }, claims: [{ id: 'c', path: ['name'] }, { id: 'd', path: ['languages', null], values: ['en'] }], claim_sets: [['c']] }], credential_sets: [{ options: [['a']] }] };
  const request = await signJws({ typ: 'oauth-authz-req+jwt', x5c: made.x5c }, {
    aud: 'https://self-issued.me/v2', client_id: clientId, response_type: 'vp_token', response_mode: 'direct_post', response_uri: 'https://yard.example/responses/1', nonce: 'n'.repeat(22), state: 'st',
    dcql_query: query as never, client_metadata: { client_name: 'Harbour Yard' }, purpose: 'Hiring',
  }, verifier);
  const offer = JSON.stringify({ credential_issuer: 'https://college.example/port-selin', credential_configuration_ids: ['qualification'], grants: { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': 'abc', tx_code: { length: 6 } } } });
  const held = [{ id: '1', format: 'dc+sd-jwt' as const, vct: 'urn:identity:qualification:1', claims: { name: 'Amina', languages: ['en', 'ar'] } }];
  const latin = (bytes: Uint8Array): string => Array.from(bytes, byte => String.fromCharCode(byte)).join('');
  const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, c => c.charCodeAt(0) & 255);

  const pin = { signers: [await thumbprintText(verifier.publicJwk)], heldVersion: 0, now: NOW };
  const contents = [5, 9].map(revoked => encodeCbor(packContent(issuer, holder, NOW, revoked)));
  const pack = await packFile(contents[0]!, verifier, 7, NOW);
  const packHeld = await readTrustPack(pack, pin);
  const delta = encodeCbor(['identity-trust-delta', 3, packHeld.statement.digest, await packStatement(contents[1]!, verifier, 8, NOW), [0, contents[0]!.length - 40, contents[1]!.slice(-40)]]);

  return [
    { name: 'base45', seeds: [encodeBase45(encoded), 'QED8WEX0'], damage: damageText, judge: text => encodeBase45(decodeBase45(text)) === text || 'two texts for one value' },
    { name: 'base64url', seeds: [encodeBase64Url(encoded), 'AQID'], damage: damageText, judge: text => encodeBase64Url(decodeBase64Url(text)) === text || 'two texts for one value' },
    { name: 'cbor', seeds: [latin(encoded)], damage: damageText, judge: text => latin(encodeCbor(decodeCbor(bytes(text), { maxBytes: 16_384, maxDepth: 6 }))) === latin(bytes(text)) || 'two encodings of one value' },
    { name: 'json', seeds: [offer, JSON.stringify(query)], damage: damageJson, judge: text => void parseJson(text) },
    { name: 'jws', seeds: [sdJwts[0]!.split('~')[0]!, list], damage: damageParts, judge: async text => {
      const jws = parseJws(text);
      if (await verifyJws(jws, issuer.publicJwk)) return words.has(text.split('.').slice(0, 2).join('.')) || text.startsWith(list.split('.').slice(0, 2).join('.')) || 'other words under the signature';
      return undefined;
    } },
    { name: 'sd-jwt', seeds: sdJwts, damage: damageParts, judge: async text => {
      const { claims } = await processSdJwt(parseSdJwt(text));
      return !('_sd' in claims) && Object.getPrototypeOf(claims) !== undefined || 'digests left in the claims';
    } },
    { name: 'status-list', seeds: [list], damage: damageParts, judge: async text => (await readStatusToken(text, URI, 1, [issuer.publicJwk], NOW)).status === 'invalid' || 'another status under the signature' },
    { name: 'compact-proof', seeds: [proof, rolling], damage: damageText, judge: async text => {
      const read = await parseProof(text);
      return (read.rolling ? read.rolling.time !== NOW || !read.rolling.clockUnsure : latin(read.binding!) !== latin(challenge.digest)) || [...read.claims].every(([key, value]) => key === 1 ? value === 'Amina' : key === 9 && value === 4) || 'claims that nobody showed';
    } },
    { name: 'compact-paper', seeds: [paper, elsewhere], damage: damageText, judge: async text => {
      const read = readPaper(text);
      return !await verifyPaper(read, issuer.publicJwk) || [...read.claims].join() === '1,Amina,9,4' && (read.index === 7 ? read.originalIssuer === undefined : read.originalIssuer?.every(byte => byte === 7)) || 'a paper that nobody printed';
    } },
    { name: 'compact-issued', seeds: [latin(encoded)], damage: damageText, judge: text => decodeCompactCredential(bytes(text)).then(() => undefined) },
    { name: 'trust-pack', seeds: [latin(pack)], damage: damageText, judge: async text => latin((await readTrustPack(bytes(text), pin)).bytes) === latin(contents[0]!) || 'a content that nobody signed' },
    { name: 'trust-content', seeds: contents.map(latin), damage: damageText, judge: async text => {
      // As a thief of the pinned key would sign it.
      const { content } = await readTrustPack(await packFile(bytes(text), verifier, 7, NOW), pin);
      if (!content.lists.every(({ organisation }) => organisation in content.organisations)) return 'a list of nobody';
      if (!content.organisations.every(({ record, closing }) => !closing || closing.terms.every(({ depositary, from, until }, i, { [i - 1]: before }) => depositary !== record && from >= (before ? before.until! : closing.at) && (until === undefined || until > from)))) return 'depositaries out of order';
      return content.organisations.every(({ record, chains }) => chains.every(chain => chain.length <= 8 && chain.at(-1)!.holder === record && chain.at(-1)!.right & 1)) || 'an accreditation of somebody else';
    } },
    { name: 'scope', seeds: ['{"eqf":[1,5],"fields":["07"],"kinds":["diploma"],"label":{"en":"Welding"},"types":["urn:identity:qualification:1"],"v":1}', '{"jurisdictions":["XT"],"nqf":{"XTQF":[1,6]},"occupations":["72"],"v":1}'], damage: (good, others, dice) => (dice.next(2) ? damageJson : damageText)(good, others, dice), judge: text => {
      const read = parseScope(text);
      if (read) gapFor(read, { type: 'urn:identity:qualification:1', kind: 'diploma', eqf: '4', field: '0715', occupation: '7212', jurisdiction: 'XT', hidden: [] });
      return !read || Object.keys(read).every(name => ['eqf', 'fields', 'jurisdictions', 'kinds', 'label', 'nqf', 'occupations', 'on_behalf_of', 'types', 'v'].includes(name)) || 'a limit that nobody here knows';
    } },
    { name: 'trust-delta', seeds: [latin(delta)], damage: damageText, judge: async text => latin((await applyDelta(packHeld, bytes(text), pin)).bytes) === latin(contents[1]!) || 'a content that nobody signed' },
    { name: 'challenge', seeds: [question], damage: damageText, judge: async text => void await parseChallenge(text) },
    { name: 'dcql', seeds: [JSON.stringify(query)], damage: damageJson, judge: text => void matchDcql(parseDcql(parseJson(text)), held) },
    { name: 'offer', seeds: [offer], damage: damageJson, judge: async text => {
      const read = await loadOffer(`openid-credential-offer://?credential_offer=${encodeURIComponent(text.replace(/[\uD800-\uDFFF]/g, "\uFFFD"))}`, new Internet());
      return new URL(read.credentialIssuer).protocol === 'https:' || 'an offer of somebody who is no issuer';
    } },
    { name: 'offer-link', seeds: [`openid-credential-offer://?credential_offer=${encodeURIComponent(offer)}`], damage: damageText, judge: text => loadOffer(text, new Internet()) },
    { name: 'request-object', seeds: [request], damage: damageParts, judge: async text => {
      const internet = new Internet().at('https://yard.example/requests/1', () => new Response(text, { headers: { 'content-type': 'application/oauth-authz-req+jwt' } }));
      const read = await loadRequest(`openid4vp://?client_id=${encodeURIComponent(clientId)}&request_uri=${encodeURIComponent('https://yard.example/requests/1')}`, internet);
      return read.nonce === 'n'.repeat(22) || 'a request that the verifier did not sign';
    } },
  ];
}
