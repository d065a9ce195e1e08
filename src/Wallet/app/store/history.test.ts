import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { useSpace } from './db.ts';
import { events, record, type Event } from './history.ts';

new MemoryDatabases().install();

const event = (id: string, at: number): Event => ({ id, at, way: 'online', outcome: 'shared', asker: 'A', verified: '', purpose: '', shared: [] });

test('what happened last stands first, also where the clock was found to be ahead in between, and keeps its place when its receipt comes', async () => {
  useSpace(crypto.randomUUID());
  await record(event('first', 90_000));
  await record(event('second', 30_000));
  await record({ ...event('first', 90_000), receipts: ['text'] });
  await record(event('third', 30_000));

  assert.deepEqual((await events()).map(({ id, at }) => [id, at]), [['third', 30_000], ['second', 30_000], ['first', 90_000]]);
});
