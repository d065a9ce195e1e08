/** A form that asks for the PIN once more, in parts that are loaded later. */
import { h, type Child } from '../shell/dom.ts';
import { once } from '../shell/frame.ts';
import type { Unlocking } from '../store/vault.ts';
import { pinField, wrongPin } from './screen.ts';

/** Sends the PIN, forgets it, and says what was wrong with it. `testid` is that of the field. */
export function pinForm(form: { readonly id: string; readonly testid: string; readonly label: string }, send: (pin: string) => Promise<Unlocking>, ...before: readonly Child[]): HTMLElement {
  const { field, input } = pinField(form.testid, form.label, 'current-password');
  const error = h('p', { id: 'pin-error', class: 'field-error', role: 'alert', testid: 'pin-error', hidden: true });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const pin = input.value;
    input.value = '';
    const answer = await once(() => send(pin));
    if (answer.outcome === 'open') return;
    error.textContent = wrongPin(answer);
    error.hidden = false;
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  };
  return h('form', { id: form.id, class: 'stack', novalidate: true, onsubmit: (event: Event) => void submit(event) }, before, field, error);
}
