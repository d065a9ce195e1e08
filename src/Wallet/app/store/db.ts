/** The wallet's own storage on this device. Writes are durable before they are reported as done. */

export const STORES = ['cards', 'copies', 'history', 'settings', 'pending', 'contracts', 'workplaces', 'shown'] as const;
export type StoreName = (typeof STORES)[number];

/** The same fields everywhere: what may be read while locked lies beside `body`, everything else inside it. */
export interface Row {
  readonly id: string;
  readonly body?: Body;
  readonly [field: string]: unknown;
}

/** Stored content: in clear while no PIN is set, else AES-GCM under the wallet's data key. */
export type Body = { readonly clear: unknown } | { readonly iv: Uint8Array<ArrayBuffer>; readonly sealed: ArrayBuffer };

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('identity-wallet', 2);
    request.onupgradeneeded = () => {
      const db = request.result;
      for (const name of STORES) {
        if (db.objectStoreNames.contains(name)) continue; // a wallet from before this store
        const store = db.createObjectStore(name, { keyPath: 'id' });
        if (name === 'copies') store.createIndex('card', 'card');
      }
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error('storage'));
    request.onblocked = () => reject(new Error('storage_blocked'));
  });
  opening.catch(() => { opening = undefined; });
  return opening;
}

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('storage'));
  });

export async function get<T extends Row>(store: StoreName, id: string): Promise<T | undefined> {
  const db = await open();
  return result<T | undefined>(db.transaction(store).objectStore(store).get(id));
}

export async function all<T extends Row>(store: StoreName): Promise<T[]> {
  const db = await open();
  return result<T[]>(db.transaction(store).objectStore(store).getAll());
}

export async function copiesOf<T extends Row>(card: string): Promise<T[]> {
  const db = await open();
  return result<T[]>(db.transaction('copies').objectStore('copies').index('card').getAll(card));
}

/** One change of one transaction. */
export type Change =
  | { readonly put: Row; readonly in: StoreName }
  | { readonly remove: string; readonly in: StoreName }
  | { readonly clear: StoreName };

/** Applies all changes or none; resolves when they are on disk. */
export async function write(changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const db = await open();
  const stores = [...new Set(changes.map(change => ('clear' in change ? change.clear : change.in)))];
  const transaction = db.transaction(stores, 'readwrite', { durability: 'strict' });
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('storage'));
    transaction.onerror = () => reject(transaction.error ?? new Error('storage'));
  });
  for (const change of changes) {
    if ('clear' in change) transaction.objectStore(change.clear).clear();
    else if ('put' in change) transaction.objectStore(change.in).put(change.put);
    else transaction.objectStore(change.in).delete(change.remove);
  }
  await done;
}

/** Lets one page at a time read-then-write, also across tabs. */
export function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('identity-wallet', work) as Promise<T> : work();
}

/** Deletes the whole wallet from this device. */
export async function erase(): Promise<void> {
  await write(STORES.map(clear => ({ clear })));
}
