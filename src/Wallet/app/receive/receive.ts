/** Receiving, without any screen: keys, copies, checks, then one write. */
import { decodeBase64Url } from '../../../web/lib/base64url.ts';
import { equalBytes } from '../../../web/lib/bytes.ts';
import { decodeCompactCredential, verifyIssuerPart } from '../../../web/lib/compact/credential.ts';
import { issuerKeys } from '../../../web/lib/issuerkeys.ts';
import { isObject, sameJson, type JsonObject } from '../../../web/lib/json.ts';
import { verifyJws } from '../../../web/lib/jws.ts';
import { generateKeyPair, parsePublicJwk, sameKey, signingKey, type PublicJwk, type SigningKey } from '../../../web/lib/keys.ts';
import { collectOffer, PAPER, type CollectedCopy, type CollectedCredential } from '../../../web/lib/openid4vci/collect.ts';
import { nameIn, type IssuerMetadata } from '../../../web/lib/openid4vci/issuer.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { compressPoint } from '../../../web/lib/p256.ts';
import { Refusal, refuse } from '../../../web/lib/refusal.ts';
import { parseSdJwt, processSdJwt } from '../../../web/lib/sdjwt.ts';
import { claimByKey, namesTheSamePlace } from '../cards/definitions.ts';
import { readCardStatus } from '../cards/status.ts';
import { words } from '../shell/text.ts';
import { loadPage, loadPaper } from '../shell/later.ts';
import { addCards, type Card, type Copy, type IssuerFacts } from '../store/cards.ts';
import { keepPending, type Session } from '../store/pending.ts';

export const COPIES = 5;
/** Seconds before its end at which a token is renewed. */
const MARGIN = 30;

export type Step = 'keys' | 'copies' | 'checks' | 'store';

/** What the issuer says of itself; nothing here has been looked up on the ledger. */
export function issuerFacts(issuer: IssuerMetadata): IssuerFacts {
  return {
    iss: issuer.issuer,
    name: nameIn(issuer.names, words().lang) ?? new URL(issuer.issuer).host,
    ...(issuer.country && { country: issuer.country }),
    demonstration: issuer.demonstration,
  };
}

/** Makes the keys and writes down that a reception has begun. */
export async function begin(session: Session): Promise<readonly CryptoKeyPair[]> {
  const count = Math.max(1, Math.min(COPIES, session.issuer.batchSize));
  const keys = await Promise.all(Array.from({ length: count }, generateKeyPair));
  await keepPending(session, keys);
  return keys;
}

/** Collects, checks and stores everything offered. Either all of it is stored, or nothing. */
export async function receive(session: Session, pairs: readonly CryptoKeyPair[], outside: Outside, step: (step: Step) => void): Promise<Card[]> {
  const keys = await Promise.all(pairs.map(signingKey));
  step('copies');
  const current = await withGoodToken(session, pairs, outside);
  const token = current.bound ? { ...current.token, send: (await loadPage()).boundSend(await signingKey(current.bound)) } : current.token;
  const putOff = new Map(Object.entries(current.putOff ?? {}));
  const collected = await collectOffer(current.offer, current.issuer, token, keys, outside, putOff).catch(async (error: unknown) => {
    if (error instanceof Refusal && error.code === 'not_ready') await keepPending({ ...current, putOff: Object.fromEntries(putOff) }, pairs);
    throw error;
  });
  step('checks');
  const received = await Promise.all(collected.map(credential => check(credential, session, pairs, keys, outside)));
  step('store');
  const { token: { refresh }, client, bound } = current;
  const more = refresh !== undefined && bound && collected.length === 1
    ? { facts: { refresh, ...(client !== undefined && { client }), configurationIds: current.offer.configurationIds.filter(id => current.issuer.configurations[id]?.format !== PAPER) }, key: bound } : undefined;
  await addCards(received, current.id, more, current.replaces);
  return received.map(({ card }) => card);
}

// Written down before it is used: of a refresh token that is replaced at each use, the old one ends everything.
async function withGoodToken(session: Session, pairs: readonly CryptoKeyPair[], outside: Outside): Promise<Session> {
  const { issuer, token: { refresh, expiresAt }, client, bound } = session;
  if (refresh === undefined || outside.now() + MARGIN < expiresAt) return session;
  const { send, ...token } = await (await loadPage()).renewToken(issuer, refresh, client, bound && await signingKey(bound), outside);
  return keepPending({ ...session, token }, pairs);
}

/** What one type of the offer becomes when every copy passes; refused as a whole when one does not. */
export async function check(
  credential: CollectedCredential, session: Pick<Session, 'issuer'>, pairs: readonly CryptoKeyPair[], keys: readonly SigningKey[], outside: Outside,
): Promise<{ card: Card; copies: Copy[] }> {
  const id = crypto.randomUUID();
  const opened = await Promise.all(credential.copies.map(copy => checkCopy(copy, credential.vct, session.issuer.issuer, keys[copy.key]!.publicJwk, outside)));
  const first = opened[0] ?? refuse('issuance_denied', 'no copies');
  if (!opened.every(claims => sameJson(said(claims), said(first)))) refuse('wrong_issuer', 'the copies differ');

  const statuses = await Promise.all(credential.copies.map(copy => readCardStatus(copy.sdJwt, outside)));
  const status = statuses.find(answer => answer.value !== 'valid') ?? statuses[0]!;
  if (status.value === 'revoked' || status.value === 'suspended') refuse('not_valid_now', status.value);

  const { paper } = credential;
  if (paper !== undefined) await (await loadPaper()).checkPaper(paper, credential.vct, first, credential.copies[0]!.sdJwt, outside);
  const expires = first['exp'];
  return {
    card: {
      id, vct: credential.vct, issuer: issuerFacts(session.issuer), claims: said(first), receivedAt: outside.now() * 1000, status,
      ...(typeof expires === 'number' && { expires }),
      ...(paper !== undefined && { paper: { text: paper, madeAt: outside.now() * 1000 } }),
    },
    copies: credential.copies.map((copy, order) => ({
      id: crypto.randomUUID(), card: id, order, keys: pairs[copy.key]!, used: 0,
      content: { sdJwt: copy.sdJwt, ...(copy.compact !== undefined && { compact: copy.compact }) },
    })),
  };
}

/** The issuer may send anything: each copy must be signed by it, of the type asked, and bound to our key, in both forms. */
async function checkCopy(copy: CollectedCopy, vct: string, issuer: string, holder: PublicJwk, outside: Outside): Promise<JsonObject> {
  const sdJwt = parseSdJwt(copy.sdJwt);
  const { claims } = await processSdJwt(sdJwt);
  if (claims['vct'] !== vct) refuse('wrong_type');
  if (claims['iss'] !== issuer) refuse('wrong_issuer');
  const bound = isObject(claims['cnf']) ? parsePublicJwk(claims['cnf']['jwk']) : refuse('wrong_holder_key');
  if (!sameKey(bound, holder)) refuse('wrong_holder_key');
  const signer = await firstVerifying(await issuerKeys(sdJwt.jwt, issuer, outside), key => verifyJws(sdJwt.jwt, key)) ?? refuse('bad_signature');
  if (copy.compact !== undefined) await checkCompact(copy.compact, vct, claims, holder, signer);
  return claims;
}

async function checkCompact(text: string, vct: string, claims: JsonObject, holder: PublicJwk, signer: PublicJwk): Promise<void> {
  const { issuer, leaves } = await decodeCompactCredential(decodeBase64Url(text));
  if (issuer.type !== vct) refuse('wrong_type', 'compact');
  if (!equalBytes(issuer.holder, compressPoint(holder))) refuse('wrong_holder_key', 'compact');
  if (!await verifyIssuerPart(issuer, signer)) refuse('bad_signature', 'compact');
  if (!namesTheSamePlace(issuer.originalIssuer, claims)) refuse('wrong_issuer', 'the two forms say different things');
  for (const { key, value } of leaves) {
    const name = claimByKey(vct, key)?.name;
    if (name === undefined || !sameJson(value, claims[name])) refuse('wrong_issuer', 'the two forms say different things');
  }
}

async function firstVerifying(keys: readonly PublicJwk[], verifies: (key: PublicJwk) => Promise<boolean>): Promise<PublicJwk | undefined> {
  for (const key of keys) if (await verifies(key)) return key;
  return undefined;
}

const PER_COPY = ['iat', 'nbf', 'cnf', 'status', 'jti', '_sd', '_sd_alg'];

/** The claims without what differs from copy to copy by design. */
const said = (claims: JsonObject): JsonObject => Object.fromEntries(Object.entries(claims).filter(([name]) => !PER_COPY.includes(name)));
