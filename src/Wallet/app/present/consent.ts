/** The question "what exactly", for both ways of showing. */
import { bdi, h, type Child } from '../shell/dom.ts';
import { consentOrder, offByDefault, type ClaimFacts } from '../../../web/lib/verifiers.ts';
import { t } from '../shell/text.ts';
import { claimLabel } from '../cards/definitions.ts';

export interface AskedLine {
  readonly id: string;
  /** The claim's own name. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** The asker accepts an answer without it. */
  readonly optional: boolean;
  readonly sensitive: boolean;
  /** It goes beyond the asker's registration. */
  readonly extra: boolean;
  /** Starts off: sensitive, beyond the registration, or made unnecessary by a derived answer. */
  readonly off: boolean;
}

/** The rule of `offByDefault` and `consentOrder` for lines of one type. */
export function arrange(lines: readonly Omit<AskedLine, 'off'>[], claims: readonly ClaimFacts[]): AskedLine[] {
  const asked = lines.map(({ name, optional }) => ({ claim: name, optional }));
  const off = offByDefault(claims, asked, lines.filter(({ extra }) => extra).map(({ name }) => name));
  const order = consentOrder(claims, asked, off);
  return lines.map(line => ({ ...line, off: off.has(line.name) })).sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** Which of the asked claims the person agrees to. Those that start off go only by a deliberate yes. */
export class Agreement {
  readonly #on: Map<string, boolean>;
  readonly #lines: readonly AskedLine[];
  constructor(lines: readonly AskedLine[]) {
    this.#lines = lines;
    this.#on = new Map(lines.map(line => [line.id, !line.off]));
  }

  has(id: string): boolean { return this.#on.get(id) ?? false; }
  set(id: string, on: boolean): void { this.#on.set(id, on); }
  get refused(): string[] { return this.#lines.filter(line => !this.has(line.id)).map(line => line.id); }
  /** Claims the asker insists on that are still off. */
  get missing(): AskedLine[] { return this.#lines.filter(line => !line.optional && !this.has(line.id)); }
}

/** The lines with their switches. What cannot be refused alone has no switch, unless it is sensitive: then it needs a deliberate yes. `unasked`: nobody asks, so every line is the person's own choice. */
export function claimSwitches(lines: readonly AskedLine[], agreement: Agreement, changed: () => void, unasked = false): HTMLElement {
  return h('ul', { class: 'list asked', testid: 'asked' }, lines.map(line => h('li', null, switchLine(line, agreement, changed, unasked))));
}

function switchLine(line: AskedLine, agreement: Agreement, changed: () => void, unasked: boolean): Child {
  const words: Child = h('span', { class: 'asked-words' },
    h('span', { class: 'small quiet' }, line.label, line.optional && !unasked ? ` · ${t('ask.optional')}` : '', line.sensitive ? ` · ${t('ask.sensitive')}` : '', line.extra ? h('strong', { class: 'beyond', testid: `extra-${line.name}` }, ` · ${t('ask.beyond')}`) : null),
    h('strong', null, bdi(line.value)));
  if (!line.optional && !line.sensitive && !line.extra) return h('div', { class: 'line', testid: `ask-${line.name}`, 'data-on': 'true' }, words);
  const box = h('input', {
    type: 'checkbox', role: 'switch', class: 'switch', testid: `switch-${line.name}`,
    onchange: () => { agreement.set(line.id, box.checked); changed(); },
  });
  box.checked = agreement.has(line.id);
  return h('label', { class: 'line asked-line', testid: `ask-${line.name}` }, words, box);
}

/** One of several cards. */
export function cardChoice(name: string, options: readonly { readonly id: string; readonly title: string; readonly detail: string }[], chosen: string, pick: (id: string) => void): HTMLElement {
  return h('fieldset', { class: 'field', testid: 'card-choice' }, h('legend', null, t('ask.which')),
    h('div', { class: 'choices' }, options.map(option => {
      const radio = h('input', { type: 'radio', name, value: option.id, onchange: () => pick(option.id) });
      radio.checked = option.id === chosen;
      return h('label', { class: 'choice' }, radio, h('span', null, bdi(option.title), h('span', { class: 'small quiet block' }, bdi(option.detail))));
    })));
}

/** Claims the issuer left readable in every copy: they go along and the person should know. */
export function alongside(vct: string, names: readonly string[]): Child {
  return names.length === 0 ? null : h('p', { class: 'small quiet', testid: 'alongside' }, t('ask.alongside', { claims: names.map(name => claimLabel(vct, name)).join(t('list.separator')) }));
}
