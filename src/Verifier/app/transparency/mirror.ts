/** What `/mirror` gives (docs/mirror.md). Another copy gives the same: nothing here is this service's own word but how far it has read. */
import type { Failure } from '../shell/api.ts';

export interface Anchor { readonly size: number; readonly root: string; readonly time: string; readonly block: number; readonly blockHash: string; readonly transaction: string }
export interface Log {
  readonly id: string; readonly origin: string; readonly key: string; readonly operator: string; readonly size: number; readonly checkedAt: string | null; readonly readFrom: string | null;
  readonly anchored: number; readonly lastAnchor: Anchor | null; readonly alarm: string | null; readonly problem: string | null;
  readonly peers: readonly { readonly address: string; readonly comparedAt: string | null; readonly size: number | null; readonly problem: string | null }[];
}
export interface Index {
  readonly readAt: string | null; readonly notReady: string | null; readonly organisations: number; readonly alarms: number; readonly logs: readonly Log[];
  readonly chain: { readonly chainId: number; readonly contract: string; readonly genesis: string | null; readonly block: number | null; readonly blockHash: string | null; readonly headTime: string | null };
}
export interface Organisation { readonly id: string; readonly name: string; readonly issuer: string; readonly country: string; readonly demonstration: boolean; readonly contact: string | null; readonly registeredAt: string }
export interface Act {
  readonly what: string; readonly at: string; readonly block: number; readonly transaction: string; readonly number: number | null; readonly rights: readonly string[] | null; readonly scope: string | null;
  readonly from: string | null; readonly until: string | null; readonly key: string | null; readonly log: string | null; readonly other: string | null; readonly otherName: string | null;
}
export interface History { readonly organisation: Organisation; readonly acts: readonly Act[] }
export interface Alarm {
  readonly origin: string; readonly raisedAt: string; readonly reason: string; readonly before: string | null; readonly after: string | null; readonly liftedAt: string | null; readonly liftedBy: string | null;
  readonly evidence: object | null;
}
export interface Count { readonly from: string; readonly entries: number; readonly anchors: number; readonly medianDelay: number | null; readonly longestDelay: number | null }

/** Nobody waits longer for a network that only seems to be there, in milliseconds. */
const PATIENCE = 20_000;

/** A refusal that the pages have words for; by name, since this part does not share their class. */
export function refusal(code: Failure['code']): Error {
  return Object.assign(new Error(code), { name: 'Refusal', code });
}

export async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const waiting = new AbortController();
  const stop = (): void => waiting.abort();
  signal.addEventListener('abort', stop);
  const limit = setTimeout(stop, PATIENCE);
  try {
    const response = await fetch(`/mirror${path}`, { signal: waiting.signal });
    if (response.ok) return await response.json() as T;
    throw refusal(response.status === 404 ? 'gone' : response.status === 429 ? 'too_many' : 'busy');
  } catch (error) {
    if ((error as Error).name === 'Refusal') throw error;
    throw refusal('offline');
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
  }
}
