import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latinDigits } from './digits.ts';

test('digits of every script become Latin ones and nothing else changes', () => {
  assert.equal(latinDigits('٤٢ ০১২৩৪৫৬৭৮৯ ९ ၇ ႑ a1-½'), '42 0123456789 9 7 1 a1-½');
});
