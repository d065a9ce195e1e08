import { LANGUAGE_NAMES, REVIEWED, type Language } from '../../../web/lib/i18n.ts';
import { lockNow, MIN_PIN, pinField, wrongPin } from '../lock/screen.ts';
import { h, icon, type Child } from '../shell/dom.ts';
import { isShared, lookAround, self } from '../shell/enter.ts';
import { busy, button, hideDiary, link, notice, once, show } from '../shell/frame.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { t, tn, useLanguage, words } from '../shell/text.ts';
import { erase, spaceName } from '../store/db.ts';
import { amongPersons, keepPerson, removePerson } from '../store/persons.ts';
import { prefer, preferences } from '../store/settings.ts';
import { changePin, hasPin, removePin, setPin, type Unlocking } from '../store/vault.ts';

export const settingsScreen: Screen = async () => {
  const line = (href: string, name: Parameters<typeof icon>[0], title: string, detail: string, testid: string): Child =>
    h('li', null, h('a', { href, testid }, icon(name), h('span', { class: 'asked-words' }, h('strong', null, title), h('span', { class: 'small quiet' }, detail))));
  return {
    title: t('settings.title'),
    screen: 'settings', sign: 'settings',
    tab: 'settings',
    body: [h('ul', { class: 'list' },
      line('#/settings/language', 'globe', t('language.title'), LANGUAGE_NAMES.find(([tag]) => tag === words().lang)![1], 'settings-language'),
      line('#/settings/lock', 'lock', t('lock.settings'), t(hasPin() ? 'lock.on' : 'lock.off'), 'settings-lock'),
      line('#/persons', 'person', t('persons.title'), t('persons.line'), 'settings-persons'),
      line('#/recovery', 'shield', t('about.lost'), '', 'settings-recovery'),
      line('#/settings/about', 'info', t('about.title'), t('about.line'), 'settings-about'),
      line('#/settings/erase', 'bin', t('erase'), t('erase.line'), 'settings-erase'))],
    actions: hasPin() ? [button('lock.now', () => void lockNow(), { testid: 'lock-now', icon: 'lock' })] : [],
  };
};

export function languageChoice(): HTMLElement {
  const pick = async (tag: Language): Promise<void> => {
    await prefer({ language: tag });
    const me = self();
    if (me) await keepPerson({ ...me, language: tag });
    await useLanguage(tag);
    await redraw();
  };
  return h('fieldset', { class: 'field', testid: 'languages' }, h('legend', null, t('language.title')), h('div', { class: 'choices two' }, LANGUAGE_NAMES.map(([tag, name]) => {
    const radio = h('input', { type: 'radio', name: 'language', value: tag, testid: `language-${tag}`, onchange: () => void once(() => pick(tag)) });
    radio.checked = tag === words().lang;
    return h('label', { class: 'choice' }, radio, h('span', { lang: tag, dir: 'auto' }, name));
  })), REVIEWED.includes(words().lang) ? null : h('p', { class: 'small quiet', testid: 'unreviewed' }, t('language.unreviewed')));
}

export const languageScreen: Screen = async () => ({
  title: t('language.title'),
  screen: 'language', sign: 'globe',
  back: '#/settings',
  body: [languageChoice()],
});

const MINUTES = [1, 5, 15, 0];

export const lockSettingsScreen: Screen = async () => {
  const { autoLock } = await preferences();
  return {
    title: t('lock.settings'),
    screen: 'lock-settings', sign: 'lock',
    back: '#/settings',
    body: [
      h('p', null, t('lock.explain')),
      notice('info', t('lock.limits')),
      hasPin() ? h('fieldset', { class: 'field' }, h('legend', null, t('lock.auto')), h('div', { class: 'choices' }, MINUTES.map(minutes => {
        const radio = h('input', { type: 'radio', name: 'auto', value: minutes, testid: `auto-${minutes}`, onchange: () => void prefer({ autoLock: minutes }) });
        radio.checked = minutes === autoLock;
        return h('label', { class: 'choice' }, radio, h('span', null, minutes === 0 ? t('lock.never') : tn('lock.after', minutes)));
      }))) : null,
      h('ul', { class: 'list' }, h('li', null, h('a', { href: '#/settings/diary', testid: 'settings-diary' }, icon('history'), h('span', { class: 'asked-words' }, h('strong', null, t('diary.title')), h('span', { class: 'small quiet' }, t('diary.line')))))),
      isShared() ? h('p', { class: 'small quiet', testid: 'pin-shared' }, t('pin.shared')) : null,
    ],
    actions: hasPin()
      ? [link('pin.change', '#/settings/lock/change', { testid: 'pin-change', icon: 'lock' }), isShared() ? null : link('pin.remove', '#/settings/lock/remove', { testid: 'pin-remove', icon: 'cross', tone: 'danger' })]
      : [link('pin.set', '#/settings/lock/set', { testid: 'pin-set', icon: 'lock' })],
  };
};

type PinTask = 'set' | 'change' | 'remove';

/** Where a PIN leads that was set on the way to something else. */
const AFTER: Readonly<Record<string, string>> = { persons: '#/persons/add', diary: '#/settings/diary' };

/** Sets, changes or removes the PIN. `start`: before anything else, on a shared phone. */
export const pinScreen: Screen = async ([wanted, way]) => {
  const task: PinTask = hasPin() ? (wanted === 'remove' ? 'remove' : 'change') : 'set';
  const old = task === 'set' ? undefined : pinField('pin-old', t('pin.old'), 'current-password');
  const next = task === 'remove' ? undefined : pinField('pin-new', t('pin.new'), 'new-password');
  const again = task === 'remove' ? undefined : pinField('pin-again', t('pin.again'), 'new-password');
  const error = h('p', { id: 'pin-error', class: 'field-error', role: 'alert', testid: 'pin-error', hidden: true });
  const complain = (text: string, input: HTMLInputElement): void => {
    error.textContent = text;
    error.hidden = false;
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (next && [...next.input.value].length < MIN_PIN) { complain(tn('pin.short', MIN_PIN), next.input); return; }
    if (next && again && next.input.value !== again.input.value) { complain(t('pin.differ'), again.input); return; }
    const answer = await once(async () => {
      const tried = await run(task, old?.input.value ?? '', next?.input.value ?? '');
      if (tried.outcome === 'open') await (way === 'start' ? redraw() : go(AFTER[way ?? ''] ?? '#/settings/lock'));
      return tried;
    });
    if (answer.outcome !== 'open') complain(wrongPin(answer), old!.input);
  };
  return {
    title: t(`pin.${task}`),
    screen: `pin-${task}`, sign: 'lock',
    ...(way !== 'start' && { back: way === 'persons' ? '#/persons' : '#/settings/lock' }),
    body: [
      next ? h('p', null, tn('pin.advice', MIN_PIN)) : null,
      next ? notice('warning', t('pin.lost')) : null,
      h('form', { id: 'pin-form', novalidate: true, onsubmit: (event: Event) => void submit(event) }, old?.field, next?.field, again?.field, error),
    ],
    actions: [h('button', { class: `button ${task === 'remove' ? 'danger' : 'primary'}`, type: 'submit', form: 'pin-form', testid: 'pin-save' }, icon('check'), h('span', null, t(`pin.${task}`)))],
  };
};

async function run(task: PinTask, old: string, next: string): Promise<Unlocking> {
  if (task === 'set') { await setPin(next); return { outcome: 'open' }; }
  if (task === 'change') return changePin(old, next, Date.now());
  return amongPersons(async () => {
    if ((await lookAround()).length > 1) { go('#/settings/lock'); return { outcome: 'wrong' }; } // somebody was added meanwhile
    const removed = await removePin(old, Date.now());
    if (removed.outcome === 'open') { await prefer({ hideDiary: false }); hideDiary(false); }
    return removed;
  });
}

export const aboutScreen: Screen = async () => ({
  title: t('about.title'),
  screen: 'about', sign: 'info',
  back: '#/settings',
  body: [
    h('p', { class: 'lead' }, t('about.lead')),
    h('h2', null, t('about.does')),
    h('ul', null, (['about.does.1', 'about.does.2', 'about.does.3', 'about.does.4', 'about.does.5'] as const).map(key => h('li', null, t(key)))),
    h('h2', null, t('about.not')),
    h('ul', null, (['about.not.1', 'about.not.2', 'about.not.3', 'about.not.4', 'about.not.5'] as const).map(key => h('li', null, t(key)))),
    h('h2', null, t('about.lost')),
    h('p', null, t('about.lost.more')),
  ],
});

export const eraseScreen: Screen = async () => {
  const run = async (): Promise<void> => {
    show({ title: t('erase'), screen: 'busy', sign: 'wait', body: [busy(t('erase.busy'))] });
    await erase();
    if (self()) await removePerson(spaceName());
    location.replace(location.pathname);
  };
  return {
    title: t('erase'),
    screen: 'erase', sign: 'bin',
    back: '#/settings',
    body: [isShared() ? notice('warning', h('p', { testid: 'erase-person' }, t('erase.person', { name: self()?.name ?? '' }))) : null, h('p', { class: 'lead' }, t('erase.lead')), h('p', null, t('erase.more'))],
    actions: [button('erase.yes', () => void run(), { testid: 'erase-yes', tone: 'danger', icon: 'bin' }), link('delete.no', '#/settings', { testid: 'erase-no', icon: 'back', tone: 'secondary' })],
  };
};
