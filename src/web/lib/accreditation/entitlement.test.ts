import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex, type Bytes } from '../bytes.ts';
import { vector } from '../testkit/vectors.ts';
import type { OrganisationRecord } from '../verdict/trust.ts';
import { entitlementJson, hadBegun, judgeEntitlement, type Chain, type Link, type Ruling } from './entitlement.ts';
import { parseScope, type Scope, type ScopeFacts } from './scope.ts';

const NOW = 1_763_000_000;
const DAY = 86_400;
const TYPE = 'urn:identity:qualification:1';
const FACTS: ScopeFacts = { type: TYPE, kind: 'diploma', eqf: '5', hidden: ['field'] };
const organisation = (name: string): OrganisationRecord => ({ id: new Uint8Array(32).fill(name.length) as Bytes, issuer: `https://${name}.example`, name, country: 'XT', demonstration: true, contact: undefined });
const link = (number: number, name: string, right: number, scope: Scope | undefined = { v: 1 }, more: Partial<Link> = {}): Link =>
  ({ number, holder: organisation(name), right, scope, scopeId: '', from: NOW - 900 * DAY, until: undefined, withdrawnAt: undefined, grantedAt: NOW - 900 * DAY, ...more });
const chainOf = (root: Partial<Link> = {}, middle: Partial<Link> = {}, leaf: Partial<Link> = {}): Chain =>
  [link(1, 'ministry', 2, undefined, { scope: { v: 1 }, ...root }), link(2, 'board', 2, undefined, { scope: { eqf: [1, 6], v: 1 }, ...middle }), link(3, 'college', 1, undefined, { scope: { types: [TYPE], v: 1 }, ...leaf })];
const judge = (chains: readonly Chain[], at: number | undefined = NOW, facts = FACTS, closedAt?: number): Ruling => judgeEntitlement(chains, facts, at, closedAt, true);
const failing = (ruling: Ruling): [number | undefined, string, string | null] => (ruling.kind === 'not' ? [ruling.link, ruling.gap.reason, ruling.gap.allowed] : assert.fail(ruling.kind));

test('a chain whose every link is in force and allows what was issued entitles', () => {
  const ruling = judge([chainOf({ scope: { fields: ['07'], v: 1 } })]);
  assert.ok(ruling.kind === 'entitled');
  assert.deepEqual(ruling.notShown, ['field']);
  assert.deepEqual(judge([]), { kind: 'not', chain: [], link: undefined, gap: { reason: 'never', stated: null, allowed: null }, at: NOW });
});

test('each link fails by each date, from its first second on', () => {
  const time = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
  for (const i of [0, 1, 2]) {
    const with_ = (more: Partial<Link>): Chain => chainOf(...[0, 1, 2].map(j => (j === i ? more : {})) as [Partial<Link>, Partial<Link>, Partial<Link>]);
    for (const [more, reason] of [[{ from: NOW + 1 }, 'not_yet'], [{ grantedAt: NOW + 1 }, 'not_yet'], [{ until: NOW }, 'over'], [{ withdrawnAt: NOW }, 'withdrawn'], [{ until: NOW - 1, withdrawnAt: NOW }, 'over'], [{ until: NOW, withdrawnAt: NOW - 1 }, 'withdrawn']] as const) {
      const ruling = judge([with_(more)]);
      assert.deepEqual(failing(ruling).slice(0, 2), [i, reason]);
      assert.equal(failing(ruling)[2], time(reason === 'not_yet' ? NOW + 1 : Math.min((more as Link).until ?? Infinity, (more as Link).withdrawnAt ?? Infinity)));
    }
    for (const more of [{ from: NOW }, { until: NOW + 1 }, { withdrawnAt: NOW + 1 }]) assert.equal(judge([with_(more)]).kind, 'entitled');
    assert.deepEqual(failing(judge([with_({ right: i === 2 ? 2 : 1 })])).slice(0, 2), [i, 'no_right']);
    assert.deepEqual(failing(judge([with_({ scope: undefined })])).slice(0, 2), [i, 'text']);
  }
});

test('Attack: a college given more than its board may give gains nothing', () => {
  assert.deepEqual(failing(judge([chainOf({}, { scope: { eqf: [1, 4], v: 1 } }, { scope: { eqf: [1, 8], types: [TYPE], v: 1 } })])), [1, 'level', '1–4']);
});

test('the first link from the root is named, by its dates before its scope', () => {
  assert.deepEqual(failing(judge([chainOf({ scope: { types: ['urn:other'], v: 1 }, until: NOW }, { withdrawnAt: NOW })])).slice(0, 2), [0, 'over']);
});

test('of several chains one that holds counts, with the least that could not be compared', () => {
  const [wide, narrow] = [chainOf(), chainOf({ scope: { fields: ['07'], v: 1 } }, {}, { number: 2 })];
  for (const chains of [[wide, narrow], [narrow, wide]]) assert.deepEqual(judge(chains), { kind: 'entitled', chain: wide, notShown: [] });
  assert.equal(judge([chainOf({}, { withdrawnAt: NOW }), narrow]).kind, 'entitled');
});

test('of several chains that fail the one is shown that came closest: for this type, and by the latest reason', () => {
  const [other, level, withdrawn] = [chainOf({}, {}, { number: 7, scope: { types: ['urn:other'], v: 1 }, withdrawnAt: NOW }), chainOf({}, { scope: { eqf: [1, 4], v: 1 } }, { number: 8 }), chainOf({}, {}, { number: 9, withdrawnAt: NOW })];
  assert.deepEqual(failing(judge([other, level])).slice(0, 2), [1, 'level']);
  assert.deepEqual(failing(judge([other, level, withdrawn])).slice(0, 2), [2, 'withdrawn']);
  assert.deepEqual(failing(judge([other])).slice(0, 2), [2, 'withdrawn']);
});

test('a closing ends what the closed itself may issue, and nothing of what it gave', () => {
  assert.deepEqual(failing(judge([chainOf()], NOW, FACTS, NOW)).slice(0, 2), [2, 'closed']);
  assert.equal(judge([chainOf()], NOW, FACTS, NOW + 1).kind, 'entitled');
});

test('without a time only what time does not change counts against it, and only by a fresh register', () => {
  assert.equal(judgeEntitlement([chainOf({ withdrawnAt: 1 })], FACTS, undefined, undefined, true).kind, 'cannot_tell');
  assert.equal(judgeEntitlement([chainOf({}, { scope: { eqf: [1, 2], v: 1 } })], FACTS, undefined, undefined, true).kind, 'not');
  assert.equal(judgeEntitlement([], FACTS, undefined, undefined, true).kind, 'not');
  assert.equal(judgeEntitlement([], FACTS, undefined, undefined, false).kind, 'cannot_tell');
});

test('what only ended had begun; what was never allowed had not', () => {
  assert.ok(hadBegun(chainOf({ withdrawnAt: NOW }, { until: NOW }), FACTS, NOW));
  for (const chain of [chainOf({ from: NOW + 1 }), chainOf({}, { scope: { eqf: [1, 4], v: 1 } }), chainOf({}, { right: 1 })]) assert.ok(!hadBegun(chain, FACTS, NOW));
});

test('a verdict names each link, and the one that does not hold', () => {
  const good = entitlementJson(judge([chainOf()]), 'college', toHex)!;
  assert.deepEqual(good.chain.map(({ name, right }) => [name, ...right]), [['ministry', 'accredit'], ['board', 'accredit'], ['college', 'issue']]);
  assert.deepEqual([good.entitled, good.failure], [true, null]);
  const bad = entitlementJson(judge([chainOf({}, { withdrawnAt: NOW - DAY })]), 'college', toHex)!;
  assert.deepEqual(bad.failure, { link: 1, organisation: 'board', reason: 'withdrawn', stated: null, allowed: '2025-11-12T02:13:20Z', at: '2025-11-13T02:13:20Z' });
  assert.deepEqual(entitlementJson(judge([]), 'college', toHex)?.failure, { link: null, organisation: 'college', reason: 'never', stated: null, allowed: null, at: '2025-11-13T02:13:20Z' });
  assert.equal(entitlementJson({ kind: 'cannot_tell' }, 'college', toHex), null);
});

// The rows that bind this rule and the one in C#: tests/vectors/time-rule. Of keys a pack cannot tell when something was recorded, so that half is not here.
type Nulls<T> = { [name in keyof T]: T[name] | null };
interface Row {
  name: string; closedAt: number | null; anchoredAt: number | null; fresh: boolean; facts: Nulls<ScopeFacts>;
  chains: { right: number; scope: object | null; from: number; until: number | null; withdrawnAt: number | null; grantedAt: number }[][];
  expected: { entitlement: 'entitled' | 'not' | 'cannot_tell'; gap: { link: number | null; reason: string } | null };
}
/** As the text stands on the ledger: members in order. */
function canonical(scope: object): string {
  const names = new Set<string>();
  JSON.stringify(scope, (name, value: unknown) => (names.add(name), value));
  return JSON.stringify(scope, [...names].sort());
}
const { rows } = vector('time-rule/cases.json') as { rows: Row[] };
for (const row of rows) {
  test(`shared vectors, time rule: ${row.name}`, () => {
    const chains = row.chains.map((links, i) => links.map(({ scope, until, withdrawnAt, ...rest }, j): Link =>
      ({ ...rest, number: i * 8 + j + 1, holder: organisation('college'), scope: scope ? parseScope(canonical(scope)) : undefined, scopeId: '', until: until ?? undefined, withdrawnAt: withdrawnAt ?? undefined })));
    const facts = Object.fromEntries(Object.entries(row.facts).filter(([, fact]) => fact !== null)) as unknown as ScopeFacts;
    const ruling = judgeEntitlement(chains, facts, row.anchoredAt ?? undefined, row.closedAt ?? undefined, row.fresh);
    assert.equal(ruling.kind, row.expected.entitlement);
    assert.deepEqual(ruling.kind === 'not' ? { link: ruling.link ?? null, reason: ruling.gap.reason } : null, row.expected.gap);
  });
}
