/** The verifier's own API; the same that programs use, described in openapi.json. */
import type { Outcome, Verdict as Judged } from '../../../web/lib/verdict/verdict.ts';

export type { Outcome };
/** `receipt`: of a check that the service made (docs/check-receipt.md). `statusList`: the address that the credential names; absent where a device judged. */
export type Verdict = Judged & { readonly receipt?: string; readonly statusList?: string };

export interface Question { readonly template?: string; readonly type?: string; readonly required?: readonly string[]; readonly optional?: readonly string[]; readonly purpose_id?: string }
/** Answered by a wallet on another device, or on this one. */
export type Flow = 'cross_device' | 'same_device';
/** The desk of a registered verifier, as a signed-in operator sees it. */
export interface Desk {
  readonly operator: string; readonly name: string; readonly registered: boolean; readonly authority: string | null; readonly until: string | null;
  readonly purposes: readonly { readonly id: string; readonly text: Readonly<Record<string, string>>; readonly asks: Readonly<Record<string, readonly string[]>> }[];
}
export interface Challenge { readonly id: string; readonly text: string; readonly qr: string; readonly expiresIn: number }
export interface Request {
  readonly id: string; readonly link: string; readonly qr: string; readonly expiresAt: string;
  readonly walletLinks: readonly { readonly name: string; readonly url: string }[];
}
export type State = 'created' | 'fetched' | 'answered' | 'expired' | 'refused';
/** Whether a statement of comparability is about the qualification beside it, and what each says of it. */
export interface Link {
  readonly statement: string; readonly original: string | null; readonly result: 'linked' | 'contradicts' | 'differs' | 'not_shown';
  readonly fields: readonly { readonly claim: string; readonly original: string | null; readonly statement: string | null; readonly result: 'same' | 'differs' | 'not_shown' }[];
}
export interface Progress {
  readonly state: State; readonly template: string | null; readonly outcome: Outcome | null; readonly holders: string | null;
  readonly links: readonly Link[] | null;
  readonly verdicts: readonly { readonly id: string; readonly verdict: Verdict }[] | null; readonly error: string | null;
}

/** What the service or the way to it refused, by a code that `problems.ts` puts into words. */
export class Failure extends Error {
  constructor(readonly code: 'offline' | 'offline_text' | 'busy' | 'too_many' | 'too_large' | 'gone' | 'answered' | 'refused' | 'signed_out' | 'fault', detail = '') {
    super(`${code}: ${detail}`);
    this.name = 'Failure';
  }
}

// What this device can do itself takes a signal that ends the waiting early (`orHere`).
export const check = (credential: string, enough?: AbortSignal): Promise<Verdict> => call('/api/check', { credential }, { enough });
export const challenge = (question: Question, language: string, enough?: AbortSignal): Promise<Challenge> => call(`${pathOf(question)}/challenges`, { ...question, language }, { enough });
export const answer = (id: string, proof: string, enough?: AbortSignal): Promise<Verdict> => call(`/api/challenges/${encodeURIComponent(id)}/answer`, { proof }, { enough });
export const request = (question: Question, flow: Flow, language: string): Promise<Request> => call(`${pathOf(question)}/requests`, { ...question, flow, language });
export const progress = (id: string, responseCode?: string): Promise<Progress> =>
  call(`/api/requests/${encodeURIComponent(id)}${responseCode === undefined ? '' : `?response_code=${encodeURIComponent(responseCode)}`}`);

export const desk = (): Promise<Desk> => call('/api/desk');
export const signIn = (key: string): Promise<void> => call('/api/desk/session', { key });
export const signOut = (): Promise<void> => call('/api/desk/session', {}, { method: 'DELETE' });

/** A question within a registered purpose is put by the desk, any other by the public page. */
const pathOf = (question: Question): string => question.purpose_id === undefined ? '/api' : '/api/desk';

/** Nobody waits longer for a network that only seems to be there, in milliseconds. */
const PATIENCE = 20_000;

async function call<T>(path: string, body?: object, { method = 'POST', enough }: { readonly method?: string; readonly enough?: AbortSignal | undefined } = {}): Promise<T> {
  const waiting = new AbortController();
  const stop = (): void => waiting.abort();
  const limit = setTimeout(stop, PATIENCE);
  enough?.addEventListener('abort', stop);
  let response: Response;
  let text: string;
  try {
    if (enough?.aborted) stop();
    response = await fetch(path, { ...(body && { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }), signal: waiting.signal });
    text = await response.text(); // a network can end in the middle of an answer
  } catch (error) {
    throw new Failure('offline', String(error));
  } finally {
    clearTimeout(limit);
    enough?.removeEventListener('abort', stop);
  }
  if (response.ok) return (response.status === 204 ? undefined : JSON.parse(text)) as T;
  const code = ({ 404: 'gone', 409: 'answered', 413: 'too_large', 502: 'offline', 504: 'offline', 429: 'too_many', 503: 'busy', 400: 'refused', 401: 'signed_out', 403: 'refused' } as const)[response.status] ?? 'fault';
  throw new Failure(code, text);
}
