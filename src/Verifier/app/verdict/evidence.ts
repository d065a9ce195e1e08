/** What the verdict rests on, for who wants to see or to check it again. */
import { h } from '../../../web/lib/dom.ts';
import type { Verdict } from '../shell/api.ts';
import { facts, fixed } from '../shell/frame.ts';
import { moment, t, tCode, words } from '../shell/text.ts';
import { checkOf, ledgerWasRead } from './said.ts';

/** Every check with its result in words and its evidence; `here` where this device judged by a trust pack. */
export function checksDetails(verdict: Verdict, here: boolean): HTMLElement {
  const passed = verdict.checks.filter(({ result }) => result === 'passed').length;
  return h('details', { class: 'card', testid: 'checks' },
    h('summary', null, t('checks.title', { passed, all: verdict.checks.length })),
    h('ul', { class: 'checks' }, verdict.checks.map(({ name, result, evidence }) =>
      h('li', { 'data-result': result, 'data-check': name, testid: `check-${name}` },
        h('span', null,
          h('span', { class: 'state' }, tCode('verdict.result', result)), ' – ', tCode('verdict.check', checkOf(name, verdict, here)),
          evidence && h('bdi', { class: 'evidence', dir: 'ltr', lang: 'en' }, evidence))))));
}

/** Place in the log, the root, and whether the contract holds the same root. */
export function ledgerDetails(verdict: Verdict, here: boolean): HTMLElement {
  const { ledger } = verdict;
  return h('details', { class: 'card', testid: 'ledger' },
    h('summary', null, t('ledger.title')),
    ledger
      ? [
        h('p', { class: 'small' }, t('ledger.what')),
        facts([
          [t('ledger.match'), t(ledger.rootMatchesContract ? 'ledger.match.yes' : 'ledger.match.no'), 'ledger-match'],
          !ledger.trusted && [t('ledger.alarm'), t('ledger.alarm.yes'), 'ledger-alarm'],
          [t('ledger.time'), ledger.anchoredAt ? moment(ledger.anchoredAt) : '–', 'ledger-time'],
          [t('ledger.log'), fixed(ledger.log), 'ledger-log'],
          [t('ledger.entry'), fixed(ledger.entry), 'ledger-entry'],
          [t('ledger.index'), t('ledger.of', { index: ledger.index, size: ledger.size }), 'ledger-index'],
          [t('ledger.root'), fixed(ledger.root), 'ledger-root'],
          [t('ledger.block'), ledger.block === null ? '–' : words().number(ledger.block), 'ledger-block'],
          [t('ledger.transaction'), fixed(ledger.transaction), 'ledger-transaction'],
          [t('ledger.contract'), fixed(ledger.contract), 'ledger-contract'],
          [t('ledger.chain'), fixed(ledger.chainId), 'ledger-chain'],
        ]),
      ]
      : h('p', { testid: 'ledger-none' }, t(ledgerWasRead(verdict, here) ? 'ledger.none' : 'ledger.unread')));
}
