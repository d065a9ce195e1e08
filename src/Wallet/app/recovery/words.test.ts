import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sixDigits } from './words.ts';

const TYPED = { Latin: '123456', Arabic: '١٢٣٤٥٦', Urdu: '۱۲۳۴۵۶', Devanagari: '१२३४५६', Bengali: '১২৩৪৫৬', Tamil: '௧௨௩௪௫௬', Burmese: '၁၂၃၄၅၆', spaced: ' 123 456 ', dashed: '12-34-56' };

for (const [script, typed] of Object.entries(TYPED)) test(`six digits of a message are read as they were typed: ${script}`, () => assert.equal(sixDigits(typed), '123456'));

test('what has not six digits never leaves the phone', () => {
  for (const typed of ['', ' ', '12345', '1234567', 'abcdef', '१२३४५']) assert.throws(() => sixDigits(typed), { name: 'Declined', code: 'digits' }, typed);
});
