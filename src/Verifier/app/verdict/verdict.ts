/** The result, one component for every way of checking. Nothing it shows is kept when the page is left. */
import { h, type Child } from '../../../web/lib/dom.ts';
import type { Progress, Verdict } from '../shell/api.ts';
import { announce, button, facts, fixed, link, notice, show } from '../shell/frame.ts';
import type { Page } from '../shell/router.ts';
import { ago, country, day, t, tCode, words } from '../shell/text.ts';
import { claimRows, labelOf, typeTitle } from './claims.ts';
import { chainDetails, chainLine, failure } from './entitled.ts';
import { checksDetails, ledgerDetails } from './evidence.ts';
import { receiptCard } from './receipt.ts';
import { keepCard } from './keep.ts';
import { explanationOf, missingOf, wordsOf } from './said.ts';
import { save } from './save.ts';
import { signalVerdict } from './signal.ts';
import { signalSwitch } from './signal-switch.ts';
import { doNotFit, linkNotice, misfit } from './together.ts';

/** Where this device judged by itself: whether a receipt is signed later, or none at all. */
export type Here = 'receipt_later' | 'no_receipt';

/** One verdict; `again` is where the next check starts. */
export const verdictPage = (verdict: Verdict, again: '/' | '/scan', here?: Here): Page => () => draw([verdict], verdict, null, [], again, here);

/** The verdicts of an answered request. */
export const answerPage = (answer: Progress, again: '/ask'): Page => () => {
  const verdicts = (answer.verdicts ?? []).map(({ verdict }) => verdict);
  const leading = verdicts.find(({ outcome }) => outcome === answer.outcome) ?? verdicts[0];
  if (leading) draw(verdicts, leading, answer.holders, answer.links ?? [], again);
};

function draw(verdicts: readonly Verdict[], leading: Verdict, holders: string | null, links: NonNullable<Progress['links']>, again: '/' | '/scan' | '/ask', here?: Here): void {
  const apart = doNotFit(links) && leading.outcome === 'valid';
  const outcome = apart ? 'cannot_tell' : leading.outcome;
  const said = apart ? t('link.trouble') : t('verdict.said', { outcome: tCode('verdict.outcome', leading.outcome), reason: tCode('verdict', `${wordsOf(leading)}.title`) });
  show({
    title: tCode('verdict.outcome', outcome),
    screen: 'verdict', sign: 'check',
    voice: apart ? undefined : `verdict-${wordsOf(leading)}`,
    class: 'verdict-page',
    ownHeading: true,
    body: [
      apart && [misfit(), h('p', null, t('link.trouble.more'))],
      holders && holders !== 'one' ? notice(holders === 'same_key' ? 'success' : 'info', tCode('holders', holders), { testid: 'holders' }) : null,
      links.map(linkNotice),
      here && notice('info', [t('offline.verdict'), ' ', h('span', { testid: here === 'receipt_later' ? 'receipt-later' : 'receipt-none' }, t(here === 'receipt_later' ? 'offline.receipt' : 'offline.noreceipt'))], { testid: 'offline-verdict' }),
      [leading, ...verdicts.filter(verdict => verdict !== leading)].map((verdict, i) => article(verdict, i === 0 && !apart, here !== undefined)),
      h('div', { class: 'row keep' }, button('save', () => save(verdicts), { testid: 'save', tone: 'secondary', icon: 'file' }), signalSwitch(outcome)),
    ],
    stickyActions: true,
    actions: [link(again === '/ask' ? 'ask.another' : 'again', again, { testid: 'check-another', icon: 'again' })],
  });
  announce(said);
  signalVerdict(outcome);
}

function article(verdict: Verdict, first: boolean, here: boolean): HTMLElement {
  return h('article', { class: 'stack', testid: 'result' },
    head(verdict, first),
    h('div', { class: 'stack' },
      h('p', { testid: 'explanation' }, tCode('verdict', explanationOf(verdict), asOf(verdict) ?? witnessed(verdict))),
      verdict.reason === 'valid' && verdict.closing?.asOf && wordsOf(verdict) !== 'valid_as_of' && h('p', { testid: 'as-of' }, t('verdict.valid_as_of.explanation', asOf(verdict))),
      verdict.archive && h('p', { testid: 'archive' }, h('strong', null, t('verdict.archive', { date: day(verdict.archive.asOf) })), !verdict.archive.proven && [' ', t('verdict.archive.unproven')]),
      reissued(verdict),
      missing(verdict),
      verdict.reason === 'issuer_not_entitled' && failure(verdict),
      h('p', { class: 'next-step', testid: 'next-step' }, tCode('verdict', `${wordsOf(verdict)}.next`))),
    h('div', { class: 'halves stack' },
      comparison(verdict),
      section('shown', t('verdict.shown', { type: typeTitle(verdict) }), [
        claimRows(verdict, name => !verdict.compare.includes(name), 'claims') ?? h('p', { class: 'quiet' }, t(verdict.outcome === 'valid' && verdict.compare.length > 0 ? 'verdict.nothing.more' : 'verdict.nothing'))]),
      issuer(verdict),
      section('basis', t('verdict.basis'), facts([
        [t('verdict.binding'), tCode('verdict.binding', verdict.binding), 'binding'],
        verdict.rolling && !verdict.clock && [t('verdict.age.proof'), drawn(verdict.rolling), 'age-proof'],
        [t('verdict.age.ledger'), age(verdict.dataAge.ledger), 'age-ledger'],
        [t('verdict.age.status'), age(verdict.dataAge.status), 'age-status'],
      ]))),
    checksDetails(verdict, here),
    ledgerDetails(verdict, here),
    receiptCard(verdict.receipt, labelOf(verdict)),
    keepCard(verdict));
}

/** What the words of a closed issuer name. */
const asOf = ({ closing, credential: { issuer } }: Verdict): Parameters<typeof t>[1] => closing?.asOf ? { organisation: issuer?.name ?? '–', date: day(closing.asOf) } : undefined;

/** What the words of a record that too few witnesses confirm name. */
const witnessed = ({ ledger }: Verdict): Parameters<typeof t>[1] => ledger?.witnesses && { count: `${ledger.witnesses.count}`, required: `${ledger.witnesses.required}` };

function reissued({ reissued: said, credential: { issuer } }: Verdict): Child {
  return said?.entitled && h('p', { testid: 'reissued' }, t('verdict.reissued.explanation', { issuer: issuer?.name ?? '–', organisation: said.name ?? said.original, date: said.closedAt === null ? '–' : day(said.closedAt) }));
}

function missing(verdict: Verdict): Child {
  const claims = verdict.reason === 'asks_not_met' ? missingOf(verdict) : [];
  return claims.length > 0 && h('p', { testid: 'missing' }, t('verdict.asks_not_met.missing', { claims: claims.map(labelOf(verdict)).join(words().dir === 'rtl' ? '، ' : ', ') }));
}

const drawn = ({ age: seconds, clockUnsure }: NonNullable<Verdict['rolling']>): Child =>
  [ago(seconds), clockUnsure && h('strong', { class: 'tag unsure', testid: 'clock-unsure' }, t('verdict.clock.unsure'))];

const age = (seconds: number | null): string => (seconds === null ? t('verdict.age.none') : ago(seconds));

function head(verdict: Verdict, first: boolean): HTMLElement {
  return h('section', { class: 'verdict', testid: 'verdict', 'data-outcome': verdict.outcome, 'data-tone': verdict.tone, 'data-binding': verdict.binding, 'data-reason': verdict.reason },
    h('span', { class: 'verdict-sign', 'aria-hidden': 'true' }),
    h('p', { class: 'outcome', testid: 'outcome' }, tCode('verdict.outcome', verdict.outcome)),
    h(first ? 'h1' : 'h2', { tabindex: -1, testid: 'reason' }, tCode('verdict', `${wordsOf(verdict)}.title`)));
}

/** A part under its heading; no landmark, since several verdicts on one page have the same parts. */
const section = (name: string, title: string, body: Child): HTMLElement => h('section', { class: 'card', testid: name }, h('h2', null, title), body);

/** What ties the proof to the person in front: the verifier's own eyes. */
function comparison(verdict: Verdict): Child {
  const rows = claimRows(verdict, name => verdict.compare.includes(name), 'compare-list', 'compare');
  if (rows) return section('compare', t('compare.title'), [h('p', null, t('compare.how')), rows]);
  return Object.keys(verdict.claims).length > 0 && verdict.outcome === 'valid' ? section('compare', t('compare.title'), h('p', null, t('compare.none'))) : null;
}

function issuer(verdict: Verdict): HTMLElement {
  const { closing } = verdict;
  const { issuer: registered, statedIssuer, issuedAt, validFrom, validUntil } = verdict.credential;
  return section('issuer', t('issuer.title'), [
    registered?.demonstration && h('p', null, h('strong', { class: 'tag unsure demonstration-mark', testid: 'demonstration' }, t('demonstration'))),
    registered?.demonstration && h('p', { class: 'small' }, t('demonstration.long')),
    !registered && h('p', { testid: 'issuer-unknown' }, t('issuer.none')),
    facts([
      registered && [t('issuer.name'), [h('bdi', null, registered.name), chainLine(verdict)], 'issuer-name'],
      registered && [t('issuer.country'), country(registered.country), 'issuer-country'],
      registered && [t('issuer.address'), fixed(registered.issuer), 'issuer-address'],
      registered?.contact && [t('issuer.contact'), fixed(registered.contact)],
      !registered && statedIssuer && [t('issuer.stated'), fixed(statedIssuer), 'issuer-stated'],
      issuedAt && [t('issued'), day(issuedAt)],
      validFrom && [t('valid.from'), day(validFrom)],
      validUntil && [t('valid.until'), day(validUntil), 'valid-until'],
      closing && [t('verdict.closing.closed'), day(closing.at), 'closed'],
      closing && [t('verdict.closing.depositary'), closing.depositary && closing.acceptedAt ? [h('bdi', null, closing.depositary.name), closing.depositary.contact && [' · ', fixed(closing.depositary.contact)]] : t('verdict.closing.nobody'), 'depositary'],
    ]),
    chainDetails(verdict),
  ]);
}
