/** Whose key signed a receipt: the whole register of verifiers, fetched where there is a network and kept, so that no question says which receipt is read. */
import { keep, kept } from '../offline/store.ts';
import type { Register } from './owner.ts';

/** The newest register that can be had; undefined where there never was a network. */
export async function register(): Promise<Register | undefined> {
  try {
    const response = await fetch('/trust/verifiers', { cache: 'no-cache', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(15_000) });
    if (response.ok) {
      const newest = await response.json() as Register;
      await keep('register', newest).catch(() => undefined); // where a browser keeps nothing, it serves this once
      return newest;
    }
  } catch {
    // no network: what is kept serves
  }
  return kept('register').catch(() => undefined);
}
