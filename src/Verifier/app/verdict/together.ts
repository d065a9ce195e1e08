/** Whether a statement of comparability and the qualification beside it belong together. */
import { TYPES } from 'verifier:data';
import { h, type Child } from '../../../web/lib/dom.ts';
import { claimLabel, claimText, findType } from '../../../web/lib/types.ts';
import type { Link } from '../shell/api.ts';
import { notice } from '../shell/frame.ts';
import { country, t, tCode, words } from '../shell/text.ts';

const STATEMENT = findType(TYPES, 'recognition');

/** Two credentials can each be valid and yet not fit. */
export const doNotFit = (links: readonly Link[]): boolean => links.some(({ result }) => result === 'contradicts' || result === 'differs');

/** The headline where they do not fit: neither of the two verdicts says it. */
export const misfit = (): HTMLElement => h('section', { class: 'verdict', testid: 'together', 'data-outcome': 'cannot_tell' },
  h('span', { class: 'verdict-sign', 'aria-hidden': 'true' }),
  h('p', { class: 'outcome' }, tCode('verdict.outcome', 'cannot_tell')),
  h('h1', { tabindex: -1 }, t('link.trouble')));

/** What one link says, with every claim that differs and those that could not be compared. */
export function linkNotice({ result, fields }: Link): Child {
  const differing = fields.filter(field => field.result === 'differs');
  const uncompared = fields.filter(field => field.result === 'not_shown');
  return notice(result === 'linked' ? 'success' : 'warning', [
    h('p', null, tCode('link', result)),
    differing.length > 0 && h('ul', null, differing.map(({ claim, original, statement }) =>
      h('li', { testid: 'link-field', 'data-claim': claim }, words().nodes('link.field', { field: label(claim), original: value(claim, original), statement: value(claim, statement) })))),
    uncompared.length > 0 && h('p', { class: 'small', testid: 'link-uncompared' }, t('link.uncompared', { fields: uncompared.map(({ claim }) => label(claim)).join(words().lang === 'ar' ? '، ' : ', ') })),
  ], { testid: `link-${result.replace('_', '-')}` });
}

const find = (claim: string): Parameters<typeof claimLabel>[0] => STATEMENT?.claims.find(({ name }) => name === claim);
const label = (claim: string): string => claimLabel(find(claim), claim, words().lang);
const value = (claim: string, text: string | null): string => claimText(find(claim), text ?? '', { ...words(), country }, { yes: t('yes'), no: t('no') });
