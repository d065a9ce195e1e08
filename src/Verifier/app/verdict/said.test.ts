import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CheckName, CheckResult, Verdict } from '../../../web/lib/verdict/verdict.ts';
import { vector } from '../../../web/lib/testkit/vectors.ts';
import { GAPS } from '../../../web/lib/accreditation/scope.ts';
import { accreditorOf, checkOf, explanationOf, ledgerWasRead, limitsOf, missingOf, wordsOf } from './said.ts';

type Short = Omit<Verdict, 'checks'> & { checks: [CheckName, CheckResult, string][] };
const whole = (short: Short): Verdict => ({ ...short, checks: short.checks.map(([name, result, evidence]) => ({ name, result, evidence })) });
const judged = ['others', 'rolling', 'paper'].flatMap(file => (vector(`verdict/${file}.json`) as { cases: { name: string; verdict: Short }[] }).cases);
const valid = judged.map(({ name, verdict }) => ({ name, verdict: whole(verdict) })).filter(({ verdict }) => verdict.reason === 'valid');
const strings = `${process.env['IDENTITY_ROOT']}/src/web/strings`;
const languages = readdirSync(strings).flatMap(file => /^verdict\.(\w+)\.json$/.exec(file)?.[1] ?? []);
const texts = (area: string, language: string): Record<string, string> => JSON.parse(readFileSync(`${strings}/${area}.${language}.json`, 'utf8')) as Record<string, string>;

test('what a trust pack says to be valid is called recorded on the ledger only where the pack lists it', () => {
  assert.deepEqual(new Set(valid.map(({ verdict }) => wordsOf(verdict))), new Set(['valid', 'copy', 'paper', 'valid_as_of']));
  for (const { name, verdict } of valid) {
    const listed = verdict.checks.find(check => check.name === 'ledger')!.result === 'passed';
    assert.equal(explanationOf(verdict), `${wordsOf(verdict)}${listed || wordsOf(verdict) === 'valid_as_of' ? '' : '.offline'}.explanation`, name);
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

test('every reason for which somebody was not entitled has words that name who, in every language, and each limit a name', () => {
  for (const language of languages) {
    const verdicts = texts('verdict', language);
    for (const reason of GAPS) assert.match(verdicts[`entitlement.failed.${reason}`] ?? '', /\{organisation\}/, `${language}: ${reason}`);
    for (const reason of ['over', 'withdrawn', 'not_yet', 'closed']) assert.match(verdicts[`entitlement.failed.${reason}`]!, /\{allowed\}.*\{at\}|\{at\}.*\{allowed\}/, `${language}: ${reason}`);
    for (const group of [...Array(11).keys()].map(n => `field.${String(n).padStart(2, '0')}`).concat([...Array(10).keys()].map(n => `occupation.${n}`))) assert.ok(verdicts[group], `${language}: ${group}`);
    for (const limit of ['kind', 'level', 'field', 'occupation', 'jurisdiction', 'on_behalf_of']) assert.ok(verdicts[`entitlement.limit.${limit}`], `${language}: ${limit}`);
  }
});

const LINK = { number: 1, name: 'Ministry', id: '', country: 'XT', contact: null, right: ['accredit'], scope: null, scopeId: '', from: '', until: null, withdrawnAt: null, grantedAt: '' } as const;

test('whom to ask is whoever gave the accreditation that fails; of a root itself, and of one that nobody gave nobody', () => {
  const chain = [LINK, { ...LINK, name: 'Board' }, { ...LINK, name: 'College' }];
  const asked = (link: number | null): string | undefined => accreditorOf({ entitled: false, chain: link === null ? [] : chain, notShown: [], failure: { link, organisation: '', reason: 'over', stated: null, allowed: null, at: null } })?.name;
  assert.deepEqual([null, 0, 1, 2].map(asked), [undefined, 'Ministry', 'Ministry', 'Board']);
});

test('the line of a chain tells what every link leaves, not what the last one claims', () => {
  const chain = [{ ...LINK, scope: { eqf: [2, 6], fields: ['07'], v: 1 } }, { ...LINK, scope: { eqf: [1, 5], nqf: { XTQF: [2, 4] }, v: 1 } }, { ...LINK, scope: { eqf: [1, 8], nqf: { XTQF: [1, 6], XNQF: [3, 3] }, fields: ['0715'], v: 1 } }, LINK] as const;
  assert.deepEqual(limitsOf(chain), { eqf: [2, 5], nqf: { XTQF: [2, 4], XNQF: [3, 3] }, fields: ['0715'], occupations: [] });
  assert.equal(limitsOf([LINK]).eqf, undefined);
});

test('what was asked for and is not shown is named, and nothing else is taken for a name', () => {
  const asks = (result: CheckResult, evidence: string): Verdict => ({ ...valid[0]!.verdict, checks: [{ name: 'asks', result, evidence }] });
  assert.deepEqual(missingOf(asks('failed', 'claims not shown: title, level_eqf')), ['title', 'level_eqf']);
  for (const verdict of [asks('failed', 'another type than was asked for'), asks('passed', 'claims not shown: title')]) assert.deepEqual(missingOf(verdict), []);
});

test('what was in force when its issuer closed says so, unless it is a copy, a paper or not valid', () => {
  const closing = { at: '', depositary: null, acceptedAt: null, asOf: '2026-01-31T00:00:00Z', final: true };
  const words = (reason: string, binding: string): string => wordsOf({ reason, binding, closing });
  assert.deepEqual([words('valid', 'challenge'), words('valid', 'none'), words('valid', 'paper'), words('revoked', 'challenge')], ['valid_as_of', 'copy', 'paper', 'revoked']);
  assert.equal(wordsOf({ reason: 'valid', binding: 'challenge', closing: { ...closing, asOf: null, final: false } }), 'valid');
  assert.equal(explanationOf({ ...valid[0]!.verdict, binding: 'challenge', closing }), 'valid_as_of.explanation');
});

test('a record that too few witnesses confirm has words of its own, and only then', () => {
  const ledger = (count: number): Verdict['ledger'] => ({ witnesses: { count, required: 2 } }) as unknown as Verdict['ledger'];
  const words = (reason: string, count: number): string => wordsOf({ reason, binding: 'none', ledger: ledger(count) });
  assert.deepEqual([words('not_anchored', 1), words('not_anchored', 2), words('revoked', 1), wordsOf({ reason: 'not_anchored', binding: 'none', ledger: null })], ['unwitnessed', 'not_anchored', 'revoked', 'not_anchored']);
});
