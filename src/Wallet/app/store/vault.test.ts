import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { useSpace } from './db.ts';
import { load, setPin, unlock } from './vault.ts';

new MemoryDatabases().install();
Object.defineProperty(globalThis, 'BroadcastChannel', { value: class { postMessage(): void { /* there is no other tab */ } } });
const HOUR = 3_600_000;

test('attack: turning the clock back after wrong PINs does not take the wait away, and an hour later the owner is let in', async () => {
  useSpace('turned');
  await setPin('271828');
  let now = 1_790_000_000_000;
  for (let i = 0; i < 5; i++) assert.equal((await unlock('000000', now)).outcome, 'wrong');
  now -= 3 * HOUR;
  for (let i = 0; i < 2; i++) assert.deepEqual(await unlock('000000', now), { outcome: 'wait', seconds: 3600 });
  await load(); // the page is loaded again, and the clock is right
  assert.equal((await unlock('271828', now + HOUR - 1)).outcome, 'wait');
  assert.equal((await unlock('271828', now + HOUR)).outcome, 'open');
});
