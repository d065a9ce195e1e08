import { encodeBase64Url } from '../../../web/lib/base64url.ts';
import { faultOf, fieldOf, makeRecord, parseAmount, SALT_SIZE, type ContractField } from '../../../web/lib/contract/record.ts';
import { generateKeyPair } from '../../../web/lib/keys.ts';
import { h, icon, type Child } from '../shell/dom.ts';
import { button, facts, once, type View } from '../shell/frame.ts';
import { go, type Screen } from '../shell/router.ts';
import { t, words } from '../shell/text.ts';
import { addContract } from '../store/contracts.ts';
import { termLines } from './list.ts';
import { choiceName, fieldName, tc } from './words.ts';

/** One question for each screen; what is asked first matters most, and the rest may be left out. */
const STEPS: readonly (readonly string[])[] = [
  ['stage'], ['given_by'], ['given_on'], ['employer'], ['agency'], ['job'], ['wage', 'wage_currency', 'wage_period'], ['hours_per_day', 'days_per_week'], ['fees', 'fees_currency'],
  ['deductions'], ['documents'], ['housing'], ['food'], ['travel'], ['overtime_rate'], ['leave_days'], ['start', 'months'], ['language_read'],
];
const ENOUGH = 9;
const MUST = ['stage', 'given_by'];

let draft: Record<string, string> = {};

/** Writes a contract down: no field takes the person's own name. */
export const newContractScreen: Screen = async ([number]) => {
  const step = number === undefined ? 0 : Number(number);
  if (number === undefined) draft = {};
  if (step > 1 && MUST.some(name => !draft[name])) { go('#/contracts/new'); return undefined; }
  const names = STEPS[step];
  if (!names) return review();
  const on = (): void => go(`#/contracts/new/${step + 1}`);
  const fields = names.map(name => fieldOf(name)!);
  const head = {
    title: fieldName(names[0]!), screen: `contract-${names[0]}`, sign: 'file' as const, back: step === 0 ? '#/contracts' : `#/contracts/new/${step - 1}`,
  };
  const progress = h('p', { class: 'small quiet' }, tc('contracts.step', { step: step + 1, steps: STEPS.length }));
  const skip = MUST.includes(names[0]!) ? null : button('contracts.skip', () => { for (const name of names) delete draft[name]; on(); }, { testid: 'skip', icon: 'cross', tone: 'plain' });
  const enough = step >= ENOUGH ? button('contracts.enough', () => go(`#/contracts/new/${STEPS.length}`), { testid: 'enough', icon: 'check', tone: 'secondary' }) : null;

  if (names.length === 1 && fields[0]!.kind === 'choice') {
    const name = names[0]!;
    return {
      ...head,
      body: [progress, h('div', { class: 'choices-large' }, fields[0]!.values!.map(code =>
        h('button', { type: 'button', class: 'button secondary', testid: `choose-${code}`, 'aria-pressed': draft[name] === code ? 'true' : undefined, onclick: () => { draft[name] = code; on(); } }, choiceName(name, code))))],
      actions: [enough, skip],
    };
  }
  const inputs = fields.map(field => input(field));
  const submit = (event: Event): void => {
    event.preventDefault();
    const wrong = inputs.find(one => !one.take());
    if (wrong) wrong.focus();
    else on();
  };
  return {
    ...head,
    body: [progress, h('form', { id: 'contract-form', novalidate: true, onsubmit: submit }, inputs.map(one => one.element))],
    actions: [h('button', { type: 'submit', form: 'contract-form', class: 'button primary', testid: 'next' }, icon('next'), h('span', null, t('continue'))), enough, skip],
  };
};

interface Input { readonly element: Child; take(): boolean; focus(): void }

function input(field: ContractField): Input {
  const { name, kind } = field;
  const id = `field-${name}`;
  const error = h('p', { id: `${id}-error`, class: 'field-error', role: 'alert', testid: `error-${name}`, hidden: true });
  const hint = kind === 'text' ? tc('contracts.noname') : name === 'fees' ? tc('contracts.fees.hint') : kind === 'currency' ? tc('contracts.currency.hint') : null;
  const echo = kind === 'amount' ? h('p', { class: 'small', testid: `echo-${name}`, 'aria-live': 'polite' }) : null;
  const described = `${hint ? `${id}-hint ` : ''}${id}-error`;
  if (kind === 'choice') {
    const select = h('select', { id, testid: id, 'aria-describedby': described }, h('option', { value: '' }, '–'), field.values!.map(code => h('option', { value: code }, choiceName(name, code))));
    select.value = draft[name] ?? (name === 'wage_period' ? 'month' : '');
    return { element: h('div', { class: 'field' }, h('label', { for: id }, fieldName(name)), select, error), take: () => keep(name, select.value), focus: () => select.focus() };
  }
  const box = h('input', {
    id, testid: id, type: kind === 'date' ? 'date' : 'text', inputmode: kind === 'amount' ? 'decimal' : undefined, autocomplete: 'off', maxlength: kind === 'currency' ? 3 : 120,
    autocapitalize: kind === 'currency' ? 'characters' : undefined, dir: kind === 'text' ? 'auto' : 'ltr', 'aria-describedby': described,
    value: draft[name] ?? (name === 'fees_currency' ? draft['wage_currency'] : undefined) ?? '',
  });
  const told = (): void => {
    const amount = parseAmount(box.value);
    if (echo) echo.textContent = amount === undefined ? '' : tc('contracts.read', { amount: words().number(Number(amount)) });
  };
  box.addEventListener('input', told);
  told();
  const complain = (key: 'contracts.wrong.amount' | 'contracts.wrong.currency' | 'contracts.wrong.text' | 'contracts.wrong.number'): boolean => {
    error.textContent = t(key);
    error.hidden = false;
    box.setAttribute('aria-invalid', 'true');
    return false;
  };
  const take = (): boolean => {
    const typed = box.value.trim();
    if (typed === '') return keep(name, '');
    if (kind === 'amount') {
      const amount = parseAmount(typed);
      return amount === undefined ? complain('contracts.wrong.amount') : keep(name, amount);
    }
    const value = kind === 'currency' ? typed.toUpperCase() : typed.replace(/\s+/g, ' ').normalize('NFC');
    const fault = faultOf(field, value);
    if (fault) return complain(fault === 'number_in_text' ? 'contracts.wrong.number' : kind === 'currency' ? 'contracts.wrong.currency' : 'contracts.wrong.text');
    return keep(name, value);
  };
  return {
    element: h('div', { class: 'field' }, h('label', { for: id }, fieldName(name)), hint ? h('p', { id: `${id}-hint`, class: 'hint' }, hint) : null, box, echo, error),
    take, focus: () => box.focus(),
  };
}

function keep(name: string, value: string): boolean {
  if (value) draft[name] = value;
  else delete draft[name];
  return true;
}

function review(): View {
  // A unit without its amount says nothing.
  const values = { ...draft };
  if (!values['wage']) delete values['wage_period'];
  if (!values['fees']) delete values['fees_currency'];
  const save = async (): Promise<void> => {
    const { format: _, site: __, ...checked } = makeRecord({ ...values, site: 'XX' }); // the site joins when it is recorded
    const id = crypto.randomUUID();
    await addContract({ id, writtenAt: Date.now(), values: checked, salt: encodeBase64Url(crypto.getRandomValues(new Uint8Array(SALT_SIZE))), state: 'kept' }, await generateKeyPair());
    draft = {};
    go(`#/contract/${id}`);
  };
  return {
    title: tc('contracts.review'),
    screen: 'contract-review', sign: 'file' as const,
    back: `#/contracts/new/${STEPS.length - 1}`,
    body: [h('p', { class: 'lead' }, tc('contracts.review.lead')), facts(termLines(values), 'terms')],
    actions: [button('contracts.save', () => void once(save), { testid: 'save', icon: 'check' })],
  };
}
