import { utf8, type Bytes } from '../bytes.ts';
import type { Outside } from '../outside.ts';

export interface Request { readonly url: string; readonly method: string; readonly headers: Record<string, string>; readonly form: URLSearchParams; readonly body: string }
type Answer = Response | { readonly [name: string]: unknown } | string;
type Handler = (request: Request) => Answer | Promise<Answer>;

/** A network of the test's own: an address nobody set up is an error, and every request is kept. */
export class Internet implements Outside {
  readonly requests: Request[] = [];
  development = false;
  time = 1_790_000_000;
  private readonly pages = new Map<string, Handler>();

  at(url: string, handler: Handler | Answer): this {
    this.pages.set(url, typeof handler === 'function' ? handler as Handler : () => handler);
    return this;
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    if (init.redirect !== 'manual' || init.credentials !== 'omit') throw new Error('a request that follows redirects or sends cookies');
    const body = String(init.body ?? '');
    const request = { url, method: init.method ?? 'GET', headers: init.headers as Record<string, string>, form: new URLSearchParams(body), body };
    this.requests.push(request);
    const handler = this.pages.get(url);
    if (!handler) throw new TypeError(`nobody is at ${url}`);
    const answer = await handler(request);
    if (answer instanceof Response) return answer;
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer), { status: 200 });
  }

  now(): number {
    return this.time;
  }

  random(length: number): Bytes {
    return crypto.getRandomValues(new Uint8Array(length));
  }
}

export function status(code: number, body: object = {}): Response {
  return new Response(code === 204 || (code >= 300 && code < 400) ? null : utf8(JSON.stringify(body)), { status: code, ...(code >= 300 && code < 400 && { headers: { Location: 'https://elsewhere.example/' } }) });
}
