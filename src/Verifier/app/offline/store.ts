import type { Register } from '../receipts/owner.ts';
import type { Seen } from './clock.ts';

/** What these pages keep on this device for checking without a network. Of persons only what waits for its receipt, sealed (receipts.ts). */
export interface Stored {
  /** The newest trust pack, as a file. */
  pack: Uint8Array<ArrayBuffer>;
  questions: Stock;
  /** Who was registered as a verifier, when this page last had a network. */
  register: Register;
  clock: Seen;
  /** Checks that wait for their receipts. */
  queue: readonly QueuedCheck[];
  receipts: readonly ReadyReceipt[];
  /** Checks that got no receipt, to be told. */
  lost: readonly LostCheck[];
  /** Seals the queue; no script can read it. */
  seal: CryptoKey;
}
/** `id`: digest of what was read; `at` in Unix milliseconds; `ahead`: the service's clock has not come to its time yet. */
export interface QueuedCheck { readonly id: string; readonly at: number; readonly iv: Uint8Array<ArrayBuffer>; readonly sealed: ArrayBuffer; readonly ahead?: boolean }
/** Nothing of what was read; `at` when it was lost, Unix milliseconds; `was` is absent where this device can no longer open what it kept. */
export interface LostCheck { readonly at: number; readonly why?: NoReceipt; readonly was?: PastCheck }
/** What the service says, or `too_many`: the oldest gave way here; absent where the service says what this page does not know. */
export const NO_RECEIPT = ['too_late', 'not_ours', 'not_then', 'unreadable', 'too_many'] as const;
export type NoReceipt = typeof NO_RECEIPT[number];
/** What the checker can note of it: when (Unix seconds), which question, what this device said. */
export interface PastCheck { readonly at: number; readonly template: string; readonly outcome: string }
/** A receipt to be saved: `at` when the check was, Unix seconds; `template` its question; `told` by this device then, `found` by the service since; `saved` when it was first given as a file, Unix milliseconds. */
export interface ReadyReceipt { readonly id: string; readonly at: number; readonly receipt: string; readonly template: string; readonly told: string; readonly found: string; readonly saved?: number }
/** Questions as they were fetched. */
export interface Stock { readonly language: string; /** Unix milliseconds. */ readonly at: number; readonly list: readonly StoredQuestion[] }
export interface StoredQuestion {
  readonly template: string;
  /** What it asks for: compared also where no signed question is left. */
  readonly type: string;
  readonly required: readonly number[];
  /** Claims that must have one of these values. */
  readonly values: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** Signed challenges, each shown once. */
  readonly texts: readonly string[];
}

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('identity-verifier', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept');
    request.onsuccess = () => {
      request.result.onclose = request.result.onversionchange = () => { request.result.close(); opening = undefined; };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error('storage'));
  });
  opening.catch(() => { opening = undefined; });
  return opening;
}

export async function kept<K extends keyof Stored>(key: K): Promise<Stored[K] | undefined> {
  const request = (await open()).transaction('kept').objectStore('kept').get(key);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as Stored[K] | undefined);
    request.onerror = () => reject(request.error ?? new Error('storage'));
  });
}

/** Resolves when it is on disk. */
export const keep = <K extends keyof Stored>(key: K, value: Stored[K]): Promise<void> => keepAll({ [key]: value });

/** All of it or nothing. */
export async function keepAll(values: Partial<Stored>): Promise<void> {
  const transaction = (await open()).transaction('kept', 'readwrite', { durability: 'strict' });
  for (const [key, value] of Object.entries(values)) transaction.objectStore('kept').put(value, key);
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('storage'));
  });
}

/** One page at a time reads and then writes the same, also across tabs: no question is shown twice, and no older pack takes a newer one's place. */
export const alone = <T>(what: keyof Stored, work: () => Promise<T>): Promise<T> => navigator.locks ? navigator.locks.request(`identity-verifier-${what}`, work) as Promise<T> : work();
