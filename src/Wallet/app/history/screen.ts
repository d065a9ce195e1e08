/** The diary: who asked for what, what was shown, and what was signed about it. A part that is loaded when it is opened. */
import { bdi, h } from '../../../web/lib/dom.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { claimLabel, typeName } from '../cards/definitions.ts';
import { announce, button, link, notice, once } from '../shell/frame.ts';
import { explain } from '../shell/problems.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { has, moment, t } from '../shell/text.ts';
import { now } from '../store/clock.ts';
import { events, forget, forgetAll, record, type Event } from '../store/history.ts';
import { askReceipt, evidenceOf, lookForReceipts, mayAsk, said, type Said } from './receipts.ts';

/** Milliseconds within which what was not there is not asked for again: entries are hidden and deleted on this same screen. */
const AGAIN = 60_000;

let withHidden = false;
let lookedAt = 0;

/** Newest first. */
export const historyScreen: Screen = async (_parameters, signal) => {
  const all = await events();
  const hidden = all.filter(event => event.hidden).length;
  const listed = all.filter(event => withHidden || !event.hidden);
  const lines = new Map(await Promise.all(listed.map(async event => [event.id, entry(event, await said(event))] as const)));
  if (navigator.onLine !== false && Math.abs(Date.now() - lookedAt) > AGAIN) {
    lookedAt = Date.now();
    void lookForReceipts(listed, browserOutside(), event => arrived(event, lines.get(event.id)!), signal);
  }
  const toggle = hidden === 0 ? null : button(withHidden ? 'history.hidden.close' : 'history.hidden.open', () => { withHidden = !withHidden; void redraw(); }, { testid: 'history-hidden', tone: 'plain', icon: withHidden ? 'hide' : 'show' });
  return {
    title: t('history.title'),
    screen: 'history', sign: 'history',
    tab: 'history',
    body: all.length === 0
      ? [h('div', { class: 'empty', testid: 'empty' }, h('p', { class: 'lead' }, t('history.empty')), h('p', null, t('history.empty.next')))]
      : [h('p', { class: 'quiet' }, t('history.where')), h('ul', { class: 'list', testid: 'history' }, [...lines.values()].map(line => h('li', null, line))), toggle],
    actions: all.length === 0 ? [] : [link('history.clear', '#/history/clear', { testid: 'history-clear', tone: 'danger', icon: 'bin' })],
  };
};

/** Puts a showing that has its receipt now in the place of the one that had none, unless it was deleted meanwhile. */
async function arrived(event: Event, line: HTMLDetailsElement): Promise<void> {
  if (!(await events()).some(({ id }) => id === event.id)) return;
  await record(event);
  const fresh = entry(event, await said(event));
  const focused = line.contains(document.activeElement);
  fresh.open = line.open;
  line.replaceWith(fresh);
  if (focused) fresh.querySelector('summary')!.focus();
  announce(t('history.receipt'));
}

/** The public page has no name of its own, and who reads a code shown without a question none at all: what they are called is our text, in the language of now. */
export const askerOf = ({ asker, verified }: Event): string => verified === 'who.public_page' ? t('public.title') : verified === 'who.anyone' ? t('show.anyone.name') : asker;

function entry(event: Event, told: Said): HTMLDetailsElement {
  const problem = h('div', { testid: 'receipt-problem' });
  const ask = (): void => void once(async () => {
    try {
      await record(await askReceipt(event, browserOutside()));
      await redraw();
      announce(t('history.receipt'));
    } catch (error) {
      problem.replaceChildren(notice('info', (error as { code?: unknown }).code === 'request_gone' ? t('history.receipt.none') : explain(error)));
    }
  });
  return h('details', { class: 'line', testid: 'event', 'data-outcome': event.outcome, 'data-verdict': told.verdicts[0] ?? '', 'data-refused': event.outcome === 'refused' ? '' : undefined },
    h('summary', null, h('span', { class: 'asked-words' }, h('strong', null, bdi(askerOf(event))),
      h('span', { class: 'small quiet' }, `${t(`history.${event.outcome}`)} · ${moment(event.at)}`),
      told.verdicts.map(verdict => h('span', { class: 'small', testid: 'event-verdict' }, t(`history.verdict.${verdict}`))))),
    h('div', { class: 'stack' },
      has(event.verified) ? event.outcome === 'refused' ? notice('error', t(event.verified), 'event-unknown') : h('p', { class: 'small' }, t(event.verified)) : null,
      event.purpose ? h('p', null, h('span', { class: 'small quiet block' }, t('ask.why')), bdi(event.purpose)) : null,
      event.shared.map(shared => h('div', null,
        h('p', null, h('span', { class: 'small quiet block' }, t(event.outcome === 'failed' ? 'history.maybe' : 'history.what')), typeName(shared.vct), ' · ', bdi(shared.issuer)),
        h('ul', { testid: 'event-claims' }, shared.claims.map(name => h('li', null, claimLabel(shared.vct, name)))))),
      event.outcome === 'shared' ? h('p', { class: 'small', testid: 'event-binding' }, t(event.way === 'online' ? 'history.by.online' : event.verified === 'who.anyone' ? 'history.by.rolling' : 'history.by.answer')) : null,
      told.verdicts.length > 0 ? h('p', { class: 'small', testid: 'event-receipt' }, t('history.receipt')) : null,
      told.unfit ? notice('warning', t('history.receipt.wrong'), 'receipt-wrong') : null,
      problem,
      h('div', { class: 'row' },
        mayAsk(event, told, now()) ? button('history.receipt.get', ask, { testid: 'receipt-get', tone: 'secondary', icon: 'receive' }) : null,
        event.shared.some(({ line }) => line !== undefined) ? button('history.save', () => save(event), { testid: 'event-save', tone: 'plain', icon: 'file' }) : null,
        button(event.hidden ? 'history.unhide' : 'history.hide', () => void once(() => record({ ...event, hidden: !event.hidden }).then(redraw)), { testid: 'hide', tone: 'plain', icon: event.hidden ? 'show' : 'hide' }),
        button('history.forget', () => void once(() => forget(event.id).then(redraw)), { testid: 'forget', tone: 'plain', icon: 'bin' }))));
}

/** What can be shown to a third person: names of claims, digests and signatures, no value. */
function save(event: Event): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(evidenceOf(event), null, 2)}\n`], { type: 'application/json' }));
  const anchor = h('a', { href: url, download: `shown-${new Date(event.at).toISOString().slice(0, 10)}.json` });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const clearScreen: Screen = async () => ({
  title: t('history.clear.title'),
  screen: 'history-clear', sign: 'bin',
  back: '#/history',
  body: [h('p', { class: 'lead' }, t('history.clear.lead'))],
  actions: [
    button('history.clear.yes', () => void once(() => forgetAll().then(() => go('#/history'))), { testid: 'history-clear-yes', tone: 'danger', icon: 'bin' }),
    link('delete.no', '#/history', { testid: 'history-clear-no', icon: 'back', tone: 'secondary' }),
  ],
});
