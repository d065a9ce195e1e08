/** The wallet's own storage on this device. Writes are durable before they are reported as done. */

export const STORES = ['cards', 'copies', 'history', 'settings', 'pending', 'contracts', 'workplaces', 'shown'] as const;
export type StoreName = (typeof STORES)[number];

/** The same fields everywhere: what may be read while locked lies beside `body`, everything else inside it. */
export interface Row {
  readonly id: string;
  readonly body?: Body;
  readonly [field: string]: unknown;
}

/** Sealed to a public key: `from` is the one-time key that it was sealed with (a raw P-256 point). */
export interface SealedTo { readonly from: ArrayBuffer; readonly iv: Uint8Array<ArrayBuffer>; readonly sealed: ArrayBuffer }

/** Stored content: in clear while no PIN is set, else AES-GCM under the wallet's data key, or sealed to the key of a guarded history. */
export type Body = { readonly clear: unknown } | { readonly iv: Uint8Array<ArrayBuffer>; readonly sealed: ArrayBuffer } | SealedTo;

/** The only person's space, or the first one's: the wallet as it is named where nobody added a second person. */
export const FIRST = 'identity-wallet';

let name: string | undefined;
let opening: Promise<IDBDatabase> | undefined;

/** From now on everything is read and written in this space: the database, its locks and the messages between tabs carry its name. */
export function useSpace(space: string): void {
  if (space === name) return;
  void opening?.then(db => db.close(), () => undefined);
  [name, opening] = [space, undefined];
}

/** Name of the space in use. Before one is chosen there is none, and nothing can be read. */
export function spaceName(): string {
  if (name === undefined) throw new Error('no_person');
  return name;
}

async function open(): Promise<IDBDatabase> {
  const space = spaceName();
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(space, 2);
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

/** What a request of a database gives. */
export const result = <T>(request: IDBRequest<T>): Promise<T> =>
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
  return navigator.locks ? navigator.locks.request(spaceName(), work) as Promise<T> : work();
}

/** Deletes the whole space from this device: the wallet of one person. */
export async function erase(): Promise<void> {
  await write(STORES.map(clear => ({ clear })));
}
