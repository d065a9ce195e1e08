/** Receiving by the organisation's own page: OpenID4VCI 1.0 §5 with PAR (RFC 9126), PKCE (RFC 7636), `iss` (RFC 9207) and DPoP (RFC 9449), as HAIP 1.0 §4 wants it. */
import { encodeBase64Url } from '../base64url.ts';
import { sha256 } from '../bytes.ts';
import { parseJsonObject, type JsonObject } from '../json.ts';
import { thumbprintText, type SigningKey } from '../keys.ts';
import { linkParameters } from '../link.ts';
import { checkUrl, errorCode, getJson, send, wellKnown } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';
import { boundSend } from './dpop.ts';
import type { IssuerMetadata } from './issuer.ts';
import type { Offer } from './offer.ts';
import { hasEnded, readToken, type AccessToken } from './token.ts';

/** The wallet, as a public client: its name and the one address that it is answered at. */
export interface Client { readonly id: string; readonly redirectUri: string }

/** What the wallet must remember while the person is on the page: secret, good once, until `expiresAt` (Unix seconds). */
export interface Asked {
  readonly offer: Offer;
  readonly issuer: IssuerMetadata;
  readonly client: Client;
  readonly state: string;
  readonly verifier: string;
  /** Tokens are bound to a key of this wallet. */
  readonly bound: boolean;
  readonly expiresAt: number;
}

/** Somewhat longer than an organisation gives a person on its page. */
const PATIENCE = 20 * 60;

/**
 * Pushes the request; gives the address of the page and what to remember. `key` binds the tokens where the server can do that.
 * Refusals `offer_gone`, `offer_not_supported` (no PAR, PKCE, `iss` or scope there), `page_failed`, `issuer_mismatch`, network codes.
 */
export async function openPage(offer: Offer, issuer: IssuerMetadata, client: Client, key: SigningKey, outside: Outside): Promise<{ page: string; asked: Asked }> {
  const server = await getJson(wellKnown(issuer.issuer, 'oauth-authorization-server'), 'unreachable', outside);
  if (server['issuer'] !== issuer.issuer) refuse('issuer_mismatch');
  const { pushed_authorization_request_endpoint: push, authorization_endpoint: authorize } = server;
  if (typeof push !== 'string' || typeof authorize !== 'string') return refuse('offer_not_supported', 'no pushed requests');
  if (!lists(server, 'code_challenge_methods_supported', 'S256')) refuse('offer_not_supported', 'PKCE');
  // Without it, an answer cannot be told from one of another organisation.
  if (server['authorization_response_iss_parameter_supported'] !== true) refuse('offer_not_supported', 'iss');
  const bound = lists(server, 'dpop_signing_alg_values_supported', 'ES256');
  const modes = server['response_modes_supported'];

  const [state, verifier] = [secret(outside), secret(outside)];
  const reply = await send(push, {
    accept: 'application/json', form: {
      response_type: 'code', client_id: client.id, redirect_uri: client.redirectUri, state, scope: scopesOf(offer, issuer),
      code_challenge: encodeBase64Url(await sha256(verifier)), code_challenge_method: 'S256',
      ...(offer.issuerState !== undefined && { issuer_state: offer.issuerState }),
      ...(bound && { dpop_jkt: await thumbprintText(key.publicJwk) }),
      // Behind `#`, where no server on the way back reads it.
      ...((modes === undefined || lists(server, 'response_modes_supported', 'fragment')) && { response_mode: 'fragment' }),
    },
  }, outside);
  if (reply.status !== 200 && reply.status !== 201) refuse(await hasEnded(offer, outside) ? 'offer_gone' : 'page_failed', `pushed request ${reply.status} ${errorCode(reply)}`);
  const { request_uri: uri } = parseJsonObject(reply.body);
  if (typeof uri !== 'string' || uri === '' || uri.length > 1000) return refuse('malformed', 'request_uri');

  const page = checkUrl(authorize, outside);
  page.searchParams.set('client_id', client.id);
  page.searchParams.set('request_uri', uri);
  return { page: page.href, asked: { offer, issuer, client, state, verifier, bound, expiresAt: outside.now() + PATIENCE } };
}

/**
 * Trades the answer that the browser brought back. `answer` is the parameters behind a `?`; whoever calls has found `asked` by its `state`, and forgotten it.
 * Refusals `page_unknown`, `page_other_issuer`, `page_denied`, `page_late`, `page_failed`, network codes.
 */
export async function answerOfPage(asked: Asked, answer: string, key: SigningKey, outside: Outside): Promise<AccessToken> {
  const parameters = linkParameters(answer, 'page_failed');
  if (parameters.get('state') !== asked.state || outside.now() >= asked.expiresAt) refuse('page_unknown');
  // RFC 9207: whose answer it is, before anything in it is used.
  if (parameters.get('iss') !== asked.issuer.issuer) refuse('page_other_issuer', 'iss');
  const error = parameters.get('error');
  if (error !== undefined) refuse(error === 'access_denied' ? 'page_denied' : 'page_failed', 'the page ended with an error');
  const code = parameters.get('code') || refuse('page_failed', 'no code');

  const post = asked.bound ? boundSend(key) : send;
  const reply = await post(asked.issuer.tokenEndpoint, {
    accept: 'application/json', form: { grant_type: 'authorization_code', code, client_id: asked.client.id, redirect_uri: asked.client.redirectUri, code_verifier: asked.verifier },
  }, outside);
  if (reply.status !== 200) refuse(errorCode(reply) === 'invalid_grant' ? 'page_late' : 'page_failed', `token endpoint ${reply.status}`);
  const token = readToken(reply, asked.bound ? 'dpop' : 'bearer', outside);
  return asked.bound ? { ...token, send: post } : token;
}

/**
 * A new access token for a wallet that waits (RFC 6749 §6). `client` and `key` are those that the first one was given to; an answer
 * without a new refresh token leaves the old one. Refusals `session_ended`, network codes.
 */
export async function renewToken(issuer: IssuerMetadata, refresh: string, client: string | undefined, key: SigningKey | undefined, outside: Outside): Promise<AccessToken> {
  const reply = await (key ? boundSend(key) : send)(issuer.tokenEndpoint, {
    accept: 'application/json', form: { grant_type: 'refresh_token', refresh_token: refresh, ...(client !== undefined && { client_id: client }) },
  }, outside);
  if (reply.status !== 200) refuse('session_ended', `token endpoint ${reply.status}`);
  return { refresh, ...readToken(reply, key ? 'dpop' : 'bearer', outside) };
}

// HAIP 1.0 §4.1: each configuration has a scope.
function scopesOf(offer: Offer, issuer: IssuerMetadata): string {
  return offer.configurationIds.map(id => {
    const scope = issuer.configurations[id]?.raw['scope'];
    return typeof scope === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope) ? scope : refuse('offer_not_supported', 'scope');
  }).join(' ');
}

const secret = (outside: Outside): string => encodeBase64Url(outside.random(32));

const lists = (metadata: JsonObject, name: string, value: string): boolean => Array.isArray(metadata[name]) && metadata[name].includes(value);
