import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitAfter, waitUntil } from './tries.ts';

test('five tries are free, and no wait is longer than an hour', () => {
  assert.deepEqual([4, 5, 6, 11, 12, 90].map(waitAfter), [0, 30_000, 60_000, 1_920_000, 3_600_000, 3_600_000]);
});

test('a wait that was set by a clock turned ahead becomes an hour from now, and is not dropped', () => {
  const now = 1_790_000_000_000;
  assert.equal(waitUntil(now + 3_600_000, now), now + 3_600_000);
  assert.equal(waitUntil(now + 3_600_001, now), now + 3_600_000);
  assert.equal(waitUntil(now + 365 * 86_400_000, now), now + 3_600_000);
  assert.equal(waitUntil(now - 1, now), now - 1);
});
