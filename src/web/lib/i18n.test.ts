import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readdirSync, readFileSync } from 'node:fs';
import { createI18n, LANGUAGES, pickLanguage } from './i18n.ts';
import { LACKING, tablesOf } from '../tables.mjs';
import { claimLabel, claimText, learnTypes, typeName, type ClaimDefinition, type TypeDefinition } from './types.ts';
import { countryName } from './words.ts';

const en = createI18n('en', { hello: 'Hello {name}', 'copies.one': '{count} copy', 'copies.other': '{count} copies' });
const ar = createI18n('ar', { hello: 'مرحبا {name}', 'copies.two': 'نسختان', 'copies.other': '{count} نسخة' }, { only: 'English only' });

test('the language is the chosen one, else the first of the browser that we have', () => {
  assert.equal(pickLanguage('ar', ['en-GB']), 'ar');
  assert.equal(pickLanguage(null, ['xx', 'ar-EG', 'en']), 'ar');
  assert.equal(pickLanguage(null, ['tl-PH', 'ar-EG', 'en']), 'fil');
  assert.equal(pickLanguage(null, ['in-ID']), 'id');
  assert.equal(pickLanguage(null, ['fr-CA', 'ar-EG', 'en']), 'fr');
  assert.equal(pickLanguage('es-419', []), 'es');
  assert.equal(pickLanguage('xx', ['ne-NP']), 'ne');
  assert.equal(pickLanguage('xx', ['zz']), 'en');
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

test('languages that browsers have no data for bring their own months, spans and countries, with Latin digits', () => {
  const ne = createI18n('ne', tablesOf('ne'));
  assert.equal(ne.date('1994-03-05'), '1994 मार्च 5');
  assert.equal(ne.date('1994-03'), '1994 मार्च');
  assert.equal(ne.date('not a date'), 'not a date');
  assert.equal(ne.relative(1000 - 180, 1000), '3 मिनेट पहिले');
  assert.equal(ne.relative(0, 86_400), 'हिजो');
  assert.match(ne.dateTime(1_700_000_000), /^2023 नोभेम्बर 1[45] \d\d:\d\d \S/);
  assert.equal(countryName(ne, 'NP'), 'नेपाल');
  assert.equal(createI18n('si', tablesOf('si')).date('2026-01-31'), '2026 ජනවාරි 31');
  assert.equal(createI18n('my', tablesOf('my')).relative(0, 300), 'ပြီးခဲ့သည့် 5 မိနစ်');
  for (const language of LACKING) {
    const texts = tablesOf(language);
    assert.equal(texts['intl.months']!.split('|').length, 12);
    assert.ok(!/[A-Za-z]{4}/.test(Object.entries(texts).filter(([key]) => !key.startsWith('country.')).map(([, text]) => text.replace(/\{\w+\}/g, '')).join('')), language);
    assert.equal(createI18n(language, texts).date('2026-12-31').includes('31'), true);
  }
});

test('every further language names every type, claim and value, and every question', () => {
  const src = `${process.env['IDENTITY_ROOT']!}/src`;
  const read = (file: string): never => JSON.parse(readFileSync(`${src}/${file}`, 'utf8')) as never;
  const files = (folder: string): string[] => readdirSync(`${src}/${folder}`).filter(file => file.endsWith('.json')).map(file => `${folder}/${file}`);
  const types = files('Credentials/Types').flatMap(file => {
    const { name, display, claims } = read(file) as TypeDefinition;
    const more = display['en']!.description ? [`${name}:description`] : [];
    return [name, ...more, ...claims.flatMap(claim => [`${name}.${claim.name}`, ...Object.keys(claim.values ?? {}).map(value => `${name}.${claim.name}=${value}`)])];
  });
  const questions = files('Verifier/Policies/Templates').flatMap(file => ['title', 'description', 'purpose'].map(part => `${(read(file) as { name: string }).name}.${part}`));
  for (const language of LANGUAGES.filter(tag => !['en', 'es', 'fr', 'ar'].includes(tag))) {
    assert.deepEqual(Object.keys(read(`web/strings/types.${language}.json`)).sort(), [...types].sort(), language);
    assert.deepEqual(Object.keys(read(`web/strings/questions.${language}.json`)).sort(), [...questions].sort(), language);
  }
});

test('types are named in the language that was loaded', () => {
  const type = { vct: 'urn:x', name: 'permit', display: { en: { name: 'Work permit' } }, claims: [{ name: 'kind', key: 1, kind: 'enum' as const, display: { en: 'Kind' } as Record<string, string>, values: { full: { en: 'Full' } as Record<string, string> } }] };
  learnTypes([type], 'ne', { 'type.permit': 'श्रम स्वीकृति', 'type.permit.kind': 'प्रकार', 'type.permit.kind=full': 'पूरा' });
  assert.equal(typeName(type, 'ne'), 'श्रम स्वीकृति');
  assert.equal(claimLabel(type.claims[0], 'kind', 'ne'), 'प्रकार');
  assert.equal(claimText(type.claims[0], 'full', createI18n('ne', {}), { yes: '', no: '' }), 'पूरा');
  assert.equal(typeName(type, 'si'), 'Work permit');
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
