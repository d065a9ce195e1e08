import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comesClose, leastClaims, matchDcql, parseDcql, pathsToShow, type HeldCredential } from './dcql.ts';
import type { Json } from './json.ts';
import { refuses } from './testkit/refuses.ts';
import { sharedVector } from './testkit/vectors.ts';

const diploma: HeldCredential = {
  id: 'd1', format: 'dc+sd-jwt', vct: 'urn:identity:qualification:1',
  claims: { iss: 'https://college.example', name: 'Amina', field: 'welding', year: 2019, countries: ['TL', 'NV'], works: [{ at: 'A' }, { at: 'B' }, 'C'] },
};
const person: HeldCredential = { id: 'p1', format: 'dc+sd-jwt', vct: 'urn:identity:person:1', claims: { given_name: 'Amina', age_over_18: true } };
const held = [diploma, person];

function ask(claims: Json[] | undefined, more: object = {}): ReturnType<typeof parseDcql> {
  return parseDcql({ credentials: [{ id: 'q', format: 'dc+sd-jwt', meta: { vct_values: ['urn:identity:qualification:1'] }, ...(claims && { claims }), ...more } as Json] });
}

const paths = (query: ReturnType<typeof parseDcql>, refused: string[] = []): unknown => {
  const [match] = matchDcql(query, held).queries;
  return match!.candidates[0] && pathsToShow(match!.query, match!.candidates[0], refused);
};

test('claims are found by name, by position and all of a list', () => {
  assert.deepEqual(paths(ask([{ path: ['name'] }, { path: ['countries', 1] }, { path: ['works', null, 'at'] }])), [['name'], ['countries', 1], ['works', 0, 'at'], ['works', 1, 'at']]);
});

test('no claims in the query discloses nothing extra', () => {
  const match = matchDcql(ask(undefined), held);
  assert.ok(match.satisfiable);
  assert.deepEqual(paths(ask(undefined)), []);
});

test('a required claim that is missing, of another value or type leaves nothing to send', () => {
  for (const claim of [{ path: ['grade'] } as Json, { path: ['field'], values: ['baking'] }, { path: ['year'], values: ['2019'] }, { path: ['name', 0] }, { path: ['countries', 2] }, { path: ['name', 'x'] }, { path: ['toString'] }]) {
    const match = matchDcql(ask([{ path: ['name'] }, claim]), held);
    assert.ok(!match.satisfiable, JSON.stringify(claim));
    assert.deepEqual(match.queries[0]!.candidates, []);
  }
  assert.ok(matchDcql(ask([{ path: ['year'], values: [2018, 2019] }]), held).satisfiable);
});

test('another type, another format or an authority we cannot check matches nothing', () => {
  assert.ok(!matchDcql(ask(undefined, { meta: { vct_values: ['urn:identity:licence:1'] } }), held).satisfiable);
  assert.ok(!matchDcql(ask(undefined, { format: 'mso_mdoc', meta: { doctype_value: 'x' } }), held).satisfiable);
  assert.ok(!matchDcql(ask(undefined, { trusted_authorities: [{ type: 'aki', values: ['x'] }] }), held).satisfiable);
});

test('claim_sets make claims refusable, best alternative first', () => {
  const query = ask([{ id: 'a', path: ['name'] }, { id: 'b', path: ['field'] }, { id: 'c', path: ['year'] }, { id: 'd', path: ['grade'] }], { claim_sets: [['a', 'd'], ['a', 'b', 'c'], ['a', 'b']] });
  const candidate = matchDcql(query, held).queries[0]!.candidates[0]!;
  assert.deepEqual(candidate.asked.map(claim => [claim.id, claim.optional]), [['a', false], ['b', false], ['c', true]]);
  assert.deepEqual(paths(query), [['name'], ['field'], ['year']]);
  assert.deepEqual(paths(query, ['c']), [['name'], ['field']]);
  assert.equal(paths(query, ['b']), undefined);
});

test('what comes close is told claim by claim, by the least that would do', () => {
  const query = ask([{ id: 'a', path: ['name'] }, { id: 'b', path: ['absent'] }, { id: 'c', path: ['year'] }], { claim_sets: [['a', 'b', 'c'], ['a', 'b']] }).credentials[0]!;
  assert.deepEqual(leastClaims(query).map(({ id }) => id), ['a', 'b']);
  assert.deepEqual(comesClose(query, held[0]!), [true, false]);
  assert.equal(comesClose({ ...query, types: ['urn:other'] }, held[0]!), undefined);
});

test('credential_sets: alternatives, and parts that may be left out', () => {
  const query = parseDcql({
    credentials: [{ id: 'x', format: 'dc+sd-jwt', meta: { vct_values: ['urn:other'] } }, { id: 'y', format: 'dc+sd-jwt', meta: { vct_values: ['urn:identity:person:1'] } }, { id: 'z', format: 'dc+sd-jwt' }],
    credential_sets: [{ options: [['x'], ['y']] }, { required: false, options: [['x', 'z']] }],
  });
  const match = matchDcql(query, held);
  assert.ok(match.satisfiable);
  assert.deepEqual(match.choices, [{ required: true, options: [['y']] }, { required: false, options: [] }]);
});

test('every query is required when there are no credential_sets', () => {
  const query = parseDcql({ credentials: [{ id: 'y', format: 'dc+sd-jwt' }, { id: 'x', format: 'dc+sd-jwt', meta: { vct_values: ['urn:other'] } }] });
  assert.ok(!matchDcql(query, held).satisfiable);
});

test('the queries of the specification are read', context => {
  for (const name of ['claims_alternatives', 'complex_mdoc', 'credentials_alternatives', 'multi_credentials', 'simple', 'simple_mdoc', 'value_matching_simple']) {
    const json = sharedVector(`openid4vp/query_lang__${name}.json`) as Json | undefined;
    if (json === undefined) return context.diagnostic('absent: openid4vp queries');
    assert.ok(parseDcql(json).credentials.length > 0);
  }
});

const one = (more: object): Json => ({ credentials: [{ id: 'q', format: 'dc+sd-jwt', ...more }] } as Json);
const malformed: Record<string, Json | undefined> = {
  'absent': undefined, 'no credentials': {}, 'empty credentials': { credentials: [] }, 'id with a space': one({ id: 'a b' }), 'no format': { credentials: [{ id: 'q' }] },
  'same id twice': { credentials: [{ id: 'q', format: 'f' }, { id: 'q', format: 'f' }] }, 'empty claims': one({ claims: [] }), 'negative index': one({ claims: [{ path: [-1] }] }),
  'empty path': one({ claims: [{ path: [] }] }), 'claim set of unknown claim': one({ claims: [{ id: 'a', path: ['x'] }], claim_sets: [['b']] }), 'values of objects': one({ claims: [{ path: ['x'], values: [{}] }] }),
  'option of unknown credential': { credentials: [{ id: 'q', format: 'f' }], credential_sets: [{ options: [['z']] }] }, 'sixty claims': one({ claims: Array.from({ length: 60 }, (_, i) => ({ path: [`c${i}`] })) }),
  'claim id twice': one({ claims: [{ id: 'a', path: ['x'] }, { id: 'a', path: ['y'] }] }),
};
for (const [what, json] of Object.entries(malformed)) test(`a query with ${what} is refused`, () => refuses(() => parseDcql(json), 'request_malformed'));
