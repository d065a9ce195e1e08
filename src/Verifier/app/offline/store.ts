/** What these pages keep on this device for checking without a network. Nothing of it is about a person. */
export interface Stored {
  /** The newest trust pack, as a file. */
  pack: Uint8Array<ArrayBuffer>;
  questions: Stock;
}
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
export async function keep<K extends keyof Stored>(key: K, value: Stored[K]): Promise<void> {
  const transaction = (await open()).transaction('kept', 'readwrite', { durability: 'strict' });
  transaction.objectStore('kept').put(value, key);
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('storage'));
  });
}

/** One page at a time reads and then writes the same, also across tabs: no question is shown twice, and no older pack takes a newer one's place. */
export const alone = <T>(what: keyof Stored, work: () => Promise<T>): Promise<T> => navigator.locks ? navigator.locks.request(`identity-verifier-${what}`, work) as Promise<T> : work();
