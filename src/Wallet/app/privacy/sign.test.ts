import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterOf } from './sign.ts';

test('the letter of a name is its first one as its script has it, with its marks', () => {
  assert.equal(letterOf('  amina '), 'A');
  assert.equal(letterOf('सीता'), 'सी');
  assert.equal(letterOf('أمينة'), 'أ');
  assert.equal(letterOf('   '), '?');
});
