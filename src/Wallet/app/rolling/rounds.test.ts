import assert from 'node:assert/strict';
import { test } from 'node:test';
import { due } from './rounds.ts';

const START = 1_790_000_000_000;
const after = (seconds: number): number => START + seconds * 1000;
const first = { startedAt: START, drawnAt: START, drawn: 1 };

test('a code stands for 20 seconds and tells how many are left', () => {
  assert.equal(due(first, after(0)), 20);
  assert.equal(due(first, after(19.9)), 1);
  assert.equal(due(first, after(20)), 'renew');
});

test('a phone that comes back after a minute draws anew, however few ticks it counted', () => {
  assert.equal(due(first, after(60)), 'renew');
  assert.equal(due({ ...first, drawnAt: after(60), drawn: 2 }, after(61)), 19);
});

test('after three minutes the person says that it goes on, also where the phone slept meanwhile', () => {
  assert.equal(due({ ...first, drawnAt: after(160), drawn: 9 }, after(179)), 1);
  assert.equal(due({ ...first, drawnAt: after(160), drawn: 9 }, after(180)), 'over');
  assert.equal(due(first, after(180)), 'over');
});

test('a clock that is set back draws anew, and adds no time to the three minutes for ever', () => {
  assert.equal(due(first, after(-3600)), 'renew');
  assert.equal(due({ ...first, drawnAt: after(-3600), drawn: 9 }, after(-3580)), 'over');
});
