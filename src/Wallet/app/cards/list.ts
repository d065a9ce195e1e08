import { issuerFacts } from '../receive/receive.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { h } from '../shell/dom.ts';
import { button, link, notice, once } from '../shell/frame.ts';
import { loadMore, loadRecovery } from '../shell/later.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { t, tn } from '../shell/text.ts';
import { cards, unused } from '../store/cards.ts';
import { timeNow } from '../store/clock.ts';
import { dropPending, pending, type Unfinished } from '../store/pending.ts';
import { face } from './face.ts';

const FEW = 2;

/** All cards, newest first. */
export const listScreen: Screen = async (_parameters, signal) => {
  const [all, unfinished] = await Promise.all([cards(), pending(timeNow().time)]);
  const left = await Promise.all(all.map(card => unused(card.id)));
  // More copies come by themselves; without a network, or from an issuer that gives none, nothing changes.
  if (navigator.onLine && left.some(number => number <= FEW)) void loadMore().then(more => more.topUpAll(browserOutside())).then(any => { if (any && !signal.aborted) void redraw(); }, () => undefined);
  // What is to be said about a lost phone comes later than the cards, and is left out where it cannot be had.
  const slot = h('div');
  void loadRecovery().then(part => part.fillSlot(slot, all.length, signal)).catch(() => undefined);
  return {
    title: t('cards.title'),
    screen: 'cards', sign: 'cards',
    voice: all.length === 0 ? 'cards-empty' : 'cards',
    tab: 'cards',
    sticky: true,
    body: [
      [...unfinished].map(([id, one]) => unfinishedNotice(id, one)),
      all.length === 0
        ? h('div', { class: 'empty', testid: 'empty' }, h('p', { class: 'lead' }, t('cards.empty')), h('p', null, t('cards.empty.next')))
        : h('ul', { class: 'credential-list', testid: 'cards' }, all.map((card, index) => h('li', null,
          h('a', { class: 'card-link', href: `#/card/${card.id}`, testid: 'card', 'data-vct': card.vct }, face(card)),
          left[index]! <= FEW ? h('p', { class: 'small', testid: 'few-left' }, left[index] === 0 ? t('copies.none') : tn('copies.few', left[index]!)) : null))),
      slot,
    ],
    actions: all.length === 0
      ? [link('add', '#/add', { testid: 'add', icon: 'receive' })]
      : [link('show', '#/scan/show', { testid: 'show', icon: 'show' }), link('add', '#/add', { testid: 'add', icon: 'receive', tone: 'secondary' })],
  };
};

function unfinishedNotice(id: string, one: Unfinished): HTMLElement {
  const waiting = 'session' in one && one.session.putOff ? issuerFacts(one.session.issuer).name : undefined;
  return notice(waiting === undefined ? 'warning' : 'info', [
    h('p', null, waiting === undefined ? t('cards.unfinished') : t('cards.waiting', { issuer: waiting })),
    h('div', { class: 'row' },
      button('receive.continue', () => go(`#/receive/again/${id}`), { testid: 'resume', icon: 'next', tone: 'secondary' }),
      button('receive.drop', () => void once(() => dropPending(id).then(redraw)), { testid: 'drop-pending', icon: 'cross', tone: 'plain' })),
  ], 'unfinished');
}
