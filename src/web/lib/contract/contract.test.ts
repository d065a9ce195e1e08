import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../bytes.ts';
import type { JsonObject } from '../json.ts';
import { parsePublicJwk } from '../keys.ts';
import { Refusal } from '../refusal.ts';
import { vector } from '../testkit/vectors.ts';
import { compareContracts } from './compare.ts';
import { canonical, commitment, parseAmount, readRecord } from './record.ts';

interface RecordVector { name: string; expected: 'accept' | 'refuse'; record: JsonObject; reason?: string; salt: string; key: JsonObject; canonical: string; commitment: string }
interface ComparisonVector { name: string; one: JsonObject; other: JsonObject; result: { earlier: string; later: string; substitution_suspected: boolean; differences: JsonObject[] } }

test('shared vectors: records have the canonical form and commitment that C# gives', async () => {
  const vectors = vector('contract/records.json') as RecordVector[];
  assert.ok(vectors.length > 10);
  for (const one of vectors) {
    try {
      const record = readRecord(one.record);
      assert.equal(one.expected, 'accept', one.name);
      assert.equal(canonical(record), one.canonical, one.name);
      assert.equal(toHex(await commitment(record, fromHex(one.salt), parsePublicJwk(one.key))), one.commitment, one.name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      assert.equal(error.message, `malformed: ${one.reason}`, one.name);
    }
  }
});

test('shared vectors: comparisons come out as in C#', () => {
  const vectors = vector('contract/comparisons.json') as ComparisonVector[];
  assert.ok(vectors.length > 10);
  for (const { name, one, other, result } of vectors) {
    const { earlier, later, differences, suspected } = compareContracts(readRecord(one), readRecord(other));
    assert.deepEqual({ earlier: earlier['stage'], later: later['stage'], substitution_suspected: suspected, differences }, result, name);
  }
});

test('amounts are read in the digits of any script', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['450', '450'], ['1 200', '1200'], ['1,200', '1200'], ['1.200', '1200'], ['1,200,000', '1200000'], ['12,5', '12.5'], ['12.50', '12.5'], ['١٢٠٠', '1200'], ['١٢٫٥', '12.5'], ['१२००', '1200'], ['১২০', '120'],
    ['007', '7'], ['0', '0'], ['0.5', '0.5'], ['', undefined], ['abc', undefined], ['1,2,3', undefined], ['-5', undefined], ['.5', undefined], ['9999999999', undefined], ['1e5', undefined],
  ];
  for (const [text, amount] of cases) assert.equal(parseAmount(text), amount, text);
});
