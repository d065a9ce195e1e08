/** The one page: heading, content, actions at the thumb, tabs. Moves focus and tells screen readers what changed. */
import { bdi, fill, h, icon, type Child, type IconName } from './dom.ts';
import { listen } from '../../../web/lib/listen.ts';
import { SPOKEN, VOICES } from 'wallet:assets';
import { t, words, type Key } from './text.ts';

export interface View {
  readonly title: string;
  /** Name for tests, on `main`. */
  readonly screen: string;
  /** What the screen is about, for whoever does not read. */
  readonly sign: IconName;
  /** The spoken prompt, where it is not named as the screen is. */
  readonly voice?: string;
  /** Where "back" leads; top-level screens have tabs instead. */
  readonly back?: string | (() => void);
  readonly tab?: Tab;
  readonly body: readonly Child[];
  /** At the end of the screen, the main one first. */
  readonly actions?: readonly Child[];
  /** Keeps the actions in sight while the content scrolls; not where a person should read to the end first. */
  readonly sticky?: boolean;
  /** A paper stands in the body: printing gives that alone (src/web/design/paper.css). */
  readonly paper?: boolean;
}

export type Tab = 'cards' | 'contracts' | 'history' | 'settings';
const TABS: readonly { tab: Tab; icon: IconName; label: Key }[] = [
  { tab: 'cards', icon: 'cards', label: 'tab.cards' },
  { tab: 'contracts', icon: 'file', label: 'tab.contracts' },
  { tab: 'history', icon: 'history', label: 'tab.history' },
  { tab: 'settings', icon: 'settings', label: 'tab.settings' },
];
const DIARY: readonly Tab[] = ['contracts', 'history'];

let hidden = false;
/** Whether history and contracts have tabs. */
export function hideDiary(hide: boolean): void { hidden = hide; }

const root = (): HTMLElement => document.getElementById('app')!;
let shown: View | undefined;
let leaving = false;

/** Draws a view; the heading takes the focus unless it is the first view of the page. */
export function show(view: View): void {
  const heading = h('h1', { id: 'title', tabindex: -1 }, view.title);
  const first = shown === undefined;
  shown = view;
  leaving = false;
  root().inert = false;
  document.title = `${view.title} · ${t('app.name')}`;
  const actions = view.actions?.some(Boolean) ? h('div', { class: 'actions', role: view.sticky ? 'region' : 'group', 'aria-label': t('actions') }, view.actions) : null;
  // Tabs and kept actions stand beside the scrolling part, never over it: nothing to touch is half covered.
  const shell = view.tab !== undefined || view.sticky === true;
  const around = view.paper ? ' around-paper' : '';
  root().className = `page${shell ? ' shell' : ''}${around}`;
  document.body.className = `${shell ? 'in-shell' : ''}${around}`;
  fill(root(),
    h('header', { class: 'bar' }, back(view.back), listen(view.voice ?? view.screen, { file: VOICES[words().lang], names: SPOKEN, t })),
    h('main', { class: `content stack${around}`, testid: `screen-${view.screen}`, 'aria-labelledby': 'title' },
      h('div', { class: 'titled' }, icon(view.sign), heading), h('div', { id: 'body', class: `stack${around}` }, view.body), view.sticky ? null : actions),
    view.sticky ? actions : null,
    view.tab ? tabs(view.tab) : null);
  announce(''); // what was said belongs to the view before
  scrollTo(0, 0);
  if (!first) heading.focus({ preventScroll: true });
}

/** The same view with changed content: heading, actions and focus stay. */
export function update(...body: Child[]): void {
  const part = document.getElementById('body');
  if (part) fill(part, body);
}

/** The view is being left: on a slow phone nothing of it can be touched while the next is made. */
export function leave(): void {
  leaving = true;
  root().inert = true;
}

/** Nothing of the view can be touched until the step is done: a second tap does not do it twice. */
export async function once<T>(step: () => Promise<T>): Promise<T> {
  const [view, focused] = [shown, document.activeElement];
  root().inert = true;
  try {
    return await step();
  } finally {
    if (view === shown && !leaving) {
      root().inert = false;
      if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    }
  }
}

function back(to: View['back']): Child {
  if (!to) return h('span', { class: 'brand' }, t('app.name'));
  const inner = [icon('back'), h('span', null, t('back'))];
  return typeof to === 'string'
    ? h('a', { class: 'button plain', href: to, testid: 'back' }, inner)
    : h('button', { class: 'button plain', type: 'button', onclick: to, testid: 'back' }, inner);
}

function tabs(current: Tab): Child {
  return h('nav', { class: 'tabs', 'aria-label': t('tabs') }, TABS.filter(({ tab }) => !hidden || !DIARY.includes(tab)).map(({ tab, icon: name, label }) =>
    h('a', { href: `#/${tab}`, testid: `tab-${tab}`, 'aria-current': tab === current ? 'page' : undefined }, icon(name), h('span', null, t(label)))));
}

/** Says something to screen readers without moving the focus. */
export function announce(text: string): void {
  const region = document.getElementById('announcer');
  if (region) region.textContent = text;
}

type Tone = 'primary' | 'secondary' | 'danger' | 'plain';

export function button(label: Key, onclick: (event: Event) => void, options: { testid: string; icon: IconName; tone?: Tone; disabled?: boolean }): HTMLButtonElement {
  return h('button', { type: 'button', class: `button ${options.tone ?? 'primary'}`, testid: options.testid, disabled: options.disabled, onclick },
    icon(options.icon), h('span', null, t(label)));
}

export function link(label: Key, href: string, options: { testid: string; icon: IconName; tone?: Tone }): HTMLAnchorElement {
  return h('a', { class: `button ${options.tone ?? 'primary'}`, href, testid: options.testid }, icon(options.icon), h('span', null, t(label)));
}

/** A boxed remark: icon, colour and words together. */
export function notice(tone: 'info' | 'warning' | 'error' | 'success', content: Child, testid?: string): HTMLElement {
  const name: IconName = tone === 'info' ? 'info' : tone === 'success' ? 'check' : 'warn';
  return h('div', { class: `notice ${tone}`, testid, role: tone === 'error' ? 'alert' : undefined }, icon(name), h('div', { class: 'stack' }, content));
}

/** Two columns of label and value, as a description list. */
export function facts(rows: readonly (readonly [label: string, value: Child, testid?: string] | null)[], testid?: string): HTMLElement {
  return h('dl', { class: 'claims', testid }, rows.map(row => row && h('div', { testid: row[2] }, h('dt', null, row[0]), h('dd', null, typeof row[1] === 'string' ? bdi(row[1]) : row[1]))));
}

export function busy(text: string, testid = 'busy'): HTMLElement {
  return h('div', { class: 'busy', role: 'status', testid }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), h('p', null, text));
}
