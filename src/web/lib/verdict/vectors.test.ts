import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenge } from '../compact/challenge.ts';
import { trustOf, type Plain } from '../testkit/trusts.ts';
import { typeDefinitions, vector } from '../testkit/vectors.ts';
import { examine, type Expectations } from './examine.ts';
import { CHECKS, DEFAULT_POLICY, REASONS, SURE, type Verdict } from './verdict.ts';

// Verdicts that the C# engine wrote down: tests/vectors/verdict. This one must give the same, to the word.
type Short = Omit<Verdict, 'checks'> & { checks: string[][] };
interface Case { name: string; shown?: true; requireChallenge?: true; text: string; challenge: string | null; otherValue: string | null; now: number; trust: number; holder: string | null; verdict: Short; leads: string }
const TYPES = typeDefinitions();
interface VectorFile { trusts: Plain[]; cases: Case[] }

function load(name: string): VectorFile {
  const file = vector(`verdict/${name}.json`) as VectorFile | undefined;
  assert.ok(file && file.cases.length > 0, `tests/vectors/verdict/${name}.json`);
  return file;
}

async function judge(one: Case, file: VectorFile): Promise<{ verdict: Short; holder: string | null }> {
  const expectations: Expectations = one.challenge === null ? { kind: one.shown ? 'shown' : 'file' }
    : { kind: 'challenge', question: await parseChallenge(one.challenge), ...(one.otherValue !== null && { asks: { met: false, evidence: one.otherValue } }) };
  const { verdict, holderThumbprint } = await examine(one.text, expectations, await trustOf(file.trusts[one.trust]!), TYPES, one.now, { ...DEFAULT_POLICY, requireChallenge: one.requireChallenge ?? false });
  return { verdict: { ...verdict, checks: verdict.checks.map(({ name, result, evidence }) => [name, result, evidence]) }, holder: holderThumbprint ?? null };
}

for (const name of ['reasons', 'pairs', 'others', 'rolling', 'paper']) {
  const file = load(name);
  for (const one of file.cases) {
    test(`verdict, ${name}: ${one.name}`, async () => {
      const { verdict, holder } = await judge(one, file);
      assert.equal(verdict.reason, one.leads);
      assert.deepEqual(verdict, one.verdict);
      assert.equal(holder, one.holder);
    });
  }
}

test('verdict: reasons that lead, in order, and all checks are those of the C# engine', () => {
  assert.deepEqual(load('reasons').cases.map(({ leads }) => leads), Object.keys(REASONS).filter(reason => !['wrong_audience', 'anchored_too_late', 'valid'].includes(reason)));
  assert.deepEqual(load('reasons').cases[0]!.verdict.checks.map(([check]) => check), CHECKS);
});

test('Attack: what has run past the pack is never green, whatever else is in order', async () => {
  const file = load('others');
  for (const one of file.cases.filter(({ leads }) => leads === 'valid')) {
    const late = { ...one, now: file.trusts[one.trust]!.goodUntil };
    const { verdict } = await judge(late, file);
    assert.notEqual(verdict.outcome, 'valid', one.name);
  }
});

test('Attack: what ran past the pack once stays open, whatever the clock shows afterwards', async () => {
  const file = load('others');
  for (const one of file.cases.filter(({ leads }) => leads === 'valid')) {
    const trust = await trustOf(file.trusts[one.trust]!);
    const expectations: Expectations = one.challenge === null ? { kind: 'file' } : { kind: 'challenge', question: await parseChallenge(one.challenge) };
    for (const clock of [{ ...SURE, latest: trust.goodUntil }, { ...SURE, latest: one.now + 3600, isBack: true }]) {
      const { verdict } = await examine(one.text, expectations, trust, TYPES, one.now, DEFAULT_POLICY, clock);
      assert.equal(verdict.outcome, 'cannot_tell', one.name);
    }
    const { verdict } = await examine(one.text, expectations, trust, TYPES, one.now, DEFAULT_POLICY, { ...SURE, latest: one.now });
    assert.equal(verdict.outcome, 'valid', one.name);
  }
});

test('a rolling code is neither proven nor replayed by a clock that is in doubt, and nothing else is touched by the doubt', async () => {
  for (const name of ['others', 'rolling', 'paper']) {
    const file = load(name);
    for (const one of file.cases.filter(({ challenge, requireChallenge, shown }) => !requireChallenge && (shown || challenge === null))) {
      const { verdict } = await examine(one.text, { kind: one.shown ? 'shown' : 'file' }, await trustOf(file.trusts[one.trust]!), TYPES, one.now, DEFAULT_POLICY, { ...SURE, isDoubtful: true });
      if (one.verdict.rolling === null) assert.equal(verdict.reason, one.leads, one.name);
      else if (one.leads === 'valid' || one.leads === 'replayed') assert.deepEqual([verdict.outcome, verdict.reason, verdict.binding], ['cannot_tell', 'stale_data', 'none'], one.name);
    }
  }
});

test('Attack: a registered key that is no point of the curve signs nothing', async () => {
  const file = load('others');
  const one = file.cases.find(({ name }) => name === 'in order, answered')!;
  const trust = structuredClone(file.trusts[one.trust]!);
  trust.keys[0]!.key = { ...trust.keys[0]!.key, y: 'A'.repeat(43) };
  const { verdict } = await judge({ ...one, trust: 0 }, { ...file, trusts: [trust] });
  assert.equal(verdict.reason, 'altered');
});
