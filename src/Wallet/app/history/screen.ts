import { claimLabel, typeName } from '../cards/definitions.ts';
import { bdi, h } from '../shell/dom.ts';
import { button, link, once } from '../shell/frame.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { has, moment, t } from '../shell/text.ts';
import { events, forget, forgetAll, type Event } from '../store/history.ts';

/** Who asked for what, newest first. */
export const historyScreen: Screen = async () => {
  const all = await events();
  return {
    title: t('history.title'),
    screen: 'history',
    tab: 'history',
    body: all.length === 0
      ? [h('div', { class: 'empty', testid: 'empty' }, h('p', { class: 'lead' }, t('history.empty')), h('p', null, t('history.empty.next')))]
      : [h('p', { class: 'quiet' }, t('history.where')), h('ul', { class: 'list', testid: 'history' }, all.map(event => h('li', null, entry(event))))],
    actions: all.length === 0 ? [] : [link('history.clear', '#/history/clear', { testid: 'history-clear', tone: 'danger', icon: 'bin' })],
  };
};

/** The public page has no name of its own, and who reads a code shown without a question none at all: what they are called is our text, in the language of now. */
export const askerOf = ({ asker, verified }: Event): string => verified === 'who.public_page' ? t('public.title') : verified === 'who.anyone' ? t('show.anyone.name') : asker;

function entry(event: Event): HTMLElement {
  return h('details', { class: 'line', testid: 'event', 'data-outcome': event.outcome },
    h('summary', null, h('span', { class: 'asked-words' }, h('strong', null, bdi(askerOf(event))), h('span', { class: 'small quiet' }, `${t(`history.${event.outcome}`)} · ${moment(event.at)}`))),
    h('div', { class: 'stack' },
      has(event.verified) ? h('p', { class: 'small' }, t(event.verified)) : null,
      event.purpose ? h('p', null, h('span', { class: 'small quiet block' }, t('ask.why')), bdi(event.purpose)) : null,
      event.shared.map(shared => h('div', null,
        h('p', null, h('span', { class: 'small quiet block' }, t(event.outcome === 'failed' ? 'history.maybe' : 'history.what')), typeName(shared.vct), ' · ', bdi(shared.issuer)),
        h('ul', { testid: 'event-claims' }, shared.claims.map(name => h('li', null, claimLabel(shared.vct, name)))))),
      button('history.forget', () => void once(() => forget(event.id).then(redraw)), { testid: 'forget', tone: 'plain', icon: 'bin' })));
}

export const clearScreen: Screen = async () => ({
  title: t('history.clear.title'),
  screen: 'history-clear',
  back: '#/history',
  body: [h('p', { class: 'lead' }, t('history.clear.lead'))],
  actions: [
    button('history.clear.yes', () => void once(() => forgetAll().then(() => go('#/history'))), { testid: 'history-clear-yes', tone: 'danger', icon: 'bin' }),
    link('delete.no', '#/history', { testid: 'history-clear-no', tone: 'secondary' }),
  ],
});
