import { signingKey } from '../../../web/lib/keys.ts';
import { askReason, type StatusReason } from '../../../web/lib/openid4vci/reason.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { bdi, h, type Child } from '../shell/dom.ts';
import { announce, busy, button, facts, notice, update } from '../shell/frame.ts';
import { explain } from '../shell/problems.ts';
import { go, type Screen } from '../shell/router.ts';
import { day, moment, t, tn, words } from '../shell/text.ts';
import { card as find, copies, updateCard, type Card } from '../store/cards.ts';
import { now } from '../store/clock.ts';
import { worsened } from './status.ts';

/** Why a card stands as it does, whom to turn to, and who at the issuer looked. Asked only when the person presses the button. */
export const reasonScreen: Screen = async ([id], signal) => {
  const card = await find(id!);
  if (!card) { go('#/cards'); return undefined; }
  const ask = async (): Promise<void> => {
    update(busy(t('why.asking')));
    try {
      const [copy] = await copies(card.id);
      const answer = await askReason(card.issuer.iss, await signingKey(copy!.keys), words().lang, browserOutside());
      // The list on this phone may be older than the answer: card and consent must not go on saying "valid".
      const status = worsened((await find(card.id))?.status, answer.state, now());
      await updateCard(card.id, { ...(status && { status }), ...(answer.replaced && { replaced: true }) });
      if (signal.aborted) return;
      update(...shown(card, answer));
      announce(t(`status.${answer.state}`));
    } catch (error) {
      if (!signal.aborted) update(notice('error', h('p', { testid: 'why-failed' }, explain(error))), h('p', null, t('why.failed.more')));
    }
  };
  return {
    title: t('why.title'),
    screen: 'why', sign: 'ask',
    back: `#/card/${card.id}`,
    body: [h('p', { class: 'lead' }, t('why.lead')), h('p', null, t('why.privacy'))],
    actions: [button('why.ask', () => void ask(), { testid: 'why-ask', icon: 'ask' })],
  };
};

function shown(card: Card, answer: StatusReason): Child[] {
  const { appeal } = answer;
  const ended = answer.state !== 'valid';
  return [
    notice(ended ? 'warning' : 'success', [
      h('p', null, h('strong', { testid: 'why-state', 'data-state': answer.state }, t(answer.replaced ? 'status.replaced' : `status.${answer.state}`))),
      answer.text ? h('p', { testid: 'why-reason' }, answer.text) : null,
      answer.sentence ? h('p', { testid: 'why-sentence' }, bdi(answer.sentence)) : null,
      answer.since === undefined ? null : h('p', { class: 'small' }, t('why.since', { when: moment(answer.since) })),
    ]),
    h('section', { class: 'card', 'aria-labelledby': 'appeal' }, h('h2', { id: 'appeal' }, t('why.appeal')), facts([
      [t('issuer.name'), appeal.organisation || card.issuer.name],
      appeal.contact ? [t('why.contact'), appeal.contact, 'why-contact'] : null,
      appeal.how ? [t('why.how'), appeal.how] : null,
      appeal.until === undefined ? null : [t('why.until'), day(appeal.until), 'why-until'],
    ])),
    h('section', { class: 'card', 'aria-labelledby': 'looked' }, h('h2', { id: 'looked' }, t('why.history')),
      answer.history.length === 0 ? h('p', null, t('why.history.none')) : h('ol', { class: 'list', testid: 'why-history' }, answer.history.map(line => h('li', null, h('div', { class: 'line' },
        h('strong', null, bdi(line.what)), line.why ? h('span', null, ' · ', bdi(line.why)) : null, h('br'),
        h('span', { class: 'small quiet' }, bdi(line.who), ' · ', moment(line.at), line.times > 1 ? ` · ${tn('why.times', line.times)}` : null)))))),
  ];
}
