import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agreement, arrange, type AskedLine } from './consent.ts';

const line = (name: string, optional: boolean, sensitive: boolean): AskedLine => ({ id: name, name, label: name, value: name, optional, sensitive, extra: false, off: sensitive });

test('sensitive claims start off, also where the asker insists', () => {
  const agreement = new Agreement([line('title', false, false), line('awarded_on', true, false), line('sex', true, true), line('nationalities', false, true)]);

  assert.deepEqual(agreement.refused, ['sex', 'nationalities']);
  assert.deepEqual(agreement.missing.map(({ name }) => name), ['nationalities']);
});

test('a deliberate yes completes the answer', () => {
  const agreement = new Agreement([line('nationalities', false, true)]);

  agreement.set('nationalities', true);

  assert.deepEqual(agreement.missing, []);
  assert.deepEqual(agreement.refused, []);
});

test('what may be left out never blocks the answer', () => {
  const agreement = new Agreement([line('title', false, false), line('awarded_on', true, false)]);

  agreement.set('awarded_on', false);

  assert.deepEqual(agreement.missing, []);
  assert.deepEqual(agreement.refused, ['awarded_on']);
});

test('an answer of yes or no stands in for the date it comes from, and what goes beyond the registration is off and last', () => {
  const claims = [{ name: 'birth_date' }, { name: 'age_over_18', derived: 'age-over-18', derivedFrom: 'birth_date' }, { name: 'full_name' }];

  const lines = arrange([{ ...line('full_name', false, false), extra: true }, line('birth_date', true, false), line('age_over_18', true, false)], claims);
  const agreement = new Agreement(lines);

  assert.deepEqual(lines.map(({ name }) => name), ['age_over_18', 'full_name', 'birth_date']);
  assert.deepEqual(agreement.refused, ['full_name', 'birth_date']);
  assert.deepEqual(agreement.missing.map(({ name }) => name), ['full_name']);
});
