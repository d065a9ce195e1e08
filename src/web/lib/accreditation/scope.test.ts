import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../json.ts';
import { typeDefinitions, vector } from '../testkit/vectors.ts';
import { factsOf, gapFor, notShown, parseScope, type GapReason, type Scope, type ScopeFacts, type ScopeGap } from './scope.ts';

const TYPES = typeDefinitions();
const WELDING = '{"eqf":[1,5],"fields":["07"],"jurisdictions":["XT"],"kinds":["diploma"],"occupations":["72"],"types":["urn:identity:qualification:1"],"v":1}';
const scope = parseScope(WELDING)!;
const facts: ScopeFacts = { type: 'urn:identity:qualification:1', kind: 'diploma', eqf: '4', field: '0715', occupation: '7212', jurisdiction: 'XT', hidden: [] };

// The vectors that bind this code and the C# library: tests/vectors/accreditation.
type Nulls<T> = { [name in keyof T]: T[name] | null };
const given = (facts: Nulls<ScopeFacts>): ScopeFacts => Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== null)) as unknown as ScopeFacts;
interface Vectors {
  gaps: { name: string; scope: Scope; facts: Nulls<ScopeFacts>; gap: ScopeGap | null; notShown: GapReason[] }[];
  facts: { name: string; type: string; claims: Record<string, Json>; isWhole?: boolean; facts: Nulls<ScopeFacts> }[];
  unreadable: { name: string; text: string }[];
}
const vectors = vector('accreditation/scope.json') as Vectors;
for (const one of vectors.gaps) {
  test(`shared vectors, scope: ${one.name}`, () => {
    assert.deepEqual(gapFor(one.scope, given(one.facts)) ?? null, one.gap);
    assert.deepEqual(notShown(one.scope, given(one.facts)), one.notShown);
  });
}
for (const one of vectors.facts) test(`shared vectors, facts: ${one.name}`, () => assert.deepEqual(factsOf(TYPES.find(({ name }) => name === one.type)!, one.claims, one.isWhole), given(one.facts)));
for (const one of vectors.unreadable) test(`Attack: ${one.name} is read as no scope`, () => assert.equal(parseScope(one.text), undefined));

test('what is within every limit has no gap', () => {
  assert.equal(gapFor(scope, facts), undefined);
  for (const eqf of ['1', '5']) assert.equal(gapFor(scope, { ...facts, eqf }), undefined);
});

test('each limit that is not kept is named, with what was stated and what is allowed', () => {
  for (const [change, reason, stated, allowed] of [
    [{ type: 'urn:identity:permit:1' }, 'type', 'urn:identity:permit:1', 'urn:identity:qualification:1'], [{ kind: 'degree' }, 'kind', 'degree', 'diploma'], [{ eqf: '6' }, 'level', '6', '1–5'], [{ eqf: '0' }, 'level', '0', '1–5'],
    [{ eqf: '5a' }, 'level', '5a', '1–5'], [{ eqf: '' }, 'level', '', '1–5'], [{ field: '0' }, 'field', '0', '07'], [{ field: '1015' }, 'field', '1015', '07'], [{ occupation: '2221' }, 'occupation', '2221', '72'], [{ jurisdiction: 'XX' }, 'jurisdiction', 'XX', 'XT'],
  ] as const) assert.deepEqual(gapFor(scope, { ...facts, ...change }), { reason, stated, allowed }, reason);
  assert.deepEqual(gapFor({ on_behalf_of: ['a'.repeat(64)], v: 1 }, { ...facts, on_behalf_of: 'b'.repeat(64) })?.reason, 'on_behalf_of');
});

test('a scope without a member sets no limit', () => {
  assert.equal(gapFor({ v: 1 }, { type: 'urn:any', kind: 'degree', eqf: '8', field: '1', occupation: '1', jurisdiction: 'ZZ', hidden: [] }), undefined);
});

test('what is not shown is not compared, and is named only where the scope limits it', () => {
  const shown: ScopeFacts = { type: facts.type, hidden: ['kind', 'level', 'field'] };
  assert.equal(gapFor(scope, shown), undefined);
  assert.deepEqual(notShown(scope, shown), ['kind', 'level', 'field']);
  assert.deepEqual(notShown({ types: [facts.type], v: 1 }, shown), []);
  assert.deepEqual([notShown({ nqf: { XTQF: [1, 4] }, v: 1 }, facts), notShown({ eqf: [1, 4], v: 1 }, facts)], [['level'], []]); // a European level is no national one
});

test('facts come from the claims that the type names, and nothing is shown without claims', () => {
  const type = { ...TYPES.find(({ name }) => name === 'qualification')!, scope: { kind: 'kind', level_eqf: 'eqf', awarding_country: 'jurisdiction' } } as const;
  assert.deepEqual(factsOf(type, { kind: 'diploma', level_eqf: 4, title: 'x' }), { type: type.vct, kind: 'diploma', eqf: '4', hidden: ['jurisdiction'] });
  assert.deepEqual(factsOf(type, {}).hidden, ['kind', 'level', 'jurisdiction']);
});

test('Attack: what would not be written the same way again is read as no scope', () => {
  assert.ok(parseScope('{"v":1}') && parseScope('{"label":{"en":"Welding"},"nqf":{"XTQF":[0,20]},"v":1}'));
  for (const text of [
    '', '[]', '{"v":2}', '{}', '{"v":1,"types":["a"]}', '{ "v":1}', '{"limit":1,"v":1}', '{"types":[],"v":1}', '{"types":["a","a"],"v":1}', '{"types":[""],"v":1}', '{"v":1,"v":1}', '{"eqf":[5,1],"v":1}', '{"eqf":[1,9],"v":1}', '{"eqf":[1.5,2],"v":1}',
    '{"eqf":[1],"v":1}', '{"fields":["7"],"v":1}', '{"fields":["07150"],"v":1}', '{"fields":["٠٧"],"v":1}', '{"occupations":["72125"],"v":1}', '{"jurisdictions":["xt"],"v":1}', '{"on_behalf_of":["A"],"v":1}', '{"label":{"fr":"a"},"v":1}', '{"label":{"en":"a\\u200f"},"v":1}',
    '{"types":["\\ud800"],"v":1}', '{"types":["\ud800"],"v":1}', '{"types":null,"v":1}', '{"types":"a","v":1}', `{"types":["${'a'.repeat(4096)}"],"v":1}`, `{"types":[${Array.from({ length: 65 }, (_, i) => `"${i}"`).join()}],"v":1}`,
  ]) assert.equal(parseScope(text), undefined, text.slice(0, 60));
});
