/** The words of recovery, which travel with this part; those of other languages lie in the file of the language. */
import english from '../../../web/strings/recovery.en.json' with { type: 'json' };
import { digitsOf } from '../../../web/lib/digits.ts';
import { h, icon, type IconName } from '../../../web/lib/dom.ts';
import { Declined } from '../../../web/lib/recovery/service.ts';
import { explain } from '../shell/problems.ts';
import { partWords } from '../shell/text.ts';

export type RecoveryKey = keyof typeof english;

/** A text of recovery in the person's language, else in English. */
export const tr = partWords<RecoveryKey>('recovery.', english);

/** What went wrong, in words: the service's own reasons, else what the rest of the wallet says. */
export function trouble(error: unknown): string {
  const code = (error as { name?: unknown; code?: unknown } | null)?.name === 'Declined' ? `no.${(error as { code: string }).code}` : undefined;
  if (code === undefined) return explain(error);
  if (code === 'no.not_accepted') return tr('renew.no.not_accepted');
  return tr(code in english ? code as RecoveryKey : 'no.unknown');
}

// What a phone can say no more of.
const LIKE: Readonly<Record<string, string>> = { type: 'scope', other: 'proof', invalid_proof: 'proof', invalid_nonce: 'proof', invalid_request: 'proof', unknown: 'proof' };

/** Why a depositary gave nothing, in words. */
export function declined(error: unknown): string {
  const { name, code = '' } = (error ?? {}) as { name?: unknown; code?: string };
  const key = `renew.no.${LIKE[code] ?? code}`;
  return name === 'Declined' && key in english ? tr(key as RecoveryKey) : trouble(error);
}

/** The six digits of a message, in whatever script they were typed. Declined `digits` where it is anything else: each that is sent counts as a try. */
export function sixDigits(typed: string): string {
  const digits = digitsOf(typed);
  if (digits.length !== 6) throw new Declined('digits');
  return digits;
}

/** A button whose text is one of this part. */
export function action(label: RecoveryKey, picture: IconName, onclick: () => void, testid: string, tone: 'primary' | 'secondary' | 'danger' | 'plain' = 'primary'): HTMLButtonElement {
  return h('button', { type: 'button', class: `button ${tone}`, testid, onclick }, icon(picture), h('span', null, tr(label)));
}

/** A field with its label and a place for what is wrong with it. */
export function field(id: string, label: RecoveryKey, attributes: Record<string, unknown> = {}, hint?: RecoveryKey): { readonly part: HTMLElement; readonly input: HTMLInputElement; readonly wrong: (text: string) => void } {
  const input = h('input', { id, testid: id, type: 'text', autocomplete: 'off', dir: 'ltr', 'aria-describedby': `${id}-error`, ...attributes });
  const error = h('p', { id: `${id}-error`, class: 'field-error', role: 'alert', testid: `${id}-error`, hidden: true });
  return {
    input, part: h('div', { class: 'field' }, h('label', { for: id }, tr(label)), hint ? h('p', { class: 'hint' }, tr(hint)) : null, input, error),
    wrong: text => { error.textContent = text; error.hidden = false; input.setAttribute('aria-invalid', 'true'); input.focus(); },
  };
}

