/** Disclosed claims in the page's language, by the type definitions. */
import { TYPES } from 'verifier:data';
import { h } from '../../../web/lib/dom.ts';
import type { Json } from '../../../web/lib/json.ts';
import { claimLabel, claimText, findType, typeName } from '../../../web/lib/types.ts';
import type { Verdict } from '../shell/api.ts';
import { facts } from '../shell/frame.ts';
import { country, t, words } from '../shell/text.ts';

const definition = (verdict: Verdict): ReturnType<typeof findType> => (verdict.credential.type === null ? undefined : findType(TYPES, verdict.credential.type));

/** The type's name; its identifier where it is unknown. */
export function typeTitle(verdict: Verdict): string {
  const known = definition(verdict);
  return known ? typeName(known, words().lang) : verdict.credential.type ?? t('type.unknown');
}

/** Names claims of this credential in the page's language. */
export const labelOf = (verdict: Verdict) => (name: string): string => claimLabel(definition(verdict)?.claims.find(claim => claim.name === name), name, words().lang);

/** The claims that `wanted` picks, in the definition's order, those it does not know last; undefined where there are none. */
export function claimRows(verdict: Verdict, wanted: (name: string) => boolean, testid: string, rowClass?: string): HTMLElement | undefined {
  const known = definition(verdict)?.claims ?? [];
  const names = [...known.map(({ name }) => name), ...Object.keys(verdict.claims).filter(name => !known.some(claim => claim.name === name) && !TECHNICAL.has(name))];
  const rows = names.filter(name => Object.hasOwn(verdict.claims, name) && wanted(name)).map(name => {
    const claim = known.find(candidate => candidate.name === name);
    const text = (name === 'original_issuer' && verdict.reissued?.name) || claimText(claim, verdict.claims[name] as Json, { ...words(), country }, { yes: t('yes'), no: t('no') });
    // A name in Arabic script stands right to left inside an English page, and the other way round.
    return [claimLabel(claim, name, words().lang), h('bdi', { dir: 'auto' }, text), `claim-${name}`] as const;
  });
  if (rows.length === 0) return undefined;
  const list = facts(rows, { class: rowClass ? 'compare-list' : '', testid });
  if (rowClass) list.querySelectorAll(':scope > div').forEach(row => row.classList.add(rowClass));
  return list;
}

const TECHNICAL = new Set(['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status', 'sub', 'jti', '_sd', '_sd_alg']);
