import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembered, since } from './clock.ts';

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
