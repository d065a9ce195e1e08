/** Several persons on one phone: who is on it, the screen where each chooses themselves, and adding one. */
import { bdi, h, icon } from '../../../web/lib/dom.ts';
import { enter, isShared, leavePerson, lookAround, self } from '../shell/enter.ts';
import { button, link, notice, once, type View } from '../shell/frame.ts';
import { opened } from '../shell/inbox.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { t, words } from '../shell/text.ts';
import { cards } from '../store/cards.ts';
import { FIRST, spaceName } from '../store/db.ts';
import { amongPersons, keepPerson, persons, type Person } from '../store/persons.ts';
import { hasPin } from '../store/vault.ts';
import { sign, SIGNS } from './sign.ts';
import { sender, tp, way } from './words.ts';

const LONGEST = 30;

const line = (person: Person): readonly HTMLElement[] => [sign(person.sign, person.name), h('strong', null, bdi(person.name))];

/** The first screen of a shared phone. Names and signs as they were chosen, nothing else: neither cards nor how many, nor who was here last. */
export const whoScreen: Screen = async () => ({
  title: tp('who.title'),
  screen: 'who', sign: 'person',
  body: [
    h('p', { class: 'lead' }, tp('who.lead')),
    h('ul', { class: 'list', testid: 'persons' }, (await lookAround()).map(person => h('li', null,
      h('button', { type: 'button', class: 'line person', testid: 'person', onclick: () => void once(() => enter(person.id).then(redraw)) }, line(person))))),
  ],
});

/** On the lock of a shared phone: whose it is, and the way to the others. */
export function fillLock(slot: HTMLElement): void {
  const me = self();
  if (me) slot.replaceChildren(h('p', { class: 'row person', testid: 'locked-person' }, line(me)));
  if (isShared()) slot.append(button('person.other', () => leavePerson(undefined, opened()), { testid: 'other-person', icon: 'next', tone: 'secondary' }));
}

export const personsScreen: Screen = async () => {
  const all = await lookAround();
  return {
    title: t('persons.title'),
    screen: 'persons', sign: 'person',
    back: '#/settings',
    body: [
      h('p', { class: 'lead' }, tp('persons.lead')),
      all.length > 1 ? h('ul', { class: 'list', testid: 'persons' }, all.map(person => h('li', null, h('div', { class: 'line person', testid: 'person' }, line(person), person.id === spaceName() ? h('span', { class: 'tag' }, tp('persons.you')) : null)))) : null,
      notice('info', [h('p', null, tp('persons.apart')), h('p', null, tp('persons.limits'))]),
    ],
    actions: [
      way('persons.add', '#/persons/add', 'person-add', 'plus'),
      self() ? way('persons.me', '#/persons/me', 'person-me', 'person', 'secondary') : null,
      all.length > 1 ? button('person.other', () => leavePerson(), { testid: 'other-person', icon: 'next', tone: 'plain' }) : null,
    ],
  };
};

/** How the person wants to be shown on the first screen. */
export const meScreen: Screen = async () => {
  const me = self();
  const held = (await cards()).map(card => card.claims['holder_name'] ?? card.claims['full_name']).find(name => typeof name === 'string');
  return form({
    title: tp('me.title'), screen: 'person-me', back: '#/persons', person: me, suggested: held as string | undefined,
    keep: async (name, chosen) => {
      await keepPerson({ id: me?.id ?? spaceName(), since: me?.since ?? Date.now(), language: words().lang, name, sign: chosen });
      await lookAround();
      go(me ? '#/persons' : '#/persons/add');
    },
  });
};

/** A space for one more person. Whoever adds it has a PIN and a sign of their own by then; the new person sets a PIN before anything else. */
export const addScreen: Screen = async () => {
  if (!hasPin()) return {
    title: tp('add.title'), screen: 'person-pin', sign: 'lock', back: '#/persons',
    body: [h('p', { class: 'lead' }, tp('add.pin'))],
    actions: [link('pin.set', '#/settings/lock/set/persons', { testid: 'pin-set', icon: 'lock' })],
  };
  if (!self()) { go('#/persons/me'); return undefined; }
  return form({
    title: tp('add.title'), screen: 'person-add', back: '#/persons', lead: tp('add.lead'),
    keep: async (name, chosen) => {
      const person = { id: `${FIRST}-${crypto.randomUUID()}`, since: Date.now(), language: words().lang, name, sign: chosen };
      const added = await amongPersons(async () => hasPin() && (await keepPerson(person), true));
      if (added) leavePerson(person.id);
      else await redraw();
    },
  });
};

interface Form {
  readonly title: string;
  readonly screen: string;
  readonly back: string;
  readonly lead?: string;
  readonly person?: Person | undefined;
  /** A name that stands on a card: offered, never taken. */
  readonly suggested?: string | undefined;
  readonly keep: (name: string, sign: string) => Promise<void>;
}

function form({ title, screen, back, lead, person, suggested, keep }: Form): View {
  const input = h('input', { id: 'person-name', testid: 'person-name', type: 'text', autocomplete: 'off', dir: 'auto', maxlength: LONGEST, value: person?.name ?? '', 'aria-describedby': 'person-error' });
  const error = h('p', { id: 'person-error', class: 'field-error', role: 'alert', testid: 'person-error', hidden: true });
  const wrong = (text: string): void => {
    error.textContent = text;
    error.hidden = false;
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  };
  let chosen: string = person?.sign ?? 'sun';
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const name = input.value.trim().normalize('NFC');
    if (name === '') { wrong(tp('name.missing')); return; }
    if ((await persons()).some(other => other.id !== person?.id && other.name.toLocaleLowerCase() === name.toLocaleLowerCase())) { wrong(tp('name.taken')); return; }
    await once(() => keep(name, chosen));
  };
  const choice = (of: (typeof SIGNS)[number]): HTMLElement => {
    const radio = h('input', { type: 'radio', name: 'sign', value: of, testid: `sign-${of}`, onchange: () => { chosen = of; } });
    radio.checked = of === chosen;
    return h('label', { class: 'choice' }, radio, of === 'letter' ? null : sign(of, ''), h('span', null, tp(`sign.${of}`)));
  };
  return {
    title, screen, back, sign: 'person',
    body: [
      lead === undefined ? null : h('p', { class: 'lead' }, lead),
      h('form', { id: 'person-form', novalidate: true, onsubmit: (event: Event) => void submit(event) },
        h('div', { class: 'field' }, h('label', { for: 'person-name' }, tp('name.label')), h('p', { class: 'hint' }, tp('name.hint')), input, error,
          suggested === undefined ? null : h('button', { type: 'button', class: 'button plain', testid: 'name-of-card', onclick: () => { input.value = suggested.slice(0, LONGEST); } }, icon('cards'), h('span', null, tp('name.card'), ' ', bdi(suggested)))),
        h('fieldset', { class: 'field' }, h('legend', null, tp('sign.label')), h('div', { class: 'choices signs' }, SIGNS.map(choice)))),
    ],
    actions: [sender('name.keep', 'person-form', 'person-keep')],
  };
}
