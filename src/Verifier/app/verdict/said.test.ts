import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CheckName, CheckResult, Verdict } from '../../../web/lib/verdict/verdict.ts';
import { vector } from '../../../web/lib/testkit/vectors.ts';
import { checkOf, explanationOf, ledgerWasRead, wordsOf } from './said.ts';

type Short = Omit<Verdict, 'checks'> & { checks: [CheckName, CheckResult, string][] };
const whole = (short: Short): Verdict => ({ ...short, checks: short.checks.map(([name, result, evidence]) => ({ name, result, evidence })) });
const judged = ['others', 'rolling', 'paper'].flatMap(file => (vector(`verdict/${file}.json`) as { cases: { name: string; verdict: Short }[] }).cases);
const valid = judged.map(({ name, verdict }) => ({ name, verdict: whole(verdict) })).filter(({ verdict }) => verdict.reason === 'valid');
const strings = `${process.env['IDENTITY_ROOT']}/src/web/strings`;
const languages = readdirSync(strings).flatMap(file => /^verdict\.(\w+)\.json$/.exec(file)?.[1] ?? []);
const texts = (area: string, language: string): Record<string, string> => JSON.parse(readFileSync(`${strings}/${area}.${language}.json`, 'utf8')) as Record<string, string>;

test('what a trust pack says to be valid is called recorded on the ledger only where the pack lists it', () => {
  assert.deepEqual(new Set(valid.map(({ verdict }) => wordsOf(verdict))), new Set(['valid', 'copy', 'paper']));
  for (const { name, verdict } of valid) {
    const listed = verdict.checks.find(check => check.name === 'ledger')!.result === 'passed';
    assert.equal(explanationOf(verdict), `${wordsOf(verdict)}${listed ? '' : '.offline'}.explanation`, name);
    assert.equal(checkOf('issuer_key', verdict, true), listed ? 'issuer_key' : 'issuer_key.offline', name);
    assert.equal(checkOf('status', verdict, true), 'status');
  }
  assert.ok(valid.some(({ verdict }) => explanationOf(verdict) === 'valid.offline.explanation') && valid.some(({ verdict }) => explanationOf(verdict) === 'valid.explanation'));
});

test('every language has these words, and "no trace was found" is said only where somebody looked', () => {
  assert.equal(languages.length, 15);
  for (const language of languages) {
    const verdicts = texts('verdict', language);
    for (const { verdict } of valid) assert.ok(verdicts[explanationOf(verdict)], `${language}: ${explanationOf(verdict)}`);
    for (const name of ['issuer_key', 'accreditation']) assert.ok(verdicts[`check.${name}.offline`], `${language}: ${name}`);
    assert.notEqual(texts('verifier', language)['ledger.unread'], texts('verifier', language)['ledger.none']);
  }
  const [{ verdict }] = valid as [(typeof valid)[number]];
  assert.ok(!ledgerWasRead(verdict, true));
  assert.ok(ledgerWasRead(verdict, false)); // the service, which has a copy of the ledger
  const without = (name: CheckName): Verdict => ({ ...verdict, checks: verdict.checks.map(check => check.name === name ? { ...check, result: 'not_checked' } : check) });
  assert.ok(!ledgerWasRead(without('format'), false) && !ledgerWasRead(without('data_age'), false));
});
