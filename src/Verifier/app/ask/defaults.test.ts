import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClaimDefinition } from '../../../web/lib/types.ts';
import { wishes } from './defaults.ts';

const claim = (name: string, facts: Partial<ClaimDefinition> = {}): ClaimDefinition => ({ name, key: 1, kind: 'text', display: {}, ...facts });

test('only what every credential of the type has is needed, the rest may be refused', () => {
  const claims = [claim('title', { mandatory: true }), claim('occupation'), claim('level_eqf'), claim('left_because', { sensitive: true })];

  assert.deepEqual([...wishes(['title', 'occupation', 'level_eqf', 'left_because'], claims)],
    [['title', 'required'], ['occupation', 'optional'], ['level_eqf', 'optional'], ['left_because', '']]);
});

test('no more are refusable than an answer may have combinations', () => {
  const names = ['title', 'a', 'b', 'c', 'd', 'e'];

  assert.deepEqual([...wishes(names, names.map(name => claim(name, { mandatory: name === 'title' }))).values()],
    ['required', 'optional', 'optional', 'optional', 'optional', '']);
});

test('where no claim is everybody’s, what is allowed is needed: a question for nothing would be answered by anything', () => {
  assert.deepEqual([...wishes(['age_over_18', 'sex'], [claim('age_over_18'), claim('sex', { sensitive: true })])], [['age_over_18', 'required'], ['sex', '']]);
});
