/** The PIN once more before history and contracts: for who hands over the unlocked phone, or has it taken. */
import { h } from '../../../web/lib/dom.ts';
import { pinForm } from '../lock/form.ts';
import { hideDiary, link, notice } from '../shell/frame.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { prefer, preferences } from '../store/settings.ts';
import { guardDiary, guardsDiary, hasPin, openDiary } from '../store/vault.ts';
import { sender, tp, way, type PrivacyKey } from './words.ts';

/** Stands before history, contracts and their setting while they are closed. */
export const diaryLockScreen: Screen = async () => ({
  title: tp('diary.locked'),
  screen: 'diary-lock', sign: 'lock',
  back: '#/cards',
  body: [
    h('p', { class: 'lead' }, tp('diary.locked.lead')),
    pinForm({ id: 'diary-form', testid: 'pin', label: t('lock.pin') }, async pin => {
      const tried = await openDiary(pin, Date.now());
      if (tried.outcome === 'open') await redraw();
      return tried;
    }),
  ],
  actions: [sender('diary.open', 'diary-form', 'unlock')],
});

const WAYS = ['free', 'pin', 'hidden'] as const;

export const diaryScreen: Screen = async () => {
  const lead = h('p', { class: 'lead' }, tp('diary.lead'));
  const limits = notice('warning', [h('p', null, tp('diary.limits')), h('p', null, tp('diary.limits.more'))]);
  if (!hasPin()) return {
    title: t('diary.title'), screen: 'diary', sign: 'hide', back: '#/settings/lock',
    body: [lead, h('p', null, tp('diary.nopin')), limits],
    actions: [link('pin.set', '#/settings/lock/set/diary', { testid: 'pin-set', icon: 'lock' })],
  };
  let chosen: (typeof WAYS)[number] = !guardsDiary() ? 'free' : (await preferences()).hideDiary ? 'hidden' : 'pin';
  const choices = h('fieldset', { class: 'field' }, h('legend', null, tp('diary.how')), h('div', { class: 'choices' }, WAYS.map(one => {
    const radio = h('input', { type: 'radio', name: 'diary', value: one, testid: `diary-${one}`, onchange: () => { chosen = one; } });
    radio.checked = one === chosen;
    return h('label', { class: 'choice' }, radio, h('span', null, tp(`diary.${one}` satisfies PrivacyKey)));
  })));
  return {
    title: t('diary.title'),
    screen: 'diary', sign: 'hide',
    back: '#/settings/lock',
    body: [
      guardsDiary() ? h('div', { class: 'row' }, way('diary.history', '#/history', 'open-history', 'history', 'secondary'), way('diary.contracts', '#/contracts', 'open-contracts', 'file', 'secondary')) : lead,
      pinForm({ id: 'diary-form', testid: 'pin', label: tp('diary.pin.now') }, async pin => {
        const tried = await guardDiary(chosen !== 'free', pin, Date.now());
        if (tried.outcome !== 'open') return tried;
        await prefer({ hideDiary: chosen === 'hidden' });
        hideDiary(chosen === 'hidden');
        go('#/settings/lock');
        return tried;
      }, choices),
      h('p', { class: 'small quiet' }, tp('diary.found')),
      limits,
    ],
    actions: [sender('diary.save', 'diary-form', 'diary-save')],
  };
};
