import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trustOf, type Plain } from '../../../web/lib/testkit/trusts.ts';
import { typeDefinitions, vector } from '../../../web/lib/testkit/vectors.ts';
import { examine } from '../../../web/lib/verdict/examine.ts';
import { DEFAULT_POLICY, type Verdict } from '../../../web/lib/verdict/verdict.ts';
import { wordsOf } from '../verdict/said.ts';
import { compared, doubted, gone, movedOn, standing as standingSince, type Seen, type Standing } from './clock.ts';

const NOON = 1_763_000_000;
const MADE = NOON - 3600;
const DAY = 86_400;
const standing = (seen: Seen, device: number, madeAt: number): Standing => standingSince(seen, device, madeAt, 'unknown');

test('a clock that agrees with the service is not doubted', () => {
  const seen = movedOn(compared(NOON, NOON + 20), NOON + 500);
  assert.deepEqual(standing(seen, NOON + 500, MADE), { time: NOON + 480, latest: NOON + 480, ahead: 20, isBack: false, isOff: false, isDoubtful: false });
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

test('what a clock was found to be wrong by is taken off, and believed while the clock goes on as it should', () => {
  for (const wrong of [180, -1500, 7200]) {
    const seen = compared(NOON, NOON + wrong);
    const later = (since: Parameters<typeof gone>): Standing => standingSince(seen, NOON + wrong + 600, MADE, gone(...since));
    assert.equal(later([undefined, { device: 0, running: 0 }]).time, NOON + 600);
    assert.ok(!later([{ device: 0, running: 0 }, { device: 600_000, running: 599_000 }]).isDoubtful);
    assert.ok(later([{ device: 0, running: 0 }, { device: 600_000, running: 60_000 }]).isDoubtful); // set, or asleep
    assert.ok(later([undefined, { device: 0, running: 0 }]).isDoubtful); // compared before this page was opened
  }
});

test('a clock that agreed is believed after a sleep and at the next start, not once it was set back', () => {
  const seen = compared(NOON, NOON + 20);
  for (const since of ['steady', 'on', 'unknown'] as const) assert.ok(!standingSince(seen, NOON + 600, MADE, since).isDoubtful);
  assert.ok(standingSince(seen, NOON + 600, MADE, gone({ device: 0, running: 0 }, { device: 0, running: 600_000 })).isDoubtful);
});

const verdict = (reason: Verdict['reason'], isRolling = false, isOld = false): Verdict =>
  ({ outcome: 'cannot_tell', reason, tone: 'grey', binding: 'none', checks: [{ name: 'data_age', result: isOld ? 'not_checked' : 'passed', evidence: '' }], rolling: isRolling ? { age: 0, clockUnsure: false } : null } as unknown as Verdict);
const SURE = standing(compared(NOON, NOON), NOON, MADE);
const OFF = standing(compared(NOON, NOON + 180), NOON + 180, MADE);
const BACK = standing(movedOn(compared(NOON, NOON), NOON + 4 * DAY), NOON, MADE);
const words = (one: Verdict, clock: typeof SURE): string => wordsOf(doubted(one, clock));

test('a code that stays open is laid to this clock while that is in doubt', () => {
  assert.equal(words(verdict('stale_data', true), OFF), 'clock_off');
  assert.equal(words(verdict('stale_data', true), BACK), 'clock_back');
  assert.equal(words(verdict('stale_data', true), SURE), 'stale_data');
});

test('what has another cause than the time keeps its words', () => {
  assert.equal(words(verdict('replayed'), OFF), 'replayed'); // an answer to another question
  assert.equal(words(verdict('replayed', true), SURE), 'replayed');
  assert.equal(words(verdict('revoked', true), OFF), 'revoked');
  assert.equal(words(verdict('stale_data'), OFF), 'stale_data');
  assert.equal(words(verdict('stale_data', true, true), OFF), 'stale_data'); // the pack is old
  assert.equal(words(verdict('stale_data'), BACK), 'clock_back');
});

test('Attack: a picture of a redrawn code as old as this clock is slow is not taken for fresh, and an honest code is not taken for old', async () => {
  const file = vector('verdict/rolling.json') as { trusts: Plain[]; cases: { leads: string; now: number; trust: number; text: string }[] };
  const one = file.cases.find(({ leads }) => leads === 'valid')!;
  const trust = await trustOf({ ...file.trusts[one.trust]!, headTime: one.now - 7200, goodUntil: one.now + DAY });
  for (const [wrong, drawn, expected] of [[-1500, 1500, 'replayed'], [-1500, 0, 'valid'], [180, 0, 'valid'], [180, 180, 'replayed']] as const) {
    const real = one.now + drawn; // so much after the code was drawn
    const seen = compared(real - 60, real - 60 + wrong);
    for (const since of ['steady', 'unknown'] as const) {
      const clock = standingSince(seen, real + wrong, trust.headTime, since);
      const { verdict: told } = await examine(one.text, { kind: 'shown' }, trust, typeDefinitions(), clock.time, DEFAULT_POLICY, clock);
      assert.equal(doubted(told, clock).reason, since === 'steady' ? expected : 'stale_data', `${wrong} ${drawn}`);
    }
  }
});
