import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOutdone, worsened } from './status.ts';

const LIST = { value: 'valid', signedAt: 1_000, fetchedAt: 2_000 } as const;

test('what the issuer tells its holder makes a card worse', () => {
  assert.deepEqual(worsened(LIST, 'revoked', 5_000), { value: 'revoked', signedAt: 5_000, fetchedAt: 5_000 });
  assert.deepEqual(worsened(undefined, 'suspended', 5_000), { value: 'suspended', signedAt: 5_000, fetchedAt: 5_000 });
});

test('attack: an answer that says better than the signed list changes nothing', () => {
  assert.equal(worsened({ ...LIST, value: 'revoked' }, 'valid', 5_000), undefined);
  assert.equal(worsened({ ...LIST, value: 'revoked' }, 'suspended', 5_000), undefined);
  assert.equal(worsened({ ...LIST, value: 'suspended' }, 'valid', 5_000), undefined);
});

test('the list that was there before does not undo what was told, a newer one does', () => {
  const told = worsened(LIST, 'suspended', 500)!; // on a phone whose clock is slow

  assert.ok(isOutdone(LIST, told));
  assert.ok(isOutdone({ ...LIST, value: 'unknown' }, told));
  assert.ok(!isOutdone({ ...LIST, signedAt: told.signedAt }, told));
  assert.ok(!isOutdone({ ...LIST, value: 'revoked', signedAt: 1 }, told));
});
