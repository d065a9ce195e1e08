import { browserOutside } from '../../../web/lib/outside.ts';
import { fill, h, icon } from '../shell/dom.ts';
import { button, facts, link, notice, once } from '../shell/frame.ts';
import { loadRecovery } from '../shell/later.ts';
import { go, type Screen } from '../shell/router.ts';
import { country, ago, day, t, tn } from '../shell/text.ts';
import { card as find, removeCard, unused, type Card, type StatusFacts } from '../store/cards.ts';
import { now } from '../store/clock.ts';
import { claimLabel, claimText, shownClaims, typeName } from './definitions.ts';
import { face, trouble } from './face.ts';
import { refreshStatus } from './status.ts';

/** One card: what it says, whether it still counts, where its proof is. */
export const detailScreen: Screen = async ([id], signal) => {
  const card = await find(id!);
  if (!card) { go('#/cards'); return undefined; }
  const left = await unused(card.id);
  const status = h('div', { testid: 'status', role: 'status' }, statusNotice(card, card.status));
  const picture = h('div', { 'aria-hidden': 'true' }, face(card));
  const refreshed = refreshStatus(card.id, card.status, browserOutside());
  void refreshed.then(fresh => {
    if (signal.aborted || !fresh) return;
    fill(status, statusNotice(card, fresh));
    fill(picture, face({ ...card, status: fresh }));
  });
  const closed = h('div');
  void loadRecovery().then(part => part.fillClosed(closed, card, refreshed, signal)).catch(() => undefined);

  return {
    title: typeName(card.vct),
    screen: 'card', sign: 'cards',
    sticky: true,
    back: '#/cards',
    body: [
      picture,
      status,
      closed,
      card.issuer.demonstration ? notice('warning', t('demonstration.long'), 'demonstration') : null,
      h('section', { class: 'card', 'aria-labelledby': 'says' }, h('h2', { id: 'says' }, t('card.says')),
        facts(shownClaims(card.vct, card.claims).map(([name, value]) => [claimLabel(card.vct, name), claimText(card.vct, name, value), `claim-${name}`]), 'claims')),
      h('section', { class: 'card', 'aria-labelledby': 'from' }, h('h2', { id: 'from' }, t('card.from')),
        facts([
          [t('issuer.name'), card.issuer.name],
          card.issuer.country ? [t('issuer.country'), country(card.issuer.country)] : null,
          [t('issuer.address'), h('bdi', { class: 'fixed', dir: 'ltr' }, card.issuer.iss)],
          [t('card.received'), day(card.receivedAt)],
          card.expires === undefined ? null : [t('card.expires'), day(card.expires * 1000), 'expires'],
        ])),
      h('p', { class: 'small quiet', testid: 'copies' }, left === 0 ? t('copies.none') : tn('copies.left', left)),
      h('ul', { class: 'list' },
        h('li', null, h('a', { href: `#/card/${card.id}/why`, testid: 'why' }, icon('info'), t('why.title'))),
        h('li', null, h('a', { href: `#/card/${card.id}/receipt`, testid: 'receipt' }, icon('file'), t('card.receipt'))),
        (card.paper || card.more) && h('li', null, h('a', { href: `#/card/${card.id}/paper`, testid: 'paper' }, icon('file'), t('card.paper'))),
        h('li', null, h('a', { href: `#/card/${card.id}/delete`, testid: 'delete' }, icon('bin'), t('delete.title')))),
    ],
    actions: [link('show', '#/scan/show', { testid: 'show', icon: 'show' })],
  };
};

function statusNotice(card: Card, status: StatusFacts | undefined): HTMLElement {
  const wrong = trouble({ ...card, ...(status && { status }) }, now());
  const age = status && status.signedAt > 0 ? h('p', { class: 'small', testid: 'status-age' }, t('status.age', { signed: ago(status.signedAt), fetched: ago(status.fetchedAt) })) : null;
  const value = wrong ?? (status?.value === 'valid' ? 'valid' : 'unknown');
  const words = value === 'revoked' && card.replaced ? 'replaced' : value;
  return notice(wrong ? 'warning' : value === 'valid' ? 'success' : 'info', [h('p', null, h('strong', { testid: 'status-value', 'data-status': value }, t(`status.${words}`))), h('p', null, t(`status.${words}.more`)), age]);
}

export const deleteScreen: Screen = async ([id]) => {
  const card = await find(id!);
  if (!card) { go('#/cards'); return undefined; }
  const remove = async (): Promise<void> => {
    await removeCard(card.id);
    go('#/cards');
  };
  return {
    title: t('delete.title'),
    screen: 'delete', sign: 'bin',
    back: `#/card/${card.id}`,
    body: [face(card), h('p', { class: 'lead' }, t('delete.lead')), h('p', null, t('delete.more'))],
    actions: [
      button('delete.yes', () => void once(remove), { testid: 'delete-yes', tone: 'danger', icon: 'bin' }),
      link('delete.no', `#/card/${card.id}`, { testid: 'delete-no', icon: 'back', tone: 'secondary' }),
    ],
  };
};
