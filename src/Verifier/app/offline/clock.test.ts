import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY, type Verdict } from '../../../web/lib/verdict/verdict.ts';
import { wordsOf } from '../verdict/said.ts';
import { compared, doubted, movedOn, standing } from './clock.ts';

const NOON = 1_763_000_000;
const MADE = NOON - 3600;
const DAY = 86_400;

test('a clock that agrees with the service is not doubted', () => {
  const seen = movedOn(compared(NOON, NOON + 20), NOON + 500);
  assert.deepEqual(standing(seen, NOON + 500, MADE), { latest: NOON + 480, ahead: 20, isBack: false, isOff: false });
});

test('a clock that differed, or was never compared, is in doubt', () => {
  assert.ok(standing(compared(NOON, NOON + 180), NOON + 180, MADE).isOff);
  assert.ok(standing(compared(NOON, NOON - 180), NOON - 180, MADE).isOff);
  assert.ok(standing({ latest: 0, ahead: null }, NOON, MADE).isOff);
});

test('Attack: a clock set back behind what it has seen, or behind its own pack, is found out', () => {
  const seen = movedOn(compared(NOON, NOON), NOON + 4 * DAY);
  assert.ok(standing(seen, NOON, MADE).isBack);
  assert.equal(standing(seen, NOON, MADE).latest, NOON + 4 * DAY);
  assert.ok(standing({ latest: 0, ahead: null }, MADE - 3600, MADE).isBack);
  assert.equal(movedOn(seen, NOON).latest, NOON + 4 * DAY); // and stays so
});

test('a clock that was wrong and is set right is not called set back', () => {
  for (const wrong of [180, -180, 7200, -7200]) {
    const seen = movedOn(compared(NOON, NOON + wrong), NOON + wrong + 600);
    assert.ok(!standing(seen, NOON + 700, MADE).isBack, `${wrong}`);
  }
});

test('Attack: a clock that was ahead when it was compared, and is set right, is watched all the same', () => {
  const ahead = compared(NOON, NOON + 4 * DAY);
  const right = movedOn(ahead, NOON + 600);
  assert.deepEqual(right, { latest: NOON + 600, ahead: null });
  assert.ok(standing(movedOn(right, NOON + 3 * DAY), NOON + 700, MADE).isBack);
});

test('the service takes back what the device believed by mistake', () => {
  const mistaken = movedOn(compared(NOON, NOON), NOON + 4 * 365 * DAY);
  assert.ok(standing(mistaken, NOON + 60, MADE).isBack);
  assert.ok(!standing(compared(NOON + 60, NOON + 60), NOON + 60, MADE).isBack);
});

const verdict = (reason: Verdict['reason'], age?: number): Verdict =>
  ({ outcome: 'not_valid', reason, tone: 'amber', binding: 'none', checks: [], rolling: age === undefined ? null : { age, clockUnsure: false } } as unknown as Verdict);
const SURE = standing(compared(NOON, NOON), NOON, MADE);
const OFF = standing(compared(NOON, NOON + 180), NOON + 180, MADE);
const BACK = standing(movedOn(compared(NOON, NOON), NOON + 4 * DAY), NOON, MADE);
const words = (one: Verdict, clock: typeof SURE, policy = DEFAULT_POLICY): string => wordsOf(doubted(one, clock, policy));

test('a code too old or too new is laid to this clock first while it is in doubt, and to the phone only while it is not', () => {
  for (const age of [200, -200]) {
    assert.equal(words(verdict('replayed', age), SURE), 'replayed');
    assert.equal(words(verdict('replayed', age), OFF), 'clock_off');
    assert.equal(words(verdict('replayed', age), BACK), 'clock_off');
  }
});

test('what has another cause than the time keeps its words', () => {
  assert.equal(words(verdict('replayed'), OFF), 'replayed'); // an answer to another question
  assert.equal(words(verdict('replayed', 10), OFF), 'replayed');
  assert.equal(words(verdict('replayed', 200), OFF, { ...DEFAULT_POLICY, requireChallenge: true }), 'replayed');
  assert.equal(words(verdict('revoked'), BACK), 'revoked');
  assert.equal(words(verdict('stale_data'), OFF), 'stale_data');
  assert.equal(words(verdict('stale_data'), BACK), 'clock_back');
});
