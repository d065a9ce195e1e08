/** The way from the pages to checking without a network, which is a file of its own. */
import { OFFLINE } from 'verifier:assets';
import { Failure } from '../shell/api.ts';
import { isPrepared } from './prepared.ts';

export type Offline = typeof import('./offline.ts');

export const loadOffline = (): Promise<Offline> => import(new URL(OFFLINE, document.baseURI).href).catch(() => { throw new Failure('offline', 'part of the page'); });

/** What the service says; where it cannot be reached, what this device can say itself. `here` tells which. */
export async function orHere<T>(ask: () => Promise<T>, onDevice: (offline: Offline) => Promise<T>): Promise<{ readonly value: T; readonly here: boolean }> {
  try {
    return { value: await ask(), here: false };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'offline' || !isPrepared()) throw error;
    const offline = await loadOffline();
    if (!await offline.ready()) throw error;
    return { value: await onDevice(offline), here: true };
  }
}
