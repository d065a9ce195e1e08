/** The way from the pages to checking without a network, which is a file of its own. */
import { OFFLINE } from 'verifier:assets';
import { Failure } from '../shell/api.ts';
import { loadPart } from '../shell/part.ts';
import { isPrepared } from './prepared.ts';

export type { Judged } from './offline.ts';
export type Offline = typeof import('./offline.ts');

export const loadOffline = (): Promise<Offline> => loadPart(OFFLINE);

/** A device that can judge by itself does not wait longer for a network that only seems to be there, in milliseconds. */
const PATIENCE = 2500;

/** What the service says; where it cannot be reached, what this device can say itself. `here` tells which. `ask` gives up at its signal: given early only where this device has what it needs. */
export async function orHere<T>(ask: (enough: AbortSignal) => Promise<T>, onDevice: (offline: Offline) => Promise<T>): Promise<{ readonly value: T; readonly here: boolean }> {
  const enough = new AbortController();
  const own = prepared();
  const hurry = setTimeout(() => void own.then(offline => { if (offline) enough.abort(); }), PATIENCE);
  try {
    return { value: await ask(enough.signal), here: false };
  } catch (error) {
    const offline = error instanceof Failure && error.code === 'offline' ? await own : undefined;
    if (!offline) throw error;
    return { value: await onDevice(offline), here: true };
  } finally {
    clearTimeout(hurry);
  }
}

/** Where somebody prepared this device, and its data can be read. */
async function prepared(): Promise<Offline | undefined> {
  if (!isPrepared()) return undefined;
  try {
    const offline = await loadOffline();
    return await offline.ready() && offline;
  } catch {
    return undefined; // a part of the page that cannot be had, or a browser that keeps nothing
  }
}
