import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agreement, type AskedLine } from './consent.ts';

const line = (name: string, optional: boolean, sensitive: boolean): AskedLine => ({ id: name, name, label: name, value: name, optional, sensitive });

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
