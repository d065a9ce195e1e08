/**
 * Receipts of checks made without a network. The service signs only what it can check again, so what was read is kept until it is sent: encrypted under a key that no script
 * can read, 72 hours at most, then it is gone. Sent twice, a check gets a receipt of the same name; what is ready and what has still to be sent change in one transaction.
 */
import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import { fromUtf8, sha256, utf8 } from '../../../web/lib/bytes.ts';
import type { Verdict } from '../../../web/lib/verdict/verdict.ts';
import { payloadOf } from '../verdict/payload.ts';
import { alone, keepAll, kept, type QueuedCheck, type ReadyReceipt } from './store.ts';

/** What the service is sent. */
interface Check { readonly template: string; readonly challenge: string | undefined; readonly proof: string; readonly checkedAt: number; readonly outcome: string; readonly reason: string }
interface Answer { readonly outcome: string | null; readonly reason: string | null; readonly receipt: string | null }

const LONGEST = 72 * 3600_000;
const BATCH = 20;
const MOST = 500;
/** The same code before the camera again within this time, with the same result, is the same check. */
const SAME = 120_000;

const young = (queue: readonly QueuedCheck[] | undefined): QueuedCheck[] => (queue ?? []).filter(({ at }) => Math.abs(Date.now() - at) < LONGEST);

async function key(): Promise<CryptoKey> {
  const held = await kept('seal');
  if (held) return held;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await keepAll({ seal: made });
  return made;
}

/** Keeps a check to be signed for later; nothing where not even the form could be read. */
export async function queue(proof: string, challenge: string | undefined, template: string, verdict: Verdict): Promise<void> {
  if (verdict.checks.find(({ name }) => name === 'format')?.result !== 'passed') return;
  const at = Date.now();
  const check: Check = { template, challenge, proof, checkedAt: Math.floor(at / 1000), outcome: verdict.outcome, reason: verdict.reason };
  const id = encodeBase64Url(await sha256(`${verdict.reason} ${proof}`));
  await alone('queue', async () => {
    const held = young(await kept('queue'));
    if (held.some(one => one.id === id && at - one.at < SAME)) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), utf8(JSON.stringify(check)));
    await keepAll({ queue: [...held, { id, at, iv, sealed }].slice(-MOST) });
  });
}

/** Sends what waits. What was answered is taken from the queue in the transaction that keeps its receipt; without a network everything stays. */
export const send = (): Promise<void> => alone('receipts', async () => {
  await alone('queue', async () => keepAll({ queue: young(await kept('queue')) })); // what is too old goes, whether there is a network or not
  for (let batch = (await kept('queue') ?? []).slice(0, BATCH); batch.length > 0; batch = (await kept('queue') ?? []).slice(0, BATCH)) {
    const opened = await Promise.all(batch.map(open));
    const checks = opened.filter(check => check !== undefined);
    const answers = checks.length === 0 ? [] : await ask(checks);
    if (!answers) return;
    await alone('queue', async () => {
      const ready = new Map((await kept('receipts') ?? []).map(one => [one.id, one]));
      checks.forEach((check, i) => {
        const answer = answers[i];
        if (answer?.receipt) ready.set(payloadOf(answer.receipt).jti, { id: payloadOf(answer.receipt).jti, at: check.checkedAt, receipt: answer.receipt, told: check.outcome, found: answer.outcome ?? check.outcome });
      });
      const sent = new Set(batch.map(({ id, at }) => `${id} ${at}`));
      await keepAll({ receipts: [...ready.values()].slice(-MOST), queue: (await kept('queue') ?? []).filter(({ id, at }) => !sent.has(`${id} ${at}`)) });
    });
  }
});

/** How many wait, and what is ready to be saved. */
export async function receipts(): Promise<{ readonly waiting: number; readonly ready: readonly ReadyReceipt[] }> {
  return { waiting: young(await kept('queue')).length, ready: await kept('receipts') ?? [] };
}

/** Forgets receipts that were saved. */
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

async function ask(checks: readonly Check[]): Promise<readonly Answer[] | undefined> {
  try {
    const response = await fetch('/api/offline-receipts', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ checks }), cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(60_000),
    });
    return response.ok ? await response.json() as Answer[] : undefined;
  } catch {
    return undefined;
  }
}
