/** Who entitled the issuer: one line under its name, each link in a fold-out; and where a link does not hold, which, why, and whom to ask. */
import { TYPES } from 'verifier:data';
import type { Entitlement } from '../../../web/lib/accreditation/entitlement.ts';
import { range, type Levels, type Scope } from '../../../web/lib/accreditation/scope.ts';
import { h, type Child } from '../../../web/lib/dom.ts';
import { findType, typeName } from '../../../web/lib/types.ts';
import type { Verdict } from '../shell/api.ts';
import { facts, fixed } from '../shell/frame.ts';
import { country, day, has, t, tCode, words, type Key } from '../shell/text.ts';
import { typeTitle } from './claims.ts';
import { accreditorOf, limitsOf } from './said.ts';

type Link = Entitlement['chain'][number];

/** The whole chain in one sentence, and what could not be compared. */
export function chainLine(verdict: Verdict): Child {
  const { entitlement } = verdict;
  if (!entitlement?.entitled) return null;
  const { chain, notShown } = entitlement;
  const arrow = words().dir === 'rtl' ? ' ← ' : ' → ';
  const names = h('bdi', { dir: words().dir }, chain.map(({ name }, i) => [i > 0 && arrow, h('bdi', null, name)]));
  return [
    h('p', { class: 'chain', testid: 'chain' }, sentence('verdict.entitlement.chain', { chain: names, what: h('bdi', { dir: words().dir }, whatFor(verdict, chain)), year: `${new Date(chain.at(-1)!.from).getUTCFullYear()}` })),
    notShown.length > 0 && h('p', { class: 'chain', testid: 'not-shown' }, t('verdict.entitlement.not_shown', { limits: list(notShown.map(limit => tCode('verdict.entitlement.limit', limit))) })),
  ];
}

/** Which link does not hold, why, and the human to ask. */
export function failure(verdict: Verdict): Child {
  const { entitlement, credential: { issuer } } = verdict;
  if (!entitlement?.failure) return null;
  const { organisation, reason, stated, allowed, at } = entitlement.failure;
  const said = (text: string | null): string => (text == null ? '–' : IN_WORDS[reason]?.(text) ?? text);
  const values = { organisation, stated: (reason === 'on_behalf_of' && verdict.reissued?.name) || said(stated), allowed: said(allowed), at: at == null ? '–' : day(at), right: tCode('verdict.entitlement.right', stated ?? '') };
  const { name, contact } = accreditorOf(entitlement) ?? { name: issuer?.name ?? organisation, contact: issuer?.contact };
  return h('div', { testid: 'failure', 'data-failure': reason },
    h('p', null, words().nodes(reason === 'on_behalf_of' && stated === null ? 'verdict.entitlement.failed.on_behalf_of_only' : `verdict.entitlement.failed.${reason}${isNational(reason, allowed) ? '_national' : ''}`, values)),
    h('p', { testid: 'ask-accreditor' }, sentence('verdict.entitlement.ask', { who: [h('bdi', null, name), contact && [' · ', h('bdi', null, contact)]] })));
}

/** A level behind the name of its framework (ScopeGap): another sentence, for it is no European one. */
const isNational = (reason: string, allowed: string | null): boolean => reason === 'level' && allowed?.includes(' ') === true;

/** Every link: who, right, limits, dates. */
export function chainDetails({ entitlement }: Verdict): Child {
  if (!entitlement || entitlement.chain.length === 0) return null;
  return h('details', { testid: 'chain-details' },
    h('summary', null, t('verdict.entitlement.title')),
    h('ol', { class: 'links' }, entitlement.chain.map((link, i) => h('li', { testid: 'chain-link' },
      h('p', null, h('strong', null, h('bdi', null, link.name)), ' · ', country(link.country)),
      entitlement.failure?.link === i && h('p', null, h('strong', { class: 'tag failing', testid: 'failing' }, t('verdict.entitlement.failing'))),
      facts([
        [t('verdict.entitlement.right'), list(link.right.map(right => tCode('verdict.entitlement.right', right)))],
        ...limitRows(link.scope),
        [t('verdict.entitlement.since'), day(link.from)],
        link.until && [t('verdict.entitlement.until'), day(link.until)],
        link.withdrawnAt && [t('verdict.entitlement.withdrawn'), day(link.withdrawnAt)],
        [t('verdict.entitlement.number'), fixed(link.number)],
      ])))));
}

function limitRows(scope: Link['scope']): readonly (readonly [string, Child] | undefined)[] {
  if (!scope) return [];
  const limit = (name: string, values: readonly string[] | undefined, said: (value: string) => string = value => value): readonly [string, Child] | undefined =>
    values && [tCode('verdict.entitlement.limit', name), list(values.map(said))];
  const levels = [...scope.eqf ? [european(scope.eqf)] : [], ...national(scope.nqf ?? {})];
  return [
    [t('verdict.entitlement.for'), [list(scope.types?.map(typeText) ?? [t('verdict.entitlement.every_type')]), label(scope)]],
    limit('kind', scope.kinds, kindText), limit('level', levels.length > 0 ? levels : undefined), limit('field', scope.fields, fieldText), limit('occupation', scope.occupations, occupationText),
    limit('jurisdiction', scope.jurisdictions, country), scope.on_behalf_of && [tCode('verdict.entitlement.limit', 'on_behalf_of'), scope.on_behalf_of.map(fixed)],
  ];
}

/** The accreditor's own words, where they are in the page's language or English. */
function label({ label: texts }: Scope): Child {
  const text = texts?.[words().lang] ?? texts?.['en'];
  return text && h('p', { class: 'small' }, h('bdi', null, text));
}

/** The type and the limits that most tell who may issue what: "Qualification, up to EQF 5". */
function whatFor(verdict: Verdict, chain: Entitlement['chain']): string {
  const { eqf, nqf, fields, occupations } = limitsOf(chain);
  return list([
    typeTitle(verdict),
    ...eqf ? [european(eqf)] : [],
    ...national(nqf),
    ...fields.length > 0 ? [t('verdict.entitlement.fields', { codes: list(fields.map(fieldText)) })] : [],
    ...occupations.length > 0 ? [t('verdict.entitlement.occupations', { codes: list(occupations.map(occupationText)) })] : [],
  ]);
}

const european = ([from, until]: Levels): string => (from === 1 ? t('verdict.entitlement.up_to_level', { n: until }) : t('verdict.entitlement.levels', { from, until }));
/** Behind the name of its framework, as the ledger has it: "XTQF 1–4". */
const national = (nqf: NonNullable<Scope['nqf']>): string[] => Object.entries(nqf).map(([framework, levels]) => `${framework} ${range(levels)}`);
const list = (texts: readonly string[]): string => texts.join(words().dir === 'rtl' ? '، ' : ', ');
const typeText = (vct: string): string => { const type = findType(TYPES, vct); return type ? typeName(type, words().lang) : vct; };
/** The name of a value of a claim that several types have; undefined where none names it. */
function named(claim: string, value: string): string | undefined {
  const names = TYPES.flatMap(({ claims }) => claims).find(({ name, values }) => name === claim && values?.[value])?.values?.[value];
  return names?.[words().lang] ?? names?.['en'];
}
const kindText = (kind: string): string => named('kind', kind) ?? kind;
/** A code of ISCED-F or ISCO-08 by the name of the broad group that it belongs to. */
const grouped = (stem: 'verdict.field' | 'verdict.occupation', group: string, code: string): string => (has(`${stem}.${group}`) ? `${tCode(stem, group)} (${code})` : code);
const fieldText = (code: string): string => grouped('verdict.field', code.slice(0, 2), code);
const occupationText = (code: string): string => named('occupation', code) ?? grouped('verdict.occupation', code.slice(0, 1), code);

const each = (said: (value: string) => string) => (text: string): string => list(text.split(', ').map(said));
/** How what is stated and allowed is said, by the reason; anything else as it is. */
const IN_WORDS: Readonly<Partial<Record<string, (text: string) => string>>> = {
  kind: each(kindText), field: each(fieldText), occupation: each(occupationText), jurisdiction: each(country), not_yet: day, over: day, withdrawn: day, closed: day,
};

/** A sentence whose places hold nodes. */
const sentence = (key: Key, places: Readonly<Record<string, Child>>): Child[] => t(key).split(/\{(\w+)\}/).map((part, i) => (i % 2 === 0 ? part : places[part]));
