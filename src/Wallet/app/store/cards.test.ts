import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { addCards, cards, type Card } from './cards.ts';
import { useSpace } from './db.ts';

new MemoryDatabases().install();

test('a card that comes later is the newer one, also where the clock was found to be ahead in between', async () => {
  useSpace(crypto.randomUUID());
  const named = (id: string, receivedAt: number): Card => ({ id, vct: 'urn:x', issuer: { id: 'https://issuer.example', name: 'Issuer' }, claims: {}, receivedAt }) as unknown as Card;

  await addCards([{ card: named('first', 90_000), copies: [] }], 'none');
  await addCards([{ card: named('second', 30_000), copies: [] }, { card: named('third', 30_000), copies: [] }], 'none');
  await addCards([{ card: named('fourth', 95_000), copies: [] }], 'none');

  assert.deepEqual((await cards()).map(({ id }) => id), ['fourth', 'third', 'second', 'first']);
});
