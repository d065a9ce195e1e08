import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createI18n, pickLanguage } from './i18n.ts';
import { claimText, type ClaimDefinition } from './types.ts';

const en = createI18n('en', { hello: 'Hello {name}', 'copies.one': '{count} copy', 'copies.other': '{count} copies' });
const ar = createI18n('ar', { hello: 'مرحبا {name}', 'copies.two': 'نسختان', 'copies.other': '{count} نسخة' }, { only: 'English only' });

test('the language is the chosen one, else the first of the browser that we have', () => {
  assert.equal(pickLanguage('ar', ['en-GB']), 'ar');
  assert.equal(pickLanguage(null, ['tl-PH', 'ar-EG', 'en']), 'ar');
  assert.equal(pickLanguage(null, ['fr-CA', 'ar-EG', 'en']), 'fr');
  assert.equal(pickLanguage('es-419', []), 'es');
  assert.equal(pickLanguage('xx', ['ne']), 'en');
});

test('values are isolated, unknown placeholders and keys are shown as they are', () => {
  assert.equal(en.t('hello', { name: 'أمينة' }), 'Hello \u2068أمينة\u2069');
  assert.equal(en.t('hello'), 'Hello {name}');
  assert.equal(en.t('missing.key'), 'missing.key');
  assert.equal(ar.t('only'), 'English only');
  assert.deepEqual([en.dir, ar.dir], ['ltr', 'rtl']);
});

test('plural forms follow the language', () => {
  assert.equal(en.plural('copies', 1), '\u20681\u2069 copy');
  assert.equal(en.plural('copies', 5), '\u20685\u2069 copies');
  assert.equal(ar.plural('copies', 2), 'نسختان');
  assert.equal(ar.plural('copies', 11), '\u206811\u2069 نسخة');
});

test('dates whole, by month and by year, in both languages with digits as on the paper', () => {
  assert.equal(en.date('1994-03-05'), '5 March 1994');
  assert.equal(en.date('1994-03'), 'March 1994');
  assert.equal(en.date('1994'), '1994');
  assert.equal(en.date('not a date'), 'not a date');
  assert.match(ar.date('1994-03-05'), /5 مارس.? 1994/);
  assert.equal(en.relative(1000 - 180, 1000), '3 minutes ago');
});

test('a time of day says in which zone', () => {
  const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(0).find(part => part.type === 'timeZoneName')!.value;
  assert.equal(en.dateTime(0).endsWith(` ${zone}`), true, en.dateTime(0));
  for (const lang of ['es', 'fr', 'ar'] as const) assert.match(createI18n(lang, {}).dateTime(1_700_000_000), /2023.*\d\d[:h]\d\d.*\S/);
});

test('claims are put into words by their kind', () => {
  const words = { yes: 'Yes', no: 'No' };
  const claim = (kind: ClaimDefinition['kind'], more: object = {}): ClaimDefinition => ({ name: 'x', key: 1, kind, display: { en: 'X' }, ...more });
  assert.equal(claimText(claim('boolean'), true, en, words), 'Yes');
  assert.equal(claimText(claim('countries'), ['FR', 'NO'], en, words), 'France, Norway');
  assert.equal(claimText(claim('country'), 'XTL', en, words), 'XTL');
  assert.equal(claimText(claim('enum', { values: { full: { en: 'Full time' } } }), 'full', ar, words), 'Full time');
  assert.equal(claimText(claim('year'), 2019, en, words), '2019');
  assert.equal(claimText(undefined, { a: 1 }, en, words), '{"a":1}');
});
