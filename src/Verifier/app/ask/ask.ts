/** "Ask for a proof": a question by name, or chosen details of one type. */
import { TEMPLATES, TYPES } from 'verifier:data';
import { fill, h } from '../../../web/lib/dom.ts';
import { claimLabel, findType, typeName } from '../../../web/lib/types.ts';
import { request, type Question } from '../shell/api.ts';
import { busy, button, show } from '../shell/frame.ts';
import { problem } from '../shell/problems.ts';
import { open, type Page } from '../shell/router.ts';
import { t, words } from '../shell/text.ts';
import { rememberPending } from './pending.ts';
import { onThisDevicePage, waitingPage } from './waiting.ts';

const PURPOSE_AT_MOST = 80;
const OPTIONAL_AT_MOST = 4;
const CHOSEN = 'chosen';

export const askPage: Page = signal => {
  const { lang } = words();
  let template = TEMPLATES[0]!.name;
  const details = h('div', { class: 'card stack', hidden: true, testid: 'chosen' });
  const chosen = new Chosen(details);
  const message = h('div', { testid: 'ask-message' });

  const choice = (name: string, title: string, description: string): HTMLElement =>
    h('label', { class: 'choice' },
      h('input', {
        type: 'radio', name: 'question', value: name, testid: `template-${name}`, checked: name === template,
        onchange: () => { template = name; details.hidden = name !== CHOSEN; },
      }),
      h('span', null, h('strong', null, title), h('small', null, description)));

  const ask = async (flow: 'cross_device' | 'same_device'): Promise<void> => {
    const question: Question | undefined = template === CHOSEN ? chosen.read() : { template };
    if (!question) return;
    fill(message, busy(t('ask.making')));
    try {
      const made = await request(question, flow, lang);
      if (flow === 'same_device') rememberPending(made.id, Date.parse(made.expiresAt));
      const texts = TEMPLATES.find(({ name }) => name === template)?.texts;
      const title = (texts?.[lang] ?? texts?.['en'])?.title ?? t('ask.chosen');
      if (!signal.aborted) open(flow === 'same_device' ? onThisDevicePage(made, title) : waitingPage(made, title));
    } catch (error) {
      fill(message, problem(error));
    }
  };

  show({
    title: t('ask.title'),
    screen: 'ask',
    body: [
      h('p', { class: 'lead' }, t('ask.lead')),
      h('fieldset', { class: 'field' }, h('legend', { class: 'visually-hidden' }, t('ask.which')),
        h('div', { class: 'choices' },
          TEMPLATES.map(({ name, texts }) => { const { title, description } = texts[lang] ?? texts['en']!; return choice(name, title, description); }),
          choice(CHOSEN, t('ask.chosen'), t('ask.chosen.more')))),
      details,
      message,
    ],
    actions: [
      button('ask.qr', () => void ask('cross_device'), { testid: 'ask-qr', icon: 'scan', large: true }),
      button('ask.here', () => void ask('same_device'), { testid: 'ask-here', tone: 'secondary' }),
    ],
  });
};

/** Chosen details: each is not asked, needed, or may be refused. */
class Chosen {
  private readonly type = h('select', { id: 'type', testid: 'type' });
  private readonly claims = h('div', { testid: 'claims' });
  private readonly purpose = h('input', { id: 'purpose', type: 'text', maxlength: PURPOSE_AT_MOST, testid: 'purpose', 'aria-describedby': 'purpose-hint chosen-error' });
  private readonly error = h('p', { id: 'chosen-error', class: 'field-error', role: 'alert', hidden: true, testid: 'chosen-error' });

  constructor(parent: HTMLElement) {
    const { lang } = words();
    fill(this.type, TYPES.map(type => h('option', { value: type.name }, typeName(type, lang))));
    this.type.addEventListener('change', () => this.draw());
    fill(parent,
      h('div', { class: 'field' }, h('label', { for: 'type' }, t('ask.type')), this.type),
      h('fieldset', { class: 'field' }, h('legend', null, t('ask.claims')), h('p', { class: 'hint' }, t('ask.claims.hint')), this.claims),
      h('div', { class: 'field' }, h('label', { for: 'purpose' }, t('ask.purpose')), h('p', { id: 'purpose-hint', class: 'hint' }, t('ask.purpose.hint')), this.purpose),
      this.error);
    this.draw();
  }

  /** The question, or undefined once it has been said what is missing. */
  read(): Question | undefined {
    const picked = (value: string): string[] => [...this.claims.querySelectorAll('select')].filter(select => select.value === value).map(select => select.name);
    const [required, optional, purpose] = [picked('required'), picked('optional'), this.purpose.value.trim()];
    if (required.length + optional.length === 0) return this.refuse(t('ask.none'), this.claims.querySelector('select'));
    if (optional.length > OPTIONAL_AT_MOST) return this.refuse(t('ask.many', { count: OPTIONAL_AT_MOST }), this.claims.querySelector('select'));
    if (purpose === '') return this.refuse(t('ask.purpose.missing'), this.purpose);
    this.error.hidden = true;
    return { type: this.type.value, required, optional, purpose };
  }

  private refuse(text: string, where: HTMLElement | null): undefined {
    this.error.textContent = text;
    this.error.hidden = false;
    where?.focus();
  }

  private draw(): void {
    const { lang } = words();
    const type = findType(TYPES, this.type.value)!;
    fill(this.claims, type.claims.map(claim => {
      const id = `claim-${claim.name}`;
      return h('div', { class: 'claim-row' },
        h('label', { for: id }, claimLabel(claim, claim.name, lang)),
        h('select', { id, name: claim.name, testid: `ask-${claim.name}` },
          h('option', { value: '' }, t('ask.not')), h('option', { value: 'required' }, t('ask.needed')), h('option', { value: 'optional' }, t('ask.optional'))));
    }));
  }
}
