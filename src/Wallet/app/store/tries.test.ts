import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitAfter, waitLeft } from './tries.ts';

test('five tries are free, and no wait is longer than an hour', () => {
  assert.deepEqual([4, 5, 6, 11, 12, 90].map(waitAfter), [0, 30_000, 60_000, 1_920_000, 3_600_000, 3_600_000]);
});

test('a wait that was set by a clock turned ahead shuts nobody out', () => {
  const now = 1_790_000_000_000;
  assert.equal(waitLeft(now + 3_600_000, now), 3_600_000);
  assert.equal(waitLeft(now + 3_600_001, now), 0);
  assert.equal(waitLeft(now - 1, now), 0);
});
