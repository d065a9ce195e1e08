import { utf8 } from '../bytes.ts';
import { isObject, parseJsonObject, type Json, type JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { TypeDefinition } from '../types.ts';

/**
 * What an accreditation is for (docs/registry.md), as its JSON stands on the ledger; the same as src/Credentials/Accreditation in C#, bound to it by tests/vectors/accreditation. A member
 * that is absent sets no limit. Levels are from and until, both included; fields (ISCED-F 2013) and occupations (ISCO-08) stand for every code that begins with one of theirs.
 */
export interface Scope {
  readonly types?: readonly string[];
  readonly kinds?: readonly string[];
  readonly eqf?: Levels;
  /** By the name of the national framework; compared with levels of the same framework alone. */
  readonly nqf?: Readonly<Record<string, Levels>>;
  readonly fields?: readonly string[];
  readonly occupations?: readonly string[];
  readonly jurisdictions?: readonly string[];
  /** Ids of closed organisations in whose place may be issued, 64 hexadecimal digits each. */
  readonly on_behalf_of?: readonly string[];
  /** The whole in words, per language. */
  readonly label?: Readonly<Record<string, string>>;
  readonly v: 1;
}
export type Levels = readonly [from: number, until: number];

/** What a credential shows of what a scope limits, each as text. `hidden`: what its type can state and it does not show; what is neither stated nor hidden it does not say. */
export interface ScopeFacts {
  readonly type: string;
  readonly kind?: string;
  readonly eqf?: string;
  readonly field?: string;
  readonly occupation?: string;
  readonly jurisdiction?: string;
  /** Id of the closed organisation in whose place it was issued. */
  readonly on_behalf_of?: string;
  /** Short name of the national framework, as scopes name it, and the level in it; neither says anything alone. */
  readonly nqf_framework?: string;
  readonly nqf_level?: string;
  /** `level` is the European one. */
  readonly hidden: readonly GapReason[];
}

/** Why a link of a chain does not allow what is issued, in the order in which they lead: of several chains the one that fails by the last is told. */
export const GAPS = ['never', 'type', 'kind', 'level', 'field', 'occupation', 'jurisdiction', 'on_behalf_of', 'not_yet', 'over', 'withdrawn', 'no_right', 'closed', 'text'] as const;
export type GapReason = (typeof GAPS)[number];
export interface ScopeGap { readonly reason: GapReason; /** What the credential states, and what the link allows: a code, levels, or a time (RFC 3339). */ readonly stated: string | null; readonly allowed: string | null }

/** The most bytes of a scope that the contract takes. */
const MAX_BYTES = 4096;
const MEMBERS = ['types', 'kinds', 'eqf', 'nqf', 'fields', 'occupations', 'jurisdictions', 'on_behalf_of', 'label', 'v'];

/** Reads canonical JSON (RFC 8785); undefined for anything that would not be written the same way again, so that a limit nobody here knows is never passed over. */
export function parseScope(canonical: string): Scope | undefined {
  const json = parse(canonical);
  if (!json || json['v'] !== 1 || !Object.keys(json).every(name => MEMBERS.includes(name)) || write(json) !== canonical) return undefined;
  const { types, kinds, eqf, nqf, fields, occupations, jurisdictions, on_behalf_of: onBehalfOf, label } = json;
  const right = list(types, /^[^]{1,200}$/) && list(kinds, /^[^]{1,100}$/) && list(fields, /^[0-9]{2,4}$/) && list(occupations, /^[0-9]{1,4}$/)
    && list(jurisdictions, /^[A-Z]{2}$/) && list(onBehalfOf, /^[0-9a-f]{64}$/) && (eqf === undefined || isRange(eqf, 1, 8))
    && (nqf === undefined || isMap(nqf, 16, name => isWords(name, 40), level => isRange(level, 0, 20)))
    && (label === undefined || (isMap(label, 32, name => name.length > 0 && name.length <= 20, text => isWords(text, 200)) && 'en' in (label as JsonObject)));
  return right ? json as unknown as Scope : undefined;
}

function parse(canonical: string): JsonObject | undefined {
  if (canonical.length > MAX_BYTES || utf8(canonical).length > MAX_BYTES) return undefined;
  try {
    return parseJsonObject(canonical, 4);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Canonical form of what a scope is made of: `JSON.stringify` escapes as RFC 8785 does. */
function write(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value === 'string') return /[\ud800-\udfff]/u.test(value) ? '' : JSON.stringify(value); // half a character is no Unicode
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map(name => `${write(name)}:${write(value[name]!)}`).join(',')}}`;
}

function list(value: Json | undefined, form: RegExp): boolean {
  return value === undefined || (Array.isArray(value) && value.length > 0 && value.length <= 64 && new Set(value).size === value.length && value.every(item => typeof item === 'string' && form.test(item)));
}

function isRange(value: Json, lowest: number, highest: number): boolean {
  const [from, until] = Array.isArray(value) && value.length === 2 ? value : [];
  return Number.isInteger(from) && Number.isInteger(until) && lowest <= (from as number) && (from as number) <= (until as number) && (until as number) <= highest;
}

function isMap(value: Json, most: number, isName: (name: string) => boolean, isRight: (value: Json) => boolean): boolean {
  const members = isObject(value) ? Object.entries(value) : [];
  return members.length > 0 && members.length <= most && members.every(([name, member]) => isName(name) && isRight(member));
}

/** Words that people can see. */
const isWords = (value: Json, longest: number): boolean =>
  typeof value === 'string' && value.length <= longest && value.trim() !== '' && !/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/.test(value);

/** The first limit that the facts do not keep. What is not shown is not compared: `notShown`. */
export function gapFor(scope: Scope, facts: ScopeFacts): ScopeGap | undefined {
  const { type, kind, eqf, field, occupation, jurisdiction, on_behalf_of: place, nqf_framework: framework, nqf_level: level, hidden } = facts;
  const gap = (reason: GapReason, stated: string | undefined, allowed: readonly string[] | undefined, allows: (stated: string) => boolean): ScopeGap | undefined =>
    (stated === undefined || allowed === undefined || allows(stated) ? undefined : { reason, stated, allowed: allowed.join(', ') });
  const { types, kinds, fields, occupations, jurisdictions, on_behalf_of: places } = scope;
  const national = nationalLimit(scope, facts);
  return gap('type', type, types, it => types!.includes(it))
    ?? gap('kind', kind, kinds, it => kinds!.includes(it))
    ?? gap('level', eqf, scope.eqf && [range(scope.eqf)], it => isWithin(scope.eqf!, it, /^[0-9]+$/))
    ?? gap('level', `${framework} ${level}`, national && [`${framework} ${range(national)}`], () => isWithin(national!, level!, /^[0-9]+(\.[0-9])?$/))
    ?? gap('field', field, fields, it => fields!.some(code => it.startsWith(code)))
    ?? gap('occupation', occupation, occupations, it => occupations!.some(code => it.startsWith(code)))
    ?? gap('jurisdiction', jurisdiction, jurisdictions, it => jurisdictions!.includes(it))
    ?? gap('on_behalf_of', place, places, it => places!.includes(it))
    // Who may issue in the place of others may not, by this alone, issue in its own name.
    ?? (places && place === undefined && !hidden.includes('on_behalf_of') ? { reason: 'on_behalf_of', stated: null, allowed: places.join(', ') } : undefined);
}

const isWithin = ([from, until]: Levels, level: string, form: RegExp): boolean => form.test(level) && from <= Number(level) && Number(level) <= until;

/** `1–5`; `4` where both ends are the same. */
export const range = ([from, until]: Levels): string => (from === until ? `${from}` : `${from}–${until}`);

/** What the scope says of the framework of the level that is shown; undefined where it names no such framework, or nothing is shown. */
const nationalLimit = ({ nqf }: Scope, { nqf_framework: framework, nqf_level: level }: ScopeFacts): Levels | undefined =>
  (nqf && framework !== undefined && level !== undefined && Object.hasOwn(nqf, framework) ? nqf[framework] : undefined);

/** What the scope limits and the credential does not show. A limit of national levels is open, too, where a level of a framework is shown that the scope does not name, or a European one alone. */
export function notShown(scope: Scope, facts: ScopeFacts): GapReason[] {
  const { hidden, eqf, nqf_framework: framework, nqf_level: stated } = facts;
  const hasLevels = eqf !== undefined || framework !== undefined || stated !== undefined || hidden.includes('level');
  const level = (scope.eqf !== undefined && hidden.includes('level')) || (scope.nqf !== undefined && hasLevels && !nationalLimit(scope, facts));
  const limits = { kind: scope.kinds, field: scope.fields, occupation: scope.occupations, jurisdiction: scope.jurisdictions, on_behalf_of: scope.on_behalf_of } as Readonly<Partial<Record<GapReason, unknown>>>;
  return GAPS.filter(reason => (reason === 'level' ? level : hidden.includes(reason) && limits[reason] !== undefined));
}

const FACTS = { kind: 'kind', eqf: 'level', field: 'field', occupation: 'occupation', jurisdiction: 'jurisdiction', on_behalf_of: 'on_behalf_of', nqf_framework: undefined, nqf_level: undefined } as const;

/**
 * What the claims state of what scopes limit, by the type's member `scope` (claim → fact). Give no claims where the issuer's signature did not hold. `namesPlace`: in whose place it was
 * issued is among them if it was signed, as in an SD-JWT and in a compact code; then nobody is named where nobody stands.
 */
export function factsOf(type: TypeDefinition, claims: Readonly<Record<string, Json>>, namesPlace = false): ScopeFacts {
  const facts: Record<string, string> = {};
  const hidden = new Set<GapReason>();
  for (const [claim, fact] of Object.entries(type.scope ?? {})) {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : null;
    if (value === null || value === undefined) {
      // Who names nobody issues in its own name. Of every other fact it stays open what a credential that does not state it would have stated.
      const reason = FACTS[fact]; // none for a national level: whether it is missing depends on whose the scope limits
      if (reason && !(namesPlace && fact === 'on_behalf_of' && type.claims.find(({ name }) => name === claim)?.sd === 'never')) hidden.add(reason);
    } else facts[fact] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return { type: type.vct, ...facts, hidden: GAPS.filter(reason => hidden.has(reason)) };
}
