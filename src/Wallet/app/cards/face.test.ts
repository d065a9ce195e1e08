import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Card } from '../store/cards.ts';
import { goodFirst } from './face.ts';

const NOW = 1_790_000_000_000;
const card = (id: string, value?: 'valid' | 'revoked' | 'suspended' | 'unknown', expires?: number): { card: Card } =>
  ({ card: { id, ...(value && { status: { value, signedAt: NOW, fetchedAt: NOW } }), ...(expires !== undefined && { expires }) } as unknown as Card });

test('what counts stands before what has ended or expired, each as it stood: the newest first', () => {
  const cards = [card('revoked', 'revoked'), card('new', 'valid'), card('expired', 'valid', NOW / 1000), card('unknown', 'unknown'), card('suspended', 'suspended'), card('old', 'valid', NOW / 1000 + 1)];
  assert.deepEqual(goodFirst(cards, NOW).map(entry => entry.card.id), ['new', 'unknown', 'old', 'revoked', 'expired', 'suspended']);
});
