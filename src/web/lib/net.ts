import { concat, type Bytes } from './bytes.ts';
import { parseJsonObject, type JsonObject } from './json.ts';
import { isLoopbackHost, type Outside } from './outside.ts';
import { refuse } from './refusal.ts';

export interface Reply { readonly status: number; readonly body: Bytes; /** For the next proof of possession (RFC 9449 §8). */ readonly nonce?: string | undefined }
export interface Sending {
  readonly accept: string; readonly form?: Readonly<Record<string, string>>; readonly json?: JsonObject; readonly post?: boolean;
  /** An access token. */
  readonly token?: string;
  /** A proof of possession; the token beside it is then bound to its key. */
  readonly dpop?: string;
}

const TIMEOUT = 20_000;

/**
 * The only addresses this library speaks to: https by name, and http or https on loopback when the page itself came from there.
 * Addresses written as numbers, user names and fragments are refused (`forbidden_url`): an offer must not make a phone knock at its router.
 */
export function checkUrl(text: string, outside: Pick<Outside, 'development'>): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refuse('forbidden_url', 'not a URL');
  }
  if (url.username || url.password || url.hash) refuse('forbidden_url', 'user name or fragment');
  if (isLoopbackHost(url.hostname)) {
    if (!outside.development || (url.protocol !== 'http:' && url.protocol !== 'https:')) refuse('forbidden_url', 'loopback');
    return url;
  }
  if (url.protocol !== 'https:') refuse('forbidden_url', url.protocol);
  if (url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname)) refuse('forbidden_url', 'address instead of a name');
  return url;
}

/**
 * One request, no redirects, no cookies, no referrer, bounded in size and time. Refusals `forbidden_url`, `offline`, `unreachable`,
 * `redirected`, `too_large`, `too_many_tries` (429), `server_fault` (5xx); every other status is the caller's to judge.
 */
export async function send(url: string, sending: Sending, outside: Outside, maxBytes = 300_000): Promise<Reply> {
  checkUrl(url, outside);
  const headers: Record<string, string> = { Accept: sending.accept };
  let body: string | undefined;
  if (sending.form) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
    body = new URLSearchParams({ ...sending.form }).toString();
  } else if (sending.json) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(sending.json);
  }
  if (sending.token !== undefined) headers['Authorization'] = `${sending.dpop === undefined ? 'Bearer' : 'DPoP'} ${sending.token}`;
  if (sending.dpop !== undefined) headers['DPoP'] = sending.dpop;

  let response: Response;
  let bytes: Bytes;
  try {
    response = await outside.fetch(url, {
      method: body !== undefined || sending.post ? 'POST' : 'GET', headers, ...(body !== undefined && { body }),
      redirect: 'manual', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT),
    });
    bytes = response.type === 'opaqueredirect' ? new Uint8Array() : await readBounded(response, maxBytes);
  } catch (error) {
    if ((error as Error).name === 'Refusal') throw error;
    return refuse(globalThis.navigator?.onLine === false ? 'offline' : 'unreachable', new URL(url).host);
  }
  const { status } = response;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) refuse('redirected', new URL(url).host);
  if (status === 429) refuse('too_many_tries');
  if (status >= 500) refuse('server_fault', `${status}`);
  return { status, body: bytes, nonce: response.headers.get('DPoP-Nonce') ?? undefined };
}

/** GET of a JSON object that must be there. Any 4xx is refused as `missing`. */
export async function getJson(url: string, missing: 'offer_gone' | 'request_gone' | 'unreachable', outside: Outside): Promise<JsonObject> {
  const reply = await send(url, { accept: 'application/json' }, outside);
  if (reply.status !== 200) refuse(missing, `${reply.status}`);
  return parseJsonObject(reply.body);
}

/** The `error` member of an OAuth error answer (RFC 6749 §5.2), or an empty string. */
export function errorCode(reply: Reply): string {
  try {
    const error = parseJsonObject(reply.body)['error'];
    return typeof error === 'string' ? error : '';
  } catch {
    return '';
  }
}

/** Inserts a well-known segment between host and path (RFC 8615, RFC 8414 §3.1). */
export function wellKnown(identifier: string, name: string): string {
  const url = new URL(identifier);
  return `${url.origin}/.well-known/${name}${url.pathname === '/' ? '' : url.pathname}`;
}

async function readBounded(response: Response, maxBytes: number): Promise<Bytes> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  return readAll(reader, maxBytes);
}

/** Everything a stream gives, or the refusal `too_large` without reading on. */
export async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(...parts);
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined);
      refuse('too_large', 'answer');
    }
    parts.push(value);
  }
}
