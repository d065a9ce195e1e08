/** The desk of a registered verifier: its operators sign in and ask within the registered purposes, also for single details. */
import { TYPES } from 'verifier:data';
import { fill, h, icon } from '../../../web/lib/dom.ts';
import { claimLabel, findType, typeName } from '../../../web/lib/types.ts';
import { rememberDesk } from '../check/subjects.ts';
import { desk, Failure, signIn, signOut, type Desk, type Flow, type Question } from '../shell/api.ts';
import { busy, button, notice, show } from '../shell/frame.ts';
import { problem, problemPage } from '../shell/problems.ts';
import { go, redraw, type Page } from '../shell/router.ts';
import { t, words } from '../shell/text.ts';
import { OPTIONAL_AT_MOST, wishes } from './defaults.ts';
import { putQuestion } from './waiting.ts';

export const deskPage: Page = async signal => {
  show({ title: t('desk.title'), screen: 'busy', sign: 'wait', body: [busy(t('desk.busy'))] });
  try {
    const view = await desk();
    if (!signal.aborted) ask(view, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Failure && error.code === 'signed_out') signInForm();
    else problemPage(error instanceof Failure && error.code === 'gone' ? 'no_desk' : error, { title: 'desk.title' });
  }
};

function signInForm(): void {
  const key = h('input', { id: 'key', type: 'password', autocomplete: 'current-password', testid: 'desk-key', 'aria-describedby': 'key-error' });
  const error = h('p', { id: 'key-error', class: 'field-error', role: 'alert', hidden: true, testid: 'desk-error' });
  show({
    title: t('desk.title'),
    screen: 'desk-sign-in', sign: 'lock',
    body: [
      h('p', { class: 'lead' }, t('desk.lead')),
      h('form', {
        class: 'field', novalidate: true,
        onsubmit: (event: Event) => {
          event.preventDefault();
          void signIn(key.value).then(() => redraw(), (fault: unknown) => {
            error.hidden = false;
            if (fault instanceof Failure && fault.code === 'signed_out') error.textContent = t('desk.wrong');
            else fill(error, problem(fault));
            key.focus();
          });
        },
      }, h('label', { for: 'key' }, t('desk.key')), key, error, h('button', { class: 'button primary', type: 'submit', testid: 'desk-go' }, icon('next'), h('span', null, t('desk.go')))),
    ],
  });
}

function ask(view: Desk, signal: AbortSignal): void {
  const { lang } = words();
  const textOf = (purpose: Desk['purposes'][number]): string => purpose.text[lang] ?? purpose.text['en']!;
  const message = h('div', { testid: 'ask-message' });
  const details = h('div', { class: 'card stack', testid: 'claims' });
  const error = h('p', { class: 'field-error', role: 'alert', hidden: true, testid: 'chosen-error' });
  let purpose = view.purposes[0];

  const draw = (): void => fill(details, purpose && Object.entries(purpose.asks).map(([vct, claims]) => {
    const type = findType(TYPES, vct);
    // One type can be asked at a time: the others wait until they are chosen.
    const before = vct === Object.keys(purpose!.asks)[0] ? wishes(claims, type?.claims ?? []) : undefined;
    return h('fieldset', { class: 'field' }, h('legend', null, type ? typeName(type, lang) : vct), claims.map(name => {
      const claim = type?.claims.find(one => one.name === name);
      const select = h('select', { id: `claim-${name}`, name, 'data-type': vct, testid: `ask-${name}` },
        h('option', { value: '' }, t('ask.not')), h('option', { value: 'required' }, t('ask.needed')), h('option', { value: 'optional' }, t('ask.optional')));
      select.value = before?.get(name) ?? '';
      return h('div', { class: 'claim-row' }, h('label', { for: `claim-${name}` }, claimLabel(claim, name, lang)), select);
    }));
  }), error);

  const read = (): Question | undefined => {
    const chosen = [...details.querySelectorAll('select')].filter(select => select.value !== '');
    const types = new Set(chosen.map(select => select.dataset['type']!));
    const optional = chosen.filter(select => select.value === 'optional').map(select => select.name);
    const fault = types.size === 0 ? t('ask.none') : types.size > 1 ? t('desk.onetype') : optional.length > OPTIONAL_AT_MOST ? t('ask.many', { count: OPTIONAL_AT_MOST }) : '';
    error.textContent = fault;
    error.hidden = fault === '';
    if (fault !== '') { details.querySelector('select')?.focus(); return undefined; }
    return { purpose_id: purpose!.id, type: [...types][0]!, required: chosen.filter(select => select.value === 'required').map(select => select.name), optional };
  };

  const send = (flow: Flow): void => {
    const question = read();
    if (question) void putQuestion(question, textOf(purpose!), flow, message, signal);
  };
  const scan = (): void => {
    const question = read();
    if (!question) return;
    rememberDesk(textOf(purpose!), question);
    go('/scan');
  };

  show({
    title: view.name,
    screen: 'desk', sign: 'person',
    body: [
      view.registered
        ? notice('success', t('desk.registered', { authority: view.authority ?? '', until: words().date(view.until!.slice(0, 10)) }), { testid: 'desk-registered' })
        : notice('error', t('desk.unregistered'), { testid: 'desk-unregistered' }),
      view.purposes.length > 0 && h('fieldset', { class: 'field' }, h('legend', null, t('desk.purpose')), h('div', { class: 'choices' }, view.purposes.map(one =>
        h('label', { class: 'choice' },
          h('input', { type: 'radio', name: 'purpose', value: one.id, testid: `purpose-${one.id}`, checked: one === purpose, onchange: () => { purpose = one; draw(); } }),
          h('span', null, h('strong', null, textOf(one))))))),
      view.purposes.length > 0 && details,
      message,
      h('p', { class: 'spread' }, h('span', { class: 'small quiet' }, t('desk.operator', { name: view.operator })),
        button('desk.out', () => void signOut().then(redraw, (fault: unknown) => fill(message, problem(fault))), { testid: 'desk-out', icon: 'lock', tone: 'plain' })),
    ],
    actions: view.registered ? [
      button('desk.scan', scan, { testid: 'desk-scan', icon: 'camera', large: true }),
      button('ask.qr', () => send('cross_device'), { testid: 'ask-qr', icon: 'code', tone: 'secondary' }),
      button('ask.here', () => send('same_device'), { testid: 'ask-here', icon: 'phone', tone: 'secondary' }),
    ] : [],
  });
  draw();
}
