import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import { utf8 } from '../../../web/lib/bytes.ts';
import type { Verdict } from '../../../web/lib/verdict/verdict.ts';
import { forgetReceipts, prune, queue, receipts, savedReceipts, send } from './receipts.ts';

const HOUR = 3600_000;
const CHECKED = { outcome: 'valid', reason: 'valid', checks: [{ name: 'format', result: 'passed', evidence: '' }] } as unknown as Verdict;

/** Just so much of a browser that something is kept: one table, written when a transaction ends. */
const kept = new Map<string, unknown>();
const database = {
  close: () => undefined,
  transaction: () => {
    const writes = new Map<string, unknown>();
    const transaction = {
      oncomplete: () => undefined,
      objectStore: () => ({
        get: (key: string) => answered({ result: kept.get(key) }),
        put: (value: unknown, key: string) => void writes.set(key, value),
      }),
    };
    setTimeout(() => { for (const [key, value] of writes) kept.set(key, value); transaction.oncomplete(); });
    return transaction;
  },
};

function answered<T extends object>(request: T): T & { onsuccess: () => void } {
  const whole = { ...request, onsuccess: () => undefined };
  setTimeout(() => whole.onsuccess());
  return whole;
}

let now = 0;
/** What the service says of the checks that are sent; undefined: it is not there. Null: it cannot read them. */
let service: ((proofs: readonly string[]) => readonly object[] | null) | undefined;

Object.assign(globalThis, {
  indexedDB: { open: () => answered({ result: database }) },
  fetch: async (_: string, { body }: { readonly body: string }) => {
    if (!service) throw new TypeError('network');
    const answers = service((JSON.parse(body) as { readonly checks: readonly { readonly proof: string }[] }).checks.map(({ proof }) => proof));
    return { ok: answers !== null, status: answers ? 200 : 400, json: async () => answers };
  },
});
Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
Date.now = () => now;

beforeEach(() => { kept.clear(); now = Date.UTC(2026, 10, 23); service = undefined; });

const signed = (jti: string): object => ({ outcome: 'valid', reason: 'valid', receipt: `.${encodeBase64Url(utf8(JSON.stringify({ jti })))}.`, refused: null });
const refused = (why: string): object => ({ outcome: null, reason: null, receipt: null, refused: why });
const check = (proof: string): Promise<boolean> => queue(proof, undefined, 'diploma', CHECKED, Math.floor(now / 1000));
const counts = async (): Promise<readonly [waiting: number, lost: number, ready: number]> => {
  const { waiting, lost, ready } = await receipts();
  return [waiting, lost.length, ready.length];
};
const HERE = { at: Date.UTC(2026, 10, 23) / 1000, template: 'diploma', outcome: 'valid' };

test('a check waits until its receipt is signed', async () => {
  assert.equal(await check('IDP:A'), true);
  await send();
  assert.deepEqual(await counts(), [1, 0, 0]);

  service = proofs => proofs.map(signed);
  await send();

  assert.deepEqual(await counts(), [0, 0, 1]);
});

test('what could not even be read waits for nothing', async () => {
  assert.equal(await queue('HELLO', undefined, 'diploma', { ...CHECKED, checks: [] }, Math.floor(now / 1000)), false);
  assert.deepEqual(await counts(), [0, 0, 0]);
});

test('what waits too long is counted as lost, from the moment that it is lost', async () => {
  await check('IDP:A');
  now += 72 * HOUR;
  assert.deepEqual(await counts(), [0, 1, 0]);
  await prune();
  assert.deepEqual(await counts(), [0, 1, 0]);

  now += 71 * HOUR;
  assert.deepEqual(await counts(), [0, 1, 0]);
  now += HOUR;
  assert.deepEqual(await counts(), [0, 0, 0]);
});

test('the next check after too long does not sweep away what was lost', async () => {
  await check('IDP:A');
  now += 80 * HOUR;
  await check('IDP:B');
  assert.deepEqual(await counts(), [1, 1, 0]);
});

test('what the service calls too late counts as lost from now on, and what is ahead of its clock waits', async () => {
  await check('IDP:A');
  await check('IDP:B');
  now += 71 * HOUR;
  service = proofs => proofs.map(proof => refused(proof === 'IDP:A' ? 'too_late' : 'ahead'));
  await send();
  assert.deepEqual(await counts(), [1, 1, 0]);

  now += 2 * HOUR;
  await prune();
  assert.deepEqual(await counts(), [0, 2, 0]);
});

test('each check that the service refuses is told with the reason, its time, its question and what this device said', async () => {
  const reasons = ['too_late', 'not_ours', 'not_then', 'unreadable'] as const;
  for (const why of reasons) await check(why);
  service = proofs => proofs.map(refused);
  now += HOUR;
  await send();

  assert.deepEqual((await receipts()).lost, reasons.map(why => ({ at: now, why, was: HERE })));
});

test('for a reason that this page does not know yet it makes up none', async () => {
  await check('IDP:A');
  service = proofs => proofs.map(() => refused('newer'));
  await send();
  assert.deepEqual((await receipts()).lost, [{ at: now, was: HERE }]);
});

test('what waited too long can be noted down before and after it is taken away', async () => {
  await check('IDP:A');
  now += 72 * HOUR;
  assert.deepEqual((await receipts()).lost, [{ at: now, why: 'too_late', was: HERE }]);
  await prune();
  assert.deepEqual((await receipts()).lost, [{ at: now, why: 'too_late', was: HERE }]);
});

test('what this device can no longer open is told without what it was', async () => {
  await check('IDP:A');
  kept.set('seal', await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']));
  service = () => [];
  await send();
  assert.deepEqual((await receipts()).lost, [{ at: now, why: 'unreadable' }]);
});

test('what the service has no time for yet is told as ahead, until it is signed', async () => {
  await check('IDP:A');
  service = proofs => proofs.map(() => refused('ahead'));
  await send();
  assert.deepEqual([(await receipts()).waiting, (await receipts()).ahead], [1, 1]);

  service = proofs => proofs.map(signed);
  await send();
  assert.deepEqual([(await receipts()).ahead, await counts()], [0, [0, 0, 1]]);
});

test('of more checks than are kept, the oldest are lost, and told as such', async () => {
  for (let n = 0; n < 502; n++) await check(`IDP:${n}`);
  assert.deepEqual(await counts(), [500, 2, 0]);
  assert.deepEqual((await receipts()).lost.map(({ why, was }) => [why, was]), [['too_many', HERE], ['too_many', HERE]]);
});

test('of more receipts than are kept, those that were never given as a file are told as lost', async () => {
  service = proofs => proofs.map(signed);
  for (let n = 0; n < 500; n++) await check(`IDP:${n}`);
  await send();
  await check('IDP:500');
  await send();
  assert.deepEqual(await counts(), [0, 1, 500]);
  assert.deepEqual((await receipts()).lost, [{ at: now, why: 'too_many', was: HERE }]);
});

test('receipts given as a file stay until the person says that the file is there, or for 30 days', async () => {
  await check('IDP:A');
  await check('IDP:B');
  service = proofs => proofs.map(signed);
  await send();

  await savedReceipts(['IDP:A', 'IDP:B']);
  assert.deepEqual(await counts(), [0, 0, 2]);
  await forgetReceipts(['IDP:A']);
  assert.deepEqual(await counts(), [0, 0, 1]);

  now += 29 * 24 * HOUR;
  await savedReceipts(['IDP:B']); // once more does not make it younger
  await prune();
  assert.deepEqual(await counts(), [0, 0, 1]);
  now += 24 * HOUR;
  await prune();
  assert.deepEqual(await counts(), [0, 0, 0]);
});

test('receipts that were never given as a file stay', async () => {
  await check('IDP:A');
  service = proofs => proofs.map(signed);
  await send();
  now += 60 * 24 * HOUR;
  await prune();
  assert.deepEqual(await counts(), [0, 0, 1]);
});

test('a check that the service cannot read keeps no other waiting, and waits itself until the service can', async () => {
  for (let n = 0; n < 25; n++) await check(`IDP:${n}`);
  const batches: number[] = [];
  service = proofs => { batches.push(proofs.length); return proofs.includes('IDP:3') ? null : proofs.map(signed); };
  await send();
  assert.deepEqual([await counts(), (await receipts()).ahead], [[1, 0, 24], 0]);
  assert.ok(batches.length <= 22, `${batches.length} requests`); // a batch, each of it by itself, and the rest together

  service = proofs => proofs.map(signed);
  await send();
  assert.deepEqual(await counts(), [0, 0, 25]);
});
