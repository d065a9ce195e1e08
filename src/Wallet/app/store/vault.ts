/**
 * The lock. Without a PIN rows are stored in clear. With one, their bodies are sealed with AES-GCM under a random data
 * key that exists only in memory while unlocked and, wrapped by a key derived from the PIN, on disk. Holder keys are
 * non-extractable CryptoKeys and cannot be wrapped: the lock protects what the cards say, see README.md.
 */
import { latinDigits } from '../../../web/lib/digits.ts';
import { all, exclusively, get, spaceName, write, type Body, type Change, type Row, type StoreName } from './db.ts';
import { diaryPair, openSealedTo, sealTo, unwrapDiary, wrapDiary, type Diary } from './diary.ts';
import { waitAfter, waitUntil } from './tries.ts';

const ITERATIONS = 600_000;
const SEALED_STORES: readonly StoreName[] = ['cards', 'copies', 'history', 'pending', 'contracts', 'workplaces', 'shown'];
/** What the PIN may be asked for once more: whom the person met, and what they were promised. */
const DIARY_STORES: readonly StoreName[] = ['history', 'contracts', 'workplaces', 'shown'];

interface Lockbox extends Row {
  /** Names the data key: another tab may have taken the lock away and set a new one. */
  readonly key: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly wrapped: ArrayBuffer;
  /** Where the PIN is asked before the history. */
  readonly diary?: Diary;
  readonly failures: number;
  /** Milliseconds since 1970: no try is made before. */
  readonly notBefore: number;
}

let tabs: BroadcastChannel | undefined;
const otherTabs = (): BroadcastChannel => tabs ??= new BroadcastChannel(spaceName());

/** Calls `changed` when another tab of this wallet has set the lock or taken it away. */
export function onOtherTab(changed: () => void): void { otherTabs().onmessage = changed; }

let dataKey: CryptoKey | undefined;
let diaryKey: CryptoKey | undefined;
let lockbox: Lockbox | undefined;

/** Raised when something sealed is read while locked. */
export class Locked extends Error {}

export type Unlocking = { readonly outcome: 'open' } | { readonly outcome: 'wrong' } | { readonly outcome: 'wait'; readonly seconds: number };

/** Reads whether a PIN is set; call once at start and after another tab changed it. */
export async function load(): Promise<void> {
  const before = lockbox;
  lockbox = await get<Lockbox>('settings', 'lockbox');
  if (lockbox?.key !== before?.key) dataKey = undefined;
  if (String(lockbox?.diary?.iv) !== String(before?.diary?.iv)) diaryKey = undefined; // sealed to another key, or to none
}

export const hasPin = (): boolean => lockbox !== undefined;
export const isLocked = (): boolean => lockbox !== undefined && dataKey === undefined;
export function lock(): void { if (lockbox) dataKey = diaryKey = undefined; }

/** Whether the PIN is asked before history and contracts, and whether they are open now. */
export const guardsDiary = (): boolean => lockbox?.diary !== undefined;
export const isDiaryClosed = (): boolean => guardsDiary() && diaryKey === undefined;
export function closeDiary(): void { diaryKey = undefined; }

/** Tries a PIN; after wrong ones it must wait (`tries.ts`). */
export async function unlock(pin: string, now: number): Promise<Unlocking> {
  return exclusively(async () => {
    await load();
    if (!lockbox) return { outcome: 'open' };
    const until = waitUntil(lockbox.notBefore, now);
    if (until > now) {
      if (until !== lockbox.notBefore) await write([{ put: lockbox = { ...lockbox, notBefore: until }, in: 'settings' }]);
      return { outcome: 'wait', seconds: Math.ceil((until - now) / 1000) };
    }
    const key = await unwrap(lockbox, pin, false);
    const failures = key ? 0 : lockbox.failures + 1;
    const notBefore = failures === 0 ? 0 : now + waitAfter(failures);
    if (failures !== lockbox.failures || notBefore !== lockbox.notBefore) {
      lockbox = { ...lockbox, failures, notBefore };
      await write([{ put: lockbox, in: 'settings' }]);
    }
    dataKey = key;
    if (!key) diaryKey = undefined;
    return key ? { outcome: 'open' } : { outcome: 'wrong' };
  });
}

/** Opens history and contracts with the PIN, until {@link closeDiary} or the lock. Wrong tries count as at the lock. */
export async function openDiary(pin: string, now: number): Promise<Unlocking> {
  const unlocked = await unlock(pin, now);
  if (unlocked.outcome === 'open' && lockbox?.diary) diaryKey = await unwrapDiary(lockbox.diary, await derive(pin, lockbox.salt));
  return unlocked;
}

/**
 * From now on the PIN is asked before history and contracts, or no more: all of it is sealed anew in one transaction. While closed, what happens is sealed to a key whose
 * other half only the PIN opens: it is written down and cannot be read back, not even by the unlocked wallet.
 */
export async function guardDiary(guarded: boolean, pin: string, now: number): Promise<Unlocking> {
  const unlocked = await openDiary(pin, now);
  if (unlocked.outcome !== 'open' || !lockbox || guarded === guardsDiary()) return unlocked;
  await changing(async () => {
    const [box, data] = [lockbox, dataKey];
    if (!box || !data || guarded === guardsDiary()) return;
    const { diary: _, ...bare } = box;
    const pair = guarded ? await diaryPair() : undefined;
    const next: Lockbox = pair ? { ...bare, diary: await wrapDiary(pair, await derive(pin, box.salt)) } : bare;
    const changes: Change[] = [{ put: next, in: 'settings' }];
    for (const store of DIARY_STORES) for (const row of await all(store)) {
      const value = await openWith(data, store, row);
      changes.push({ put: { ...row, body: pair ? await sealTo(pair.publicKey, place(store, row.id), value) : await sealWith(data, store, row.id, value) }, in: store });
    }
    await write(changes);
    lockbox = next;
    diaryKey = pair && await unwrapDiary(next.diary!, await derive(pin, box.salt));
    otherTabs().postMessage('lock');
  });
  return unlocked;
}

/** Sets a first PIN: everything stored is sealed in one transaction. */
export async function setPin(pin: string): Promise<void> {
  await exclusively(async () => {
    await load();
    if (lockbox) throw new Error('pin_set');
    const extractable = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
    const box = await wrap(extractable, pin, crypto.randomUUID());
    const key = await keep(extractable);
    await write([...await rewrite(undefined, key), { put: box, in: 'settings' }]);
    lockbox = box;
    dataKey = key;
    otherTabs().postMessage('lock');
  });
}

/** Replaces the PIN. Wrong tries of the old one count as at the lock. */
export async function changePin(old: string, next: string, now: number): Promise<Unlocking> {
  const unlocked = await unlock(old, now);
  if (unlocked.outcome !== 'open') return unlocked;
  return changing(async () => {
    // Another tab may have taken the PIN away or changed it since, or guards history and contracts now.
    const extractable = lockbox && await unwrap(lockbox, old, true);
    if (!lockbox || !extractable) return { outcome: 'wrong' };
    const fresh = await wrap(extractable, next, lockbox.key);
    const diary = lockbox.diary && await wrapDiary(
      { publicKey: lockbox.diary.publicKey, privateKey: await unwrapDiary(lockbox.diary, await derive(old, lockbox.salt), true) }, await derive(next, fresh.salt));
    const box: Lockbox = { ...fresh, ...(diary && { diary }) };
    await write([{ put: box, in: 'settings' }]);
    lockbox = box;
    return { outcome: 'open' };
  });
}

/** Takes the lock away: everything is stored in clear again, in one transaction. */
export async function removePin(pin: string, now: number): Promise<Unlocking> {
  const unlocked = await guardDiary(false, pin, now);
  if (unlocked.outcome !== 'open' || !lockbox) return unlocked;
  await exclusively(async () => {
    await write([...await rewrite(dataKey, undefined), { remove: 'lockbox', in: 'settings' }]);
    lockbox = undefined;
    dataKey = undefined;
    otherTabs().postMessage('lock');
  });
  return { outcome: 'open' };
}

/** Runs a change alone and with a fresh view of the lock, so that nothing is stored in clear beside a PIN set in another tab. */
export const changing = <T>(work: () => Promise<T>): Promise<T> => exclusively(async () => { await load(); return work(); });

/** Seals `value` for the row `id` of `store`; the place is authenticated, so rows cannot be swapped. */
export async function seal(store: StoreName, id: string, value: unknown): Promise<Body> {
  if (!lockbox) return { clear: value };
  if (!dataKey) throw new Locked();
  if (lockbox.diary && DIARY_STORES.includes(store)) return sealTo(lockbox.diary.publicKey, place(store, id), value);
  return sealWith(dataKey, store, id, value);
}

/** Opens what {@link seal} made. Raises {@link Locked} while locked. */
export async function unseal<T>(store: StoreName, row: Row): Promise<T> {
  return await openWith(dataKey, store, row) as T;
}

async function rewrite(from: CryptoKey | undefined, to: CryptoKey | undefined): Promise<Change[]> {
  const changes: Change[] = [];
  for (const store of SEALED_STORES) {
    for (const row of await all(store)) {
      const value = await openWith(from, store, row);
      const body = to ? await sealWith(to, store, row.id, value) : { clear: value };
      changes.push({ put: { ...row, body }, in: store });
    }
  }
  return changes;
}

async function sealWith(key: CryptoKey, store: StoreName, id: string, value: unknown): Promise<Body> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: place(store, id) }, key, new TextEncoder().encode(JSON.stringify(value)));
  return { iv, sealed };
}

async function openWith(key: CryptoKey | undefined, store: StoreName, row: Row): Promise<unknown> {
  const body = row.body;
  if (!body) return undefined;
  if ('clear' in body) return body.clear;
  if ('from' in body) return openSealedTo(diaryKey ?? refuseLocked(), place(store, row.id), body);
  if (!key) throw new Locked();
  const bytes = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: body.iv, additionalData: place(store, row.id) }, key, body.sealed);
  return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
}

const refuseLocked = (): never => { throw new Locked(); };

const place = (store: StoreName, id: string) => new TextEncoder().encode(`identity-wallet/1/${store}/${id}`);

async function derive(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(latinDigits(pin.normalize('NFKC'))), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS }, secret, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);
}

async function wrap(key: CryptoKey, pin: string, name: string): Promise<Lockbox> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapped = await crypto.subtle.wrapKey('raw', key, await derive(pin, salt), { name: 'AES-GCM', iv });
  return { id: 'lockbox', key: name, salt, iv, wrapped, failures: 0, notBefore: 0 };
}

async function unwrap(box: Lockbox, pin: string, extractable: boolean): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.unwrapKey('raw', box.wrapped, await derive(pin, box.salt), { name: 'AES-GCM', iv: box.iv }, 'AES-GCM', extractable, ['encrypt', 'decrypt']);
  } catch {
    return undefined; // AES-GCM refuses the wrong key: the PIN is wrong
  }
}

/** The same key, no longer extractable. */
async function keep(key: CryptoKey): Promise<CryptoKey> {
  const raw = await crypto.subtle.exportKey('raw', key);
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}
