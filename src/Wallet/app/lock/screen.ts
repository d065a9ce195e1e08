import { h, icon } from '../shell/dom.ts';
import { busy, link, once, show } from '../shell/frame.ts';
import { isShared, leavePerson } from '../shell/enter.ts';
import { loadPrivacy } from '../shell/later.ts';
import { redraw, type Screen } from '../shell/router.ts';
import { t, tn } from '../shell/text.ts';
import { hasPin, isLocked, lock, unlock, type Unlocking } from '../store/vault.ts';
import { preferences } from '../store/settings.ts';

export const MIN_PIN = 6;

/** A PIN field. Digits only on the keypad, but any character counts: longer is better. */
export function pinField(id: string, label: string, autocomplete: 'current-password' | 'new-password'): { field: HTMLElement; input: HTMLInputElement } {
  const input = h('input', { id, class: 'code-input', type: 'password', inputmode: 'numeric', autocomplete, testid: id, dir: 'ltr', maxlength: 64, 'aria-describedby': 'pin-error' });
  return { input, field: h('div', { class: 'field' }, h('label', { for: id }, label), input) };
}

export function wrongPin(answer: Exclude<Unlocking, { outcome: 'open' }>): string {
  return answer.outcome === 'wait' ? tn('lock.wait', answer.seconds) : t('lock.wrong');
}

/** Stands before everything else while the wallet is locked. */
export const lockScreen: Screen = async () => {
  const { field, input } = pinField('pin', t('lock.pin'), 'current-password');
  const error = h('p', { id: 'pin-error', class: 'field-error', role: 'alert', testid: 'pin-error', hidden: true });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const pin = input.value;
    input.value = '';
    form.setAttribute('aria-busy', 'true');
    const answer = await once(async () => {
      const tried = await unlock(pin, Date.now());
      if (tried.outcome === 'open') await redraw();
      return tried;
    });
    form.removeAttribute('aria-busy');
    if (answer.outcome === 'open') return;
    error.textContent = wrongPin(answer);
    error.hidden = false;
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  };
  const form = h('form', { id: 'pin-form', novalidate: true, onsubmit: (event: Event) => void submit(event) }, field, error);
  // Whose lock this is, and the way to the others: where nobody else uses the phone, nothing more to load.
  const slot = h('div', { class: 'stack' });
  if (isShared()) void loadPrivacy().then(part => part.fillLock(slot), () => undefined);
  queueMicrotask(() => setTimeout(() => input.focus()));
  return {
    title: t('lock.title'),
    screen: 'lock', sign: 'lock',
    body: [slot, h('p', { class: 'lead' }, t('lock.lead')), form, h('details', null, h('summary', null, t('lock.forgot')), h('p', null, t('lock.forgot.more')), link('erase', '#/settings/erase', { testid: 'lock-erase', icon: 'bin', tone: 'danger' }))],
    actions: [h('button', { class: 'button primary', type: 'submit', form: 'pin-form', testid: 'unlock' }, icon('check'), h('span', null, t('lock.open')))],
  };
};

/** Locks. A shared phone goes back to the screen of all: the next may be somebody else. */
export async function lockNow(): Promise<void> {
  lock();
  if (isShared()) { leavePerson(); return; }
  show({ title: t('lock.title'), screen: 'busy', sign: 'wait', body: [busy(t('lock.locking'))] });
  await redraw();
}

/** Locks after the chosen time without use, also when the phone slept meanwhile. */
export function lockWhenIdle(): void {
  let used = Date.now();
  const touch = (): void => { used = Date.now(); };
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, touch, { passive: true });
  const check = async (): Promise<void> => {
    if (!hasPin() || isLocked()) return;
    const { autoLock } = await preferences();
    if (autoLock > 0 && Date.now() - used >= autoLock * 60_000) await lockNow();
  };
  setInterval(() => void check(), 15_000);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void check(); });
}
