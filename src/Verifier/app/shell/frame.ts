/** The page frame: bar with navigation and language, one column, one action. Moves focus and tells screen readers what changed. */
import { fill, h, icon, type Child, type IconName } from '../../../web/lib/dom.ts';
import { LANGUAGE_NAMES, REVIEWED } from '../../../web/lib/i18n.ts';
import { listen } from '../../../web/lib/listen.ts';
import { SPOKEN, VOICES } from 'verifier:assets';
import { day, t, useLanguage, words, type Key } from './text.ts';
import { follow, redraw } from './router.ts';

export interface View {
  readonly title: string;
  /** Name for tests, on `main`. */
  readonly screen: string;
  /** What the page is about, for whoever does not read. */
  readonly sign: IconName;
  /** The spoken prompt, where it is not named as the screen is. */
  readonly voice?: string;
  /** Further classes of `main`. */
  readonly class?: string;
  /** The verdict brings its own heading. */
  readonly ownHeading?: boolean;
  readonly body: readonly Child[];
  /** At the end of the page, the main one first. */
  readonly actions?: readonly Child[];
  /** On long pages the actions stay in sight. */
  readonly stickyActions?: boolean;
}

let shown: View | undefined;

/** Draws a view; its heading takes the focus unless it is the first of the page. */
export function show(view: View): void {
  const first = shown === undefined;
  shown = view;
  document.title = `${view.title} · ${t('app.name')}`;
  fill(document.getElementById('app')!,
    h('a', { class: 'skip-link', href: '#main', onclick: skip }, t('skip')),
    header(listen(view.voice ?? view.screen, { file: VOICES[words().lang], names: SPOKEN, t })),
    h('main', { id: 'main', tabindex: -1, class: `content stack ${view.class ?? ''}`, testid: `screen-${view.screen}` },
      archive(),
      view.ownHeading ? null : h('div', { class: 'titled' }, icon(view.sign), h('h1', { tabindex: -1 }, view.title)),
      view.body,
      view.actions?.length ? h('div', { class: view.stickyActions ? 'actions sticky' : 'actions', role: 'group', 'aria-label': t('actions') }, view.actions) : null),
    h('footer', { class: 'foot' }, t('foot'), REVIEWED.includes(words().lang) ? null : h('span', { testid: 'unreviewed' }, ' ', t('language.unreviewed'))));
  scrollTo(0, 0);
  if (!first) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}

/** As of when this service's archive speaks, where it has one in place of the ledger. */
export function archivedAt(): string | undefined {
  const date = document.querySelector<HTMLMetaElement>('meta[name="archive"]')?.content;
  return date && /^\d{4}-/.test(date) ? date : undefined;
}

/** Every page of an archive says so. */
function archive(): Child {
  const date = archivedAt();
  return date && notice('info', t('archive', { date: day(date) }), { testid: 'archive-page' });
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function header(voice: Child): HTMLElement {
  const current = location.pathname === '/ask' ? '/ask' : '/';
  const item = (path: string, label: Key, testid: string, picture: IconName): HTMLElement =>
    h('a', { class: 'button plain', href: path, testid, onclick: follow, 'aria-current': path === current ? 'page' : undefined }, icon(picture), h('span', null, t(label)));
  return h('header', { class: 'bar' },
    h('a', { class: 'brand', href: '/', testid: 'home', onclick: follow }, t('app.short')),
    h('nav', { 'aria-label': t('nav') }, current === '/ask' ? item('/', 'nav.check', 'nav-check', 'scan') : item('/ask', 'nav.ask', 'nav-ask', 'ask')),
    voice,
    languages());
}

/** Folded away: there are more languages than a phone has room for. */
function languages(): HTMLElement {
  const menu = h('details', { class: 'menu', onkeydown: close, onfocusout: leave },
    h('summary', { class: 'button plain', testid: 'languages' },
      icon('globe'), h('span', { class: 'visually-hidden' }, `${t('languages')}: `), h('span', null, LANGUAGE_NAMES.find(([language]) => language === words().lang)![1])),
    h('ul', null, LANGUAGE_NAMES.filter(([language]) => language !== words().lang).map(([language, name]) => h('li', null, h('button', {
      class: 'button plain', type: 'button', lang: language, testid: `language-${language}`,
      onclick: () => void useLanguage(language).then(redraw),
    }, name)))));
  return menu;

  function close(event: Event): void {
    if ((event as KeyboardEvent).key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  }

  function leave(event: Event): void {
    // Without a new place the focus only went away for a moment: some browsers do not focus a button that is clicked.
    const to = (event as FocusEvent).relatedTarget as Node | null;
    if (to && !menu.contains(to)) menu.open = false;
  }
}

/** Says something to screen readers without moving the focus. */
export function announce(text: string): void {
  const region = document.getElementById('announcer');
  if (!region) return;
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50); // the same words twice are said twice
}

type Tone = 'primary' | 'secondary' | 'plain';
interface ButtonOptions { readonly testid: string; readonly icon: IconName; readonly tone?: Tone; readonly large?: boolean }

const classes = (options: ButtonOptions): string => `button ${options.tone ?? 'primary'}${options.large ? ' large' : ''}`;

export function button(label: Key, onclick: (event: Event) => void, options: ButtonOptions): HTMLButtonElement {
  return h('button', { type: 'button', class: classes(options), testid: options.testid, onclick }, icon(options.icon), h('span', null, t(label)));
}

/** A link to another of our pages. */
export function link(label: Key, path: string, options: ButtonOptions): HTMLAnchorElement {
  return h('a', { class: classes(options), href: path, testid: options.testid, onclick: follow }, icon(options.icon), h('span', null, t(label)));
}

/** A file input that looks like a button; the chosen file is given once and forgotten. */
export function fileButton(label: Key, chosen: (file: File) => void, options: ButtonOptions & { readonly accept?: string; readonly capture?: string }): HTMLElement {
  const input = h('input', { type: 'file', accept: options.accept, capture: options.capture, testid: options.testid, 'aria-label': t(label) });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file) chosen(file);
  });
  return h('span', { class: `${classes(options)} file-button` }, icon(options.icon), h('span', { 'aria-hidden': 'true' }, t(label)), input);
}

/** A boxed remark: icon, colour and words together. */
export function notice(tone: 'info' | 'warning' | 'error' | 'success', content: Child, attributes: { readonly testid?: string; readonly 'data-code'?: string; readonly 'data-count'?: number } = {}): HTMLElement {
  const name: IconName = tone === 'info' ? 'info' : tone === 'success' ? 'check' : 'warn';
  return h('div', { class: `notice ${tone}`, role: tone === 'error' ? 'alert' : undefined, ...attributes }, icon(name), h('div', null, content));
}

export type Fact = readonly [label: string, value: Child, testid?: string] | null | false | undefined | '';

/** Label above value, as a description list. Values are isolated, since they may be in another script than the page. */
export function facts(rows: readonly Fact[], attributes: { readonly class?: string; readonly testid?: string } = {}): HTMLElement {
  return h('dl', { ...attributes, class: `claims ${attributes.class ?? ''}` }, rows.map(row =>
    row && h('div', { testid: row[2] }, h('dt', null, row[0]), h('dd', null, typeof row[1] === 'string' ? h('bdi', null, row[1]) : row[1]))));
}

/** Hashes, addresses, numbers: fixed width, left to right in any language. */
export const fixed = (value: string | number | null | undefined): HTMLElement => h('bdi', { class: 'fixed', dir: 'ltr' }, value ?? '–');

export function busy(text: string): HTMLElement {
  return h('div', { class: 'busy', role: 'status', testid: 'busy' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), h('p', null, text));
}

/** A code drawn by the server: black on white in either colour scheme. As an image, so that its markup is never parsed into the page. */
export function codeImage(svg: string, label: string, testid: string): HTMLElement {
  return h('img', { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, alt: label, testid, width: 400, height: 400 });
}
