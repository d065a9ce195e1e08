/** Questions put to a wallet on this device, until it sends the browser back. Their ids alone open nothing: the session's cookie and the wallet's code are needed too. */
import { recall, remember } from '../shell/memory.ts';

const KEY = 'verifier.pending';
const KEPT = 5;
const MORE_TIME = 15 * 60_000; // an answer may be read for a while after the question has ended

interface Pending { readonly id: string; readonly until: number }

export function pending(): readonly string[] {
  try {
    const all = JSON.parse(recall('localStorage', KEY) ?? '[]') as Pending[];
    return all.filter(({ until }) => until > Date.now()).map(({ id }) => String(id));
  } catch {
    return [];
  }
}

export function rememberPending(id: string, expiresAt: number): void {
  const kept = pending().slice(0, KEPT - 1).map(old => ({ id: old, until: Date.now() + MORE_TIME }));
  remember('localStorage', KEY, JSON.stringify([{ id, until: expiresAt + MORE_TIME }, ...kept]));
}
