/**
 * As much of IndexedDB as the wallet's storage asks for, in memory. `step` runs before and after each transaction that writes: when it throws, the transaction
 * fails there, before it was written or after.
 */
export class MemoryDatabases {
  step: () => void = () => undefined;
  private readonly databases = new Map<string, Map<string, Map<string, Row>>>();

  /** Becomes the `indexedDB` of this process, and `navigator` and its locks, which tests have to themselves. */
  install(): this {
    Object.defineProperty(globalThis, 'indexedDB', { value: this, configurable: true });
    Object.defineProperty(globalThis, 'navigator', { value: { onLine: true, locks: { request } }, configurable: true });
    return this;
  }

  open(name: string): unknown {
    const created = !this.databases.has(name);
    const stores = this.databases.get(name) ?? new Map<string, Map<string, Row>>();
    this.databases.set(name, stores);
    const database = {
      objectStoreNames: { contains: (store: string) => stores.has(store) },
      createObjectStore: (store: string) => { stores.set(store, new Map()); return { createIndex: () => undefined }; },
      transaction: (_: string | readonly string[], mode = 'readonly') => this.transaction(stores, mode),
      close: () => undefined,
    };
    return later<Opening>({ result: database }, request => {
      if (created) request.onupgradeneeded?.();
      request.onsuccess?.();
    });
  }

  private transaction(stores: Map<string, Map<string, Row>>, mode: string): unknown {
    const changes: (() => void)[] = [];
    const reading = <T>(value: () => T): unknown => later<Opening>({ result: value() }, request => request.onsuccess?.());
    const transaction: Transaction = {
      objectStore: name => {
        const rows = stores.get(name)!;
        return {
          get: (id: string) => reading(() => rows.get(id)),
          getAll: () => reading(() => [...rows.values()]),
          index: (field: string) => ({ getAll: (value: unknown) => reading(() => [...rows.values()].filter(row => row[field] === value)) }),
          put: (row: Row, key = row.id) => void changes.push(() => rows.set(key, { ...row })),
          delete: (id: string) => void changes.push(() => rows.delete(id)),
          clear: () => void changes.push(() => rows.clear()),
        };
      },
    };
    if (mode === 'readwrite') queueMicrotask(() => {
      try {
        this.step();
        for (const change of changes) change();
        this.step();
        transaction.oncomplete?.();
      } catch (error) {
        transaction.error = error;
        transaction.onabort?.();
      }
    });
    return transaction;
  }
}

/** One at a time for each name, in the order of asking (Web Locks). */
const held = new Map<string, Promise<unknown>>();
function request<T>(name: string, work: () => Promise<T>): Promise<T> {
  const mine = (held.get(name) ?? Promise.resolve()).then(work);
  held.set(name, mine.catch(() => undefined));
  return mine;
}

interface Row { readonly id: string; readonly [field: string]: unknown }
interface Opening { readonly result: unknown; onsuccess?: () => void; onupgradeneeded?: () => void }
interface Transaction { objectStore: (name: string) => unknown; oncomplete?: () => void; onabort?: () => void; error?: unknown }

function later<T>(request: T, answer: (request: T) => void): T {
  queueMicrotask(() => answer(request));
  return request;
}
