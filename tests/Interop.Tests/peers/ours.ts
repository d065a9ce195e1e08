// The holder that the wallet runs in the browser, here under Node: receive, present, answer a challenge, with keys that can be handed over.
import { readFileSync } from 'node:fs';
import { decodeBase64Url } from '../../../src/web/lib/base64url.ts';
import { parseChallenge } from '../../../src/web/lib/compact/challenge.ts';
import { decodeCompactCredential } from '../../../src/web/lib/compact/credential.ts';
import { answerChallenge } from '../../../src/web/lib/compact/present.ts';
import { matchDcql, pathsToShow } from '../../../src/web/lib/dcql.ts';
import { signingKey, type SigningKey } from '../../../src/web/lib/keys.ts';
import { collectOffer } from '../../../src/web/lib/openid4vci/collect.ts';
import { boundSend } from '../../../src/web/lib/openid4vci/dpop.ts';
import { loadIssuer, type IssuerMetadata } from '../../../src/web/lib/openid4vci/issuer.ts';
import { loadOffer, type Offer } from '../../../src/web/lib/openid4vci/offer.ts';
import { answerOfPage, openPage, renewToken, type Asked } from '../../../src/web/lib/openid4vci/page.ts';
import { requestToken, type AccessToken } from '../../../src/web/lib/openid4vci/token.ts';
import { sendAnswer } from '../../../src/web/lib/openid4vp/answer.ts';
import { loadRequest } from '../../../src/web/lib/openid4vp/request.ts';
import type { Outside } from '../../../src/web/lib/outside.ts';
import { parseSdJwt, processSdJwt } from '../../../src/web/lib/sdjwt.ts';

interface Held { sdJwt: string; compact?: string | undefined; key: JsonWebKey }

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const outside: Outside = {
  fetch: (input, init) => fetch(input, init), now: () => Math.floor(Date.now() / 1000),
  random: length => crypto.getRandomValues(new Uint8Array(length)), development: true,
};

async function receive({ offer, txCode, copies }: { offer: string; txCode: string; copies: number }): Promise<object> {
  const opened = await loadOffer(offer, outside);
  const issuer = await loadIssuer(opened.credentialIssuer, outside);
  return collect(opened, issuer, await requestToken(issuer, opened, txCode, outside), copies);
}

// The same offer as if its issuer handed out cards on its page alone.
async function begin({ offer, clientId, redirectUri }: { offer: string; clientId: string; redirectUri: string }): Promise<object> {
  const whole = await (await fetch(new URLSearchParams(offer.split('?')[1]).get('credential_offer_uri')!)).json() as { grants: { authorization_code: object } };
  const byPage = { ...whole, grants: { authorization_code: whole.grants.authorization_code } };
  const opened = await loadOffer(`openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(byPage))}`, outside);
  const pair = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const { page, asked } = await openPage(opened, await loadIssuer(opened.credentialIssuer, outside), { id: clientId, redirectUri }, await signingKey(pair), outside);
  return { page, kept: { asked, key: await crypto.subtle.exportKey('jwk', pair.privateKey) } };
}

async function finish({ kept, back, verifier, copies }: { kept: { asked: Asked; key: JsonWebKey }; back: string; verifier?: string; copies: number }): Promise<object> {
  const asked = verifier === undefined ? kept.asked : { ...kept.asked, verifier };
  const token = await answerOfPage(asked, `?${back.split(/[?#]/).at(-1)}`, await holderOf(kept.key), outside);
  return { tokenType: token.send ? 'DPoP' : 'Bearer', refreshToken: token.refresh ?? null, ...await collect(asked.offer, asked.issuer, token, copies, { asked, key: kept.key }) };
}

interface Waiting { asked: Asked; key: JsonWebKey; refresh: string; keys: JsonWebKey[]; putOff: [string, string][] }

async function askAgain({ waiting: { asked, key, refresh, keys, putOff } }: { waiting: Waiting }): Promise<object> {
  const token = await renewToken(asked.issuer, refresh, asked.client.id, await holderOf(key), outside);
  return collect(asked.offer, asked.issuer, { ...token, send: boundSend(await holderOf(key)) }, await Promise.all(keys.map(pairOf)), { asked, key }, new Map(putOff));
}

async function collect(
  offer: Offer, issuer: IssuerMetadata, token: AccessToken, wanted: number | CryptoKeyPair[], flow?: { asked: Asked; key: JsonWebKey }, putOff = new Map<string, string>(),
): Promise<{ held: Held[] } | { waiting: Waiting }> {
  const pairs = typeof wanted === 'number' ? await Promise.all(Array.from({ length: wanted }, () => crypto.subtle.generateKey(P256, true, ['sign', 'verify']))) : wanted;
  const collected = await collectOffer(offer, issuer, token, await Promise.all(pairs.map(signingKey)), outside, putOff).catch((fault: { code?: string }) => {
    if (fault.code !== 'not_ready' || !flow) throw fault;
    return undefined;
  });
  if (!collected) {
    return { waiting: { ...flow!, refresh: token.refresh!, keys: await Promise.all(pairs.map(pair => crypto.subtle.exportKey('jwk', pair.privateKey))), putOff: [...putOff] } };
  }
  const [credential] = collected;
  return { held: await Promise.all(credential!.copies.map(async copy => ({
    sdJwt: copy.sdJwt, compact: copy.compact, key: await crypto.subtle.exportKey('jwk', pairs[copy.key]!.privateKey),
  }))) };
}

async function present({ request, held }: { request: string; held: Held[] }): Promise<{ sent: true; verifier: string }> {
  const asked = await loadRequest(request, outside);
  const credentials = await Promise.all(held.map(async ({ sdJwt }, index) => {
    const { claims } = await processSdJwt(parseSdJwt(sdJwt));
    return { id: `${index}`, format: 'dc+sd-jwt' as const, vct: claims['vct'] as string, claims };
  }));
  const match = matchDcql(asked.query, credentials);
  const ids = new Set(match.choices.flatMap(choice => choice.options[0] ?? []));
  const selections = await Promise.all(match.queries.filter(({ query }) => ids.has(query.id)).map(async ({ query, candidates }) => {
    const chosen = candidates[0]!;
    const { sdJwt, key } = held[Number(chosen.credential.id)]!;
    return { queryId: query.id, sdJwt, paths: pathsToShow(query, chosen, [])!, holder: await holderOf(key) };
  }));
  await sendAnswer(asked, selections, outside);
  return { sent: true, verifier: asked.verifier.kind };
}

async function answerQr({ challenge, held, claims }: { challenge: string; held: Held; claims: number[] }): Promise<{ proof: string }> {
  const credential = await decodeCompactCredential(decodeBase64Url(held.compact!));
  return { proof: await answerChallenge(credential, claims, await parseChallenge(challenge), await holderOf(held.key)) };
}

const holderOf = async (jwk: JsonWebKey): Promise<SigningKey> => signingKey(await pairOf(jwk));

async function pairOf({ kty, crv, x, y, d }: JsonWebKey): Promise<CryptoKeyPair> {
  return {
    publicKey: await crypto.subtle.importKey('jwk', { kty: kty!, crv: crv!, x: x!, y: y! }, P256, true, ['verify']),
    privateKey: await crypto.subtle.importKey('jwk', { kty: kty!, crv: crv!, x: x!, y: y!, d: d! }, P256, true, ['sign']),
  };
}

const question = JSON.parse(readFileSync(0, 'utf8')) as { do: string };
const actions: Record<string, (question: never) => Promise<object>> = { receive, begin, finish, askAgain, present, answerQr };
process.stdout.write(JSON.stringify(await actions[question.do]!(question as never).catch((fault: Error) => ({ refused: `${fault.name}: ${fault.message}` }))));
