/**
 * Receipts of checks made without a network. The service signs only what it can check again, so what was read is kept until it is sent: encrypted under a key that no script
 * can read, 72 hours at most, then it is gone, network or not. Of what got no receipt, the reason and when, what and with which result was checked are told for 72 hours from the moment that it is lost. Sent twice, a check gets a receipt of the same name; what is ready and what has still to be sent change in one transaction.
 */
import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import { fromUtf8, sha256, utf8 } from '../../../web/lib/bytes.ts';
import type { Verdict } from '../../../web/lib/verdict/verdict.ts';
import { payloadOf } from '../verdict/payload.ts';
import { alone, keepAll, kept, NO_RECEIPT, type LostCheck, type NoReceipt, type PastCheck, type QueuedCheck, type ReadyReceipt } from './store.ts';

/** What the service is sent. */
interface Check { readonly template: string; readonly challenge: string | undefined; readonly proof: string; readonly checkedAt: number; readonly outcome: string; readonly reason: string }
interface Answer { readonly outcome: string | null; readonly reason: string | null; readonly receipt: string | null; readonly refused: string | null }

const LONGEST = 72 * 3600_000;
/** A receipt that was given as a file stays this long, unless somebody says that the file is there. */
const SAVED = 30 * 24 * 3600_000;
const BATCH = 20;
const MOST = 500;
/** The same code before the camera again within this time, with the same result, is the same check. */
const SAME = 120_000;

const young = <T extends { readonly at: number }>(queue: readonly T[] | undefined): T[] => (queue ?? []).filter(({ at }) => Math.abs(Date.now() - at) < LONGEST);

async function key(): Promise<CryptoKey> {
  const held = await kept('seal');
  if (held) return held;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await keepAll({ seal: made });
  return made;
}

/** Keeps a check of the time `checkedAt` (Unix seconds, corrected) to be signed for later, and says whether it waits now: not where even the form could not be read. */
export async function queue(proof: string, challenge: string | undefined, template: string, verdict: Verdict, checkedAt: number): Promise<boolean> {
  if (verdict.checks.find(({ name }) => name === 'format')?.result !== 'passed') return false;
  const at = Date.now();
  const check: Check = { template, challenge, proof, checkedAt, outcome: verdict.outcome, reason: verdict.reason };
  const id = encodeBase64Url(await sha256(`${verdict.reason} ${proof}`));
  await alone('queue', async () => {
    const all = await kept('queue') ?? [];
    const held = young(all);
    if (held.some(one => one.id === id && at - one.at < SAME)) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), utf8(JSON.stringify(check)));
    const full = [...held, { id, at, iv, sealed }];
    const now = [...await lose(tooOld(all), 'too_late'), ...await lose(full.slice(0, -MOST), 'too_many')];
    await keepAll({ queue: full.slice(-MOST), lost: lost(await kept('lost'), now) });
  });
  return true;
}

const tooOld = (queue: readonly QueuedCheck[]): QueuedCheck[] => {
  const held = new Set(young(queue));
  return queue.filter(one => !held.has(one));
};

/** Those lost before and those lost now. */
const lost = (before: readonly LostCheck[] | undefined, now: readonly LostCheck[]): LostCheck[] => [...young(before), ...now].slice(-MOST);

const gone = (why: NoReceipt | undefined, was: PastCheck | undefined): LostCheck => ({ at: Date.now(), ...why && { why }, ...was && { was } });
const past = ({ checkedAt, template, outcome }: Check): PastCheck => ({ at: checkedAt, template, outcome });

const lose = (queued: readonly QueuedCheck[], why: NoReceipt): Promise<LostCheck[]> => Promise.all(queued.map(async one => {
  const check = await open(one);
  return gone(why, check && past(check));
}));

/** Takes away what waited too long, which is lost, and receipts that were saved long ago, whether there is a network or not. */
export const prune = (): Promise<void> => alone('queue', async () => {
  const [queue, ready] = [await kept('queue') ?? [], await kept('receipts') ?? []];
  const late = tooOld(queue);
  if (late.length > 0) await keepAll({ queue: young(queue), lost: lost(await kept('lost'), await lose(late, 'too_late')) });
  const fresh = ready.filter(({ saved }) => saved === undefined || Date.now() - saved < SAVED);
  if (fresh.length < ready.length) await keepAll({ receipts: fresh });
});

/**
 * Sends what waits. What was answered is taken from the queue in the transaction that keeps its receipt; without a network everything stays, and so does what is ahead of the
 * service's clock. A batch that the service cannot read goes once more one by one: what it cannot read by itself waits, and keeps nothing else waiting.
 */
export const send = (): Promise<void> => alone('receipts', async () => {
  await prune();
  const early = new Set<string>();
  const ahead = new Set<string>();
  const single = new Set<string>();
  const next = async (): Promise<QueuedCheck[]> => {
    const open = (await kept('queue') ?? []).filter(one => !early.has(nameOf(one)));
    return single.has(nameOf(open[0] ?? NONE)) ? open.slice(0, 1) : open.slice(0, BATCH);
  };
  for (let batch = await next(); batch.length > 0; batch = await next()) {
    const opened = await Promise.all(batch.map(async one => ({ one, check: await open(one) })));
    const checks = opened.flatMap(({ check }) => check ?? []);
    const answers = checks.length === 0 ? [] : await ask(checks);
    if (answers === 'unread') {
      const mark = batch.length > 1 ? single : early;
      batch.map(nameOf).forEach(name => mark.add(name));
      continue;
    }
    if (!answers) return;
    await alone('queue', async () => {
      const ready = new Map((await kept('receipts') ?? []).map(one => [one.id, one]));
      const refused: LostCheck[] = [];
      let asked = 0;
      opened.forEach(({ one, check }) => {
        const answer = check && answers[asked++];
        if (answer?.refused === 'ahead') [early, ahead].forEach(mark => mark.add(nameOf(one)));
        else if (!answer?.receipt) refused.push(check ? gone(NO_RECEIPT.find(why => why === answer?.refused), past(check)) : gone('unreadable', undefined));
        if (check && answer?.receipt) {
          const id = payloadOf(answer.receipt).jti;
          ready.set(id, { id, at: check.checkedAt, receipt: answer.receipt, template: check.template, told: check.outcome, found: answer.outcome ?? check.outcome });
        }
      });
      const sent = new Set(batch.map(nameOf).filter(name => !early.has(name)));
      const all = [...ready.values()];
      const pushedOut = all.slice(0, -MOST).filter(({ saved }) => saved === undefined).map(({ at, template, told }) => gone('too_many', { at, template, outcome: told }));
      const queue = (await kept('queue') ?? []).filter(one => !sent.has(nameOf(one))).map(one => ahead.has(nameOf(one)) ? { ...one, ahead: true } : one);
      await keepAll({ receipts: all.slice(-MOST), lost: lost(await kept('lost'), [...refused, ...pushedOut]), queue });
    });
  }
});

const NONE = { id: '', at: 0 };
const nameOf = ({ id, at }: Pick<QueuedCheck, 'id' | 'at'>): string => `${id} ${at}`;

/** How many wait, how many of them for the service's clock, what was lost in the last 72 hours, and what is ready to be saved. */
export async function receipts(): Promise<{ readonly waiting: number; readonly ahead: number; readonly lost: readonly LostCheck[]; readonly ready: readonly ReadyReceipt[] }> {
  const queue = await kept('queue') ?? [];
  const waiting = young(queue);
  return { waiting: waiting.length, ahead: waiting.filter(({ ahead }) => ahead).length, lost: lost(await kept('lost'), await lose(tooOld(queue), 'too_late')), ready: await kept('receipts') ?? [] };
}

/** They were given as a file: whether it arrived, the person says later (`forgetReceipts`). */
export const savedReceipts = (ids: readonly string[]): Promise<void> =>
  alone('queue', async () => keepAll({ receipts: (await kept('receipts') ?? []).map(one => ids.includes(one.id) ? { ...one, saved: one.saved ?? Date.now() } : one) }));

/** Forgets receipts whose file is there. */
export const forgetReceipts = (ids: readonly string[]): Promise<void> =>
  alone('queue', async () => keepAll({ receipts: (await kept('receipts') ?? []).filter(({ id }) => !ids.includes(id)) }));

// Sealed under a key that is gone: nobody can read it, nobody can sign for it.
async function open({ iv, sealed }: QueuedCheck): Promise<Check | undefined> {
  try {
    return JSON.parse(fromUtf8(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await key(), sealed)))) as Check;
  } catch {
    return undefined;
  }
}

/** Undefined where the service cannot be reached, or has no time; `unread` where it takes what was sent for no checks, as an older one does a word that it does not know. */
async function ask(checks: readonly Check[]): Promise<readonly Answer[] | 'unread' | undefined> {
  try {
    const response = await fetch('/api/offline-receipts', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ checks }), cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(60_000),
    });
    if (response.status === 400) return 'unread';
    return response.ok ? await response.json() as Answer[] : undefined;
  } catch {
    return undefined;
  }
}
