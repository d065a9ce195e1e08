import { encryptJwe } from '../jwe.ts';
import { parseJsonObject, type JsonObject } from '../json.ts';
import type { SigningKey } from '../keys.ts';
import { checkUrl, send, type Reply } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';
import { presentSdJwt, type ClaimPath } from '../sdjwt.ts';
import type { PresentationRequest } from './request.ts';

const MAX_RECEIPT = 16 * 1024;

/** One credential the person agreed to show. */
export interface Selection { readonly queryId: string; readonly sdJwt: string; readonly paths: readonly ClaimPath[]; readonly holder: SigningKey }

/** What came back: where a same-device flow goes on (https, or loopback in development), and what the verifier signed about each check, unread. */
export interface Taken { readonly redirectUri: string | undefined; readonly receipts: readonly string[] }

/**
 * Sends the answer (OpenID4VP 1.0 §8); `made` hears each presentation, in the order of `selections`, before anything leaves.
 * Refusals `not_matched`, `request_gone`, `answer_refused`, network codes.
 */
export async function sendAnswer(request: PresentationRequest, selections: readonly Selection[], outside: Outside, made?: (presentations: readonly string[]) => Promise<void>): Promise<Taken> {
  if (selections.length === 0) refuse('not_matched', 'nothing selected');
  const token: Record<string, string[]> = {};
  const all: string[] = [];
  for (const { queryId, sdJwt, paths, holder } of selections) {
    const query = request.query.credentials.find(one => one.id === queryId) ?? refuse('not_matched', 'unknown query');
    const presentations = token[queryId] ??= [];
    if (presentations.length > 0 && !query.multiple) refuse('not_matched', 'two credentials for one query');
    const presentation = await presentSdJwt(sdJwt, paths, { audience: request.clientId, nonce: request.nonce, issuedAt: outside.now() }, holder);
    presentations.push(presentation);
    all.push(presentation);
  }
  await made?.(all);
  const reply = await post(request, { vp_token: token }, outside);
  if (reply.status === 404 || reply.status === 410) refuse('request_gone', `${reply.status}`);
  if (reply.status !== 200) refuse('answer_refused', `${reply.status}`);
  return { redirectUri: redirectOf(reply, outside), receipts: receiptsOf(reply) };
}

/** Tells the verifier that the person declined, or that nothing matches; a failure to tell is not reported. */
export async function sendRefusal(request: PresentationRequest, error: 'access_denied' | 'invalid_request', outside: Outside): Promise<{ redirectUri: string | undefined }> {
  try {
    const reply = await post(request, { error }, outside);
    return { redirectUri: reply.status === 200 ? redirectOf(reply, outside) : undefined };
  } catch {
    return { redirectUri: undefined };
  }
}

async function post(request: PresentationRequest, answer: JsonObject, outside: Outside): Promise<Reply> {
  const full: JsonObject = { ...answer, ...(request.state !== undefined && { state: request.state }) };
  const { encryption } = request;
  const form = encryption
    ? { response: await encryptJwe(JSON.stringify(full), encryption.key, encryption.enc, outside.random(12)) }
    : Object.fromEntries(Object.entries(full).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
  return send(request.responseUri, { accept: 'application/json', form }, outside);
}

// Our own member: a verifier that knows nothing of receipts gives none.
function receiptsOf(reply: Reply): string[] {
  try {
    const { receipts } = parseJsonObject(reply.body);
    return Array.isArray(receipts) ? receipts.filter(item => typeof item === 'string' && item.length <= MAX_RECEIPT).slice(0, 16) as string[] : [];
  } catch {
    return [];
  }
}

// §8.2: an answer without it, or one we would not open, ends the flow here.
function redirectOf(reply: Reply, outside: Outside): string | undefined {
  if (reply.body.length === 0) return undefined;
  try {
    const uri = parseJsonObject(reply.body)['redirect_uri'];
    if (typeof uri !== 'string') return undefined;
    const page = new URL(uri);
    page.hash = ''; // the verifier may keep its response_code in the fragment
    checkUrl(page.href, outside);
    return uri;
  } catch {
    return undefined;
  }
}
