import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOutside } from '../../../web/lib/outside.ts';
import { keepClock, remembered, since } from './clock.ts';
import { useSpace } from './db.ts';

const ASKED = { server: 1_790_000_000_000, device: 1_789_999_700_000, running: 5_000 }; // the phone is five minutes slow

test('the time goes on from what the server said, whatever the phone\'s clock says', () => {
  assert.deepEqual(since(ASKED, ASKED.device + 60_000, ASKED.running + 60_000), { time: 1_790_000_060, unsure: false, slow: 300 });
});

test('a clock that was turned meanwhile makes the time doubtful', () => {
  assert.equal(since(ASKED, ASKED.device + 3_660_000, ASKED.running + 60_000).unsure, true);
  assert.equal(since(ASKED, ASKED.device - 600_000, ASKED.running + 60_000).unsure, true);
});

test('a later start corrects by what was learnt, unless the clock went back or a month has gone by', () => {
  const row = { offset: 300_000, at: ASKED.device };
  assert.deepEqual(remembered(row, ASKED.device + 3_600_000), { time: 1_790_003_600, unsure: false, slow: 300 });
  assert.equal(remembered(row, ASKED.device - 1).unsure, true);
  assert.equal(remembered(row, ASKED.device + 31 * 24 * 3600_000).unsure, true);
  assert.deepEqual(remembered(undefined, 1_790_000_000_999), { time: 1_790_000_000, unsure: true, slow: 0 });
});

test('what a phone asks and signs has the time that the server told, however far its own clock is off', async () => {
  const kept: Record<string, unknown> = {};
  const answered = (result: unknown): object => {
    const request = { result, onsuccess: () => undefined };
    queueMicrotask(() => request.onsuccess());
    return request;
  };
  const transaction = (): object => {
    const one = { oncomplete: () => undefined, objectStore: () => ({ get: (id: string) => answered(kept[id]), put: (row: { id: string }) => { kept[row.id] = row; } }) };
    setTimeout(() => one.oncomplete());
    return one;
  };
  const right = Math.floor(Date.now() / 1000);
  const device = Date.now;
  Date.now = () => device() + 120_000;
  Object.assign(globalThis, {
    indexedDB: { open: () => answered({ transaction }) }, document: { addEventListener: () => undefined }, location: { hostname: 'localhost' },
    fetch: async (url: string) => new Response('', url === 'manifest.webmanifest' ? { headers: { date: new Date(device()).toUTCString() } } : {}),
  });
  Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });
  useSpace('clock');
  await keepClock();

  const outside = browserOutside();
  await outside.fetch('https://issuer.example/nonce', {});

  assert.ok(Math.abs(outside.now() - right) < 30, `${outside.now() - right} s`);
  assert.equal((kept['clock'] as { readonly offset: number }).offset < -90_000, true);
  Date.now = device;
});
