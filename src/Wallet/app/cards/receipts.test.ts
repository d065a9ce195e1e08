import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outside } from '../../../web/lib/outside.ts';
import type { Card } from '../store/cards.ts';
import { fetchReceipt, receiptFile } from './receipts.ts';

const ENTRY = 'ab'.repeat(32);
const ANCHOR = { chainId: 10037, block: 812 };
const STATE = { format: 'identity-state-proof/1', consensus: 'qbft', header: `0x${'00'.repeat(60_000)}` };
const CARD = { vct: 'urn:x', issuer: { iss: 'https://college.example' } } as Card;

const answering = (body: object): Outside => ({ fetch: async () => new Response(JSON.stringify(body)), now: () => 0, random: length => new Uint8Array(length), development: false });

test('what proves the anchor is kept and stands in the file that a person keeps', async () => {
  const receipt = await fetchReceipt('https://college.example', ENTRY, answering({ proof: 'p', anchor: ANCHOR, state: STATE }));

  assert.deepEqual(receipt, { proof: 'p', anchor: ANCHOR, state: STATE });
  const file = JSON.parse(await receiptFile(CARD, { copies: [{ order: 0, entry: ENTRY, receipt }], reached: true }).text());
  assert.deepEqual(file.copies, [{ entry: ENTRY, proof: 'p', anchor: ANCHOR, state: STATE }]);
});

test('a receipt without it is one all the same, and the file says nothing of it', async () => {
  const receipt = await fetchReceipt('https://college.example', ENTRY, answering({ proof: 'p', anchor: ANCHOR }));

  assert.deepEqual(receipt, { proof: 'p', anchor: ANCHOR, state: null });
  assert.deepEqual(JSON.parse(await receiptFile(CARD, { copies: [{ order: 0, entry: ENTRY, receipt }], reached: true }).text()).copies, [{ entry: ENTRY, proof: 'p', anchor: ANCHOR }]);
});
