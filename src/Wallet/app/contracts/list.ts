import { compareContracts, shown } from '../../../web/lib/contract/compare.ts';
import { FIELDS, type ContractRecord } from '../../../web/lib/contract/record.ts';
import { bdi, h, icon, type Child } from '../shell/dom.ts';
import { button, facts, link, notice, once } from '../shell/frame.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { t, words, type Key } from '../shell/text.ts';
import { contract, contracts, removeContract, workplaces, type Contract } from '../store/contracts.ts';
import { record, sendWaiting } from './record.ts';
import { directionName, fieldName, tc, valueText, versionName } from './words.ts';

/** Everything that was written down, newest first; what waits for the network is sent now. */
export const contractsScreen: Screen = async (_parameters, signal) => {
  const [all, places] = await Promise.all([contracts(), workplaces()]);
  void sendWaiting().then(changed => { if (changed && !signal.aborted) void redraw(); });
  return {
    title: tc('contracts.title'),
    screen: 'contracts', sign: 'file',
    tab: 'contracts',
    body: [
      all.length === 0
        ? h('div', { class: 'empty', testid: 'empty' }, h('p', { class: 'lead' }, tc('contracts.empty')), h('p', null, tc('contracts.empty.next')))
        : h('ul', { class: 'list tagged', testid: 'contracts' }, all.map(one => h('li', null, h('a', { href: `#/contract/${one.id}`, testid: 'contract', 'data-state': stateOf(one) },
          h('span', null, h('strong', null, versionName(one.values)), h('br'), h('span', { class: 'small quiet' }, [one.values['employer'], shownWage(one.values)].filter(Boolean).join(' · '))), stateTag(one))))),
      places.length > 0 ? h('p', { class: 'small quiet', testid: 'workplaces' }, tc('contracts.workplaces', { names: places.map(place => place.name).join(', ') })) : null,
    ],
    actions: [
      link('contracts.new', '#/contracts/new', { testid: 'contract-new', icon: 'plus' }),
      all.length > 1 ? link('contracts.compare', '#/contracts/compare', { testid: 'contract-compare', icon: 'file', tone: 'secondary' }) : null,
      all.length > 0 ? link('shown.title', '#/contracts/shown', { testid: 'contracts-shown', icon: 'show', tone: 'plain' }) : null,
    ],
  };
};

/** One version: its terms, how far it is proven, and what can be done with it. */
export const contractScreen: Screen = async ([id], signal) => {
  const one = await contract(id!);
  if (!one) { go('#/contracts'); return undefined; }
  if (one.state === 'recorded' && !one.receipt) void sendWaiting().then(changed => { if (changed && !signal.aborted) void redraw(); });
  const places = one.state === 'kept' ? await workplaces() : [];
  return {
    title: versionName(one.values),
    screen: 'contract', sign: 'file',
    back: '#/contracts',
    body: [
      h('div', { testid: 'contract-state', 'data-state': stateOf(one) }, notice(stateOf(one) === 'proven' ? 'success' : 'info', tc(`contracts.state.${stateOf(one)}.text`, one.receipt ? { time: one.receipt.time.slice(0, 10) } : {}))),
      facts(termLines(one.values), 'terms'),
      one.state === 'kept' && places.length === 0 ? notice('info', tc('contracts.record.code'), 'needs-code') : null,
    ],
    actions: [
      ...places.map(place => h('button', { type: 'button', class: 'button primary', testid: 'record', onclick: () => void record(one, place) }, icon('send'), h('span', null, tc('contracts.record', { name: place.name })))),
      one.state === 'kept' && places.length === 0 ? link('contracts.record.scan', '#/scan/add', { testid: 'scan-code', icon: 'scan' }) : null,
      link('contracts.delete', `#/contract/${one.id}/delete`, { testid: 'contract-delete', tone: 'plain', icon: 'bin' }),
    ],
  };
};

export const deleteContractScreen: Screen = async ([id]) => ({
  title: t('contracts.delete'),
  screen: 'contract-delete', sign: 'bin',
  back: `#/contract/${id}`,
  body: [h('p', { class: 'lead' }, tc('contracts.delete.text'))],
  actions: [
    button('contracts.delete.yes', () => void once(() => removeContract(id!).then(() => go('#/contracts'))), { testid: 'delete-yes', tone: 'danger', icon: 'bin' }),
    link('delete.no', `#/contract/${id}`, { testid: 'delete-no', icon: 'back', tone: 'secondary' }),
  ],
});

/** Two versions side by side, here on the phone: nothing is sent. The two newest, or those chosen. */
export const compareScreen: Screen = async () => {
  const all = await contracts();
  if (all.length < 2) { go('#/contracts'); return undefined; }
  const result = h('div', { testid: 'comparison', 'aria-live': 'polite' });
  const picker = (label: Key, testid: string, index: number): HTMLSelectElement => {
    const select = h('select', { id: testid, testid, 'aria-label': t(label), onchange: () => draw() }, all.map(one => h('option', { value: one.id }, versionName(one.values))));
    select.value = all[index]!.id;
    return select;
  };
  const [first, second] = [picker('contracts.compare.first', 'first', 1), picker('contracts.compare.second', 'second', 0)];
  const draw = (): void => {
    const { differences, suspected } = compareContracts(all.find(one => one.id === first.value)!.values, all.find(one => one.id === second.value)!.values);
    result.dataset['suspected'] = suspected ? 'yes' : 'no';
    result.replaceChildren(...[
      suspected ? notice('warning', tc('contracts.compare.suspected'), 'suspected') : null,
      differences.length === 0 ? h('p', { testid: 'no-differences' }, tc('contracts.compare.same')) : h('ul', { class: 'list' }, differences.map(d =>
        h('li', { testid: `difference-${d.field}`, 'data-direction': d.direction }, h('div', { class: 'line difference' }, h('span', null, h('strong', null, fieldName(d.field)), h('br'),
          bdi(valueText(d.field, d.earlier)), words().dir === 'rtl' ? ' ← ' : ' → ', bdi(valueText(d.field, d.later))), h('span', { class: `tag ${d.direction === 'worse' ? 'invalid' : d.direction === 'better' ? 'valid' : 'unsure'}` }, directionName(d.direction)))))),
    ].filter(part => part !== null));
  };
  draw();
  return { title: t('contracts.compare'), screen: 'contract-compare', sign: 'file', back: '#/contracts', body: [h('div', { class: 'field' }, first), h('div', { class: 'field' }, second), result] };
};

/** Label and value of every term, units joined to their amounts. */
export function termLines(values: ContractRecord): (readonly [string, Child, string])[] {
  return FIELDS.filter(field => !['format', 'wage_currency', 'wage_period', 'fees_currency'].includes(field.name) && values[field.name] !== undefined)
    .map(field => [fieldName(field.name), valueText(field.name, shown(values, field)), `term-${field.name}`] as const);
}

const shownWage = (values: ContractRecord): string | undefined => values['wage'] === undefined ? undefined : valueText('wage', shown(values, FIELDS.find(field => field.name === 'wage')!));
const stateOf = (one: Contract): 'kept' | 'waiting' | 'recorded' | 'proven' => (one.receipt ? 'proven' : one.state);
const stateTag = (one: Contract): HTMLElement => h('span', { class: `tag ${one.receipt ? 'valid' : 'unsure'}` }, tc(`contracts.state.${stateOf(one)}`));
