import { encodeBase64Url } from '../base64url.ts';
import { fromUtf8 } from '../bytes.ts';
import { parseDcql, type DcqlQuery } from '../dcql.ts';
import type { ContentEncryption } from '../jwe.ts';
import { isObject, parseJson, type Json, type JsonObject } from '../json.ts';
import { parseJws } from '../jws.ts';
import { parsePublicJwk, type PublicJwk } from '../keys.ts';
import { linkParameters } from '../link.ts';
import { checkUrl, send } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse, refusedAs } from '../refusal.ts';
import { checkUnsignedClient, splitClientId, verifySignedClient, type Verifier } from './client.ts';

export type { Verifier } from './client.ts';

/** A presentation request that passed every check a wallet can make by itself (OpenID4VP 1.0 §5). */
export interface PresentationRequest {
  /** With its prefix; it is the audience of the answer. */
  readonly clientId: string;
  readonly verifier: Verifier;
  readonly responseUri: string;
  readonly responseMode: 'direct_post' | 'direct_post.jwt';
  readonly nonce: string;
  readonly state: string | undefined;
  readonly query: DcqlQuery;
  readonly encryption: { readonly key: PublicJwk; readonly enc: ContentEncryption } | undefined;
  /** The verifier's own words, when it gave some. */
  readonly purpose: string | undefined;
  /** The registered purpose that it names. */
  readonly purposeId: string | undefined;
  /** The request as it was signed; undefined for one that is not. */
  readonly signed: string | undefined;
}

/** The kind of `verifier_info` that names a purpose of a registration on the ledger. */
const REGISTRATION = 'identity-registration';
const SKEW = 60;
const STATIC_AUDIENCE = 'https://self-issued.me/v2';
const MEDIA_TYPE = 'application/oauth-authz-req+jwt';

/** Whether scanned or opened text looks like a request: openid4vp:, haip-vp:, or a wallet link #present?…. */
export function isRequestLink(text: string): boolean {
  return /^(openid4vp|haip-vp):/i.test(text) || /#present\?/.test(text);
}

/** Fetches the request the link names and checks it. Refusals `request_*`, `client_*`, `nonce_mismatch`, `transaction_data`, `bad_signature`, network codes. */
export async function loadRequest(link: string, outside: Outside): Promise<PresentationRequest> {
  if (!isRequestLink(link)) refuse('request_malformed', 'not a request');
  const outer = linkParameters(link, 'request_malformed');
  const clientId = outer.get('client_id') ?? refuse('request_malformed', 'client_id');
  const requestUri = outer.get('request_uri');
  if (outer.has('request')) refuse('request_malformed', 'request by value');
  splitClientId(clientId);
  return requestUri === undefined ? readUnsigned(outer, clientId, outside) : loadSigned(requestUri, outer.get('request_uri_method'), clientId, outside);
}

async function loadSigned(requestUri: string, method: string | undefined, clientId: string, outside: Outside): Promise<PresentationRequest> {
  if (method !== undefined && method !== 'get' && method !== 'post') refuse('request_malformed', 'request_uri_method');
  const walletNonce = method === 'post' ? encodeBase64Url(outside.random(16)) : undefined;
  const reply = await send(requestUri, {
    accept: MEDIA_TYPE, ...(walletNonce !== undefined && { form: { wallet_nonce: walletNonce, wallet_metadata: JSON.stringify(WALLET_METADATA) } }),
  }, outside);
  if (reply.status !== 200) refuse('request_gone', `${reply.status}`);

  const jws = refusedAs('request_malformed', () => parseJws(fromUtf8(reply.body).trim()));
  const { header, payload } = jws;
  // RFC 9101 §10.8: the type keeps a JWT signed for another purpose from passing as a request.
  if (header['typ'] !== 'oauth-authz-req+jwt') refuse('request_malformed', 'typ');
  if (payload['client_id'] !== clientId) refuse('client_mismatch', 'client_id inside and outside differ');
  const responseUri = readResponseUri(payload, outside);
  const verifier = await verifySignedClient(jws, clientId, responseUri, outside.now());
  if (walletNonce !== undefined && payload['wallet_nonce'] !== walletNonce) refuse('nonce_mismatch', 'wallet_nonce');
  if (payload['aud'] !== STATIC_AUDIENCE) refuse('request_malformed', 'aud');
  checkTimes(payload, outside.now());
  return readParameters(payload, clientId, verifier, jws.compact);
}

// Only what stands in the link counts here, so nothing may pretend to be signed.
function readUnsigned(outer: Map<string, string>, clientId: string, outside: Outside): PresentationRequest {
  const structured = ['dcql_query', 'client_metadata', 'transaction_data', 'verifier_info'];
  const payload: JsonObject = {};
  for (const [name, value] of outer) {
    payload[name] = structured.includes(name) ? refusedAs('request_malformed', () => parseJson(value, 16, 20_000)) : value;
  }
  const responseUri = readResponseUri(payload, outside);
  return readParameters(payload, clientId, checkUnsignedClient(clientId, responseUri, payload['response_uri'] as string, outside.development), undefined);
}

function readResponseUri(payload: JsonObject, outside: Outside): URL {
  if (payload['redirect_uri'] !== undefined) refuse('request_malformed', 'redirect_uri with direct_post'); // §8.2
  const text = payload['response_uri'];
  return typeof text === 'string' ? checkUrl(text, outside) : refuse('request_malformed', 'response_uri');
}

function readParameters(payload: JsonObject, clientId: string, verifier: Verifier, signed: string | undefined): PresentationRequest {
  const { response_type: type, response_mode: mode, nonce, state, client_metadata: metadata = {} } = payload;
  if (type !== 'vp_token') refuse('request_malformed', 'response_type');
  if (mode !== 'direct_post' && mode !== 'direct_post.jwt') return refuse('request_malformed', 'response_mode');
  if (typeof nonce !== 'string' || !/^[A-Za-z0-9._~-]{16,512}$/.test(nonce)) return refuse('request_malformed', 'nonce');
  if (state !== undefined && (typeof state !== 'string' || state.length > 1000)) return refuse('request_malformed', 'state');
  // §8.4: data we do not understand would be signed unseen.
  if (payload['transaction_data'] !== undefined) refuse('transaction_data');
  if (payload['scope'] !== undefined) refuse('request_malformed', 'scope');
  if (payload['request'] !== undefined || payload['request_uri'] !== undefined) refuse('request_malformed', 'request within a request');
  if (!isObject(metadata)) return refuse('request_malformed', 'client_metadata');
  const formats = metadata['vp_formats_supported'];
  if (isObject(formats) && !('dc+sd-jwt' in formats)) refuse('client_not_supported', 'vp_formats_supported');
  return {
    clientId, responseUri: payload['response_uri'] as string, responseMode: mode, nonce, state,
    verifier: { ...verifier, name: words(metadata['client_name']) ?? verifier.name },
    query: parseDcql(payload['dcql_query']),
    encryption: mode === 'direct_post.jwt' ? readEncryption(metadata) : undefined,
    purpose: words(payload['purpose']),
    purposeId: readPurposeId(payload['verifier_info']),
    signed,
  };
}

// §5.1: attestations of kinds we do not know are passed over.
function readPurposeId(info: Json | undefined): string | undefined {
  for (const item of Array.isArray(info) ? info.slice(0, 20) : []) {
    if (!isObject(item) || item['format'] !== REGISTRATION || !isObject(item['data'])) continue;
    const { purpose } = item['data'];
    if (typeof purpose === 'string' && /^[a-z0-9-]{1,40}$/.test(purpose)) return purpose;
  }
  return undefined;
}

// §8.3: a key of another kind is passed over; the first that we can use serves.
function readEncryption(metadata: JsonObject): PresentationRequest['encryption'] {
  const keys = isObject(metadata['jwks']) ? metadata['jwks']['keys'] : undefined;
  const key = (Array.isArray(keys) ? keys.slice(0, 20) : []).map(usableKey).find(one => one !== undefined);
  if (!key) return refuse('request_malformed', 'no key to encrypt to');
  const encodings = metadata['encrypted_response_enc_values_supported'] ?? ['A128GCM'];
  if (!Array.isArray(encodings)) return refuse('request_malformed', 'encrypted_response_enc_values_supported');
  const enc = (['A256GCM', 'A128GCM'] as const).find(one => encodings.includes(one));
  return enc ? { key, enc } : refuse('request_malformed', 'content encryption');
}

function usableKey(json: Json): PublicJwk | undefined {
  try {
    const key = parsePublicJwk(json);
    return (key.use ?? 'enc') === 'enc' && (key.alg ?? 'ECDH-ES') === 'ECDH-ES' ? key : undefined;
  } catch {
    return undefined;
  }
}

function checkTimes(payload: JsonObject, now: number): void {
  for (const name of ['exp', 'nbf', 'iat']) {
    const value = payload[name];
    if (value !== undefined && (typeof value !== 'number' || !(Math.abs(value) < 1e12))) refuse('request_malformed', name);
  }
  const { exp, nbf } = payload as { exp?: number; nbf?: number };
  if (exp !== undefined && exp + SKEW < now) refuse('request_gone', 'exp');
  if (nbf !== undefined && nbf - SKEW > now) refuse('request_malformed', 'nbf');
}

function words(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, 200) : undefined;
}

const WALLET_METADATA = {
  vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
  client_id_prefixes_supported: ['x509_hash', 'x509_san_dns'],
  request_object_signing_alg_values_supported: ['ES256'],
  response_types_supported: ['vp_token'],
  response_modes_supported: ['direct_post', 'direct_post.jwt'],
};
