/**
 * Who has a wallet on this phone: the name and sign that each person chose, in a database of its own, readable by everybody who opens the wallet. Empty where one person uses the
 * phone and nobody added a second. What belongs to a person lies in that person's space (`db.ts`), under that person's PIN.
 */
import { result } from './db.ts';

export interface Person {
  /** Name of the space. */
  readonly id: string;
  /** As the person wrote it. */
  readonly name: string;
  /** A picture (`privacy/sign.ts`), or `letter`. */
  readonly sign: string;
  /** What the first screens speak. */
  readonly language: string;
  /** Unix milliseconds. */
  readonly since: number;
}

const NAME = 'identity-wallet-persons';

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  if (!opening) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('persons', { keyPath: 'id' });
    opening = result(request);
    opening.catch(() => { opening = undefined; });
  }
  return opening;
}

/** Who came first stands first. */
export async function persons(): Promise<Person[]> {
  const all = await result<Person[]>((await open()).transaction('persons').objectStore('persons').getAll());
  return all.sort((a, b) => a.since - b.since);
}

async function change(step: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = (await open()).transaction('persons', 'readwrite', { durability: 'strict' });
  step(transaction.objectStore('persons'));
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('storage'));
  });
}

export const keepPerson = (person: Person): Promise<void> => change(store => store.put(person));

/** Takes a person off the list, and the emptied space off the disk. */
export async function removePerson(id: string): Promise<void> {
  await change(store => store.delete(id));
  indexedDB.deleteDatabase(id); // waits, if it must, until the last tab has closed it
}

/** One page at a time adds a person or takes a PIN away: nobody is ever beside an open wallet. */
export const amongPersons = <T>(work: () => Promise<T>): Promise<T> => (navigator.locks ? navigator.locks.request(NAME, work) as Promise<T> : work());
