/** Builds elements without ever parsing HTML, so nothing that came from outside can become markup. */

export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Props = {
  /** Becomes `data-testid`; listed in the README of the page. */
  readonly testid?: string;
  readonly class?: string;
  readonly [name: string]: unknown;
};

/** `h('button', { onclick, testid: 'send' }, 'Send')`. Functions become listeners, `true` an empty attribute, `false` and undefined none. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props | null = null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  append(element, children);
  return element;
}

function set(element: HTMLElement, name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) return;
  if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
  else if (name === 'testid') element.dataset['testid'] = String(value);
  else if (name === 'value' && 'value' in element) (element as HTMLInputElement).value = String(value);
  else if (name === 'style') element.style.cssText = String(value);
  else element.setAttribute(name, value === true ? '' : String(value));
}

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.appendChild(child);
    else parent.appendChild(document.createTextNode(String(child)));
  }
}

/** Replaces what `parent` holds. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** Text that may be in another script or direction than the page (names, ids). */
export const bdi = (text: string): HTMLElement => h('bdi', null, text);

const SVG = 'http://www.w3.org/2000/svg';

/** Line icons on a 24×24 grid, drawn for this product. */
const ICONS = {
  back: 'M15 5l-7 7 7 7',
  plus: 'M12 5v14M5 12h14',
  scan: 'M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M4 12h16',
  cards: 'M4 8a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM4 11h16M8 15h4',
  history: 'M12 8v4l3 2M4.6 9A8 8 0 1 1 4 12M4 5v4h4',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 5v4M10 15v4M6 15v4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 4.5l8.5 15h-17zM12 10v4M12 16.8v.2',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8v.2',
  bin: 'M5 7h14M10 7V5h4v2M7 7l1 13h8l1-13',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4',
  file: 'M7 4h7l4 4v12H7zM14 4v4h4M10 13h5M10 16h5',
  shield: 'M12 3.5l7 3v5c0 4.5-3 7.500-7 9-4-1.500-7-4.500-7-9v-5z',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  photo: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9v.2',
  paste: 'M9 4h6v3H9zM9 5H6v15h12V5h-3M9 12h6M9 16h4',
  ask: 'M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.300v.2',
  next: 'M9 5l7 7-7 7',
  sound: 'M5 10v4h3l4 3.500v-11L8 10zM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
  globe: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 20c0-4 3-6 7-6s7 2 7 6',
  award: 'M12 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM9 14l-1.500 6.500L12 18l4.500 2.500L15 14',
  send: 'M4 12l16-8-6 16-3-7z',
  cross: 'M6 6l12 12M18 6L6 18',
  again: 'M19.4 9A8 8 0 1 0 20 12M20 5v4h-4',
  receive: 'M12 3v10M8 9l4 4 4-4M4 13v6a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-6',
  show: 'M2.5 12c5-8 14-8 19 0-5 8-14 8-19 0zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  hide: 'M2.5 12c5-8 14-8 19 0-5 8-14 8-19 0zM5 19L19 5',
  code: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v2M14 20h2M18 18h2v2',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2',
  print: 'M7 9V4h10v5M6 17H4v-7h16v7h-2M7 14h10v6H7z',
  wait: 'M7 4h10M7 20h10M8 4c0 6 8 10 8 16M16 4c0 6-8 10-8 16',
  bell: 'M6 16h12l-1.500-3v-3a4.500 4.500 0 0 0-9 0v3zM10.500 19h3',
} as const;

export type IconName = keyof typeof ICONS;

// These point the way the text runs.
const DIRECTED: readonly IconName[] = ['back', 'next', 'send'];

/** An icon, by whose picture alone a person must find the way who does not read; for those who listen, words stand beside it. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', width: '24', height: '24', 'aria-hidden': 'true', focusable: 'false', 'data-icon': name })) svg.setAttribute(key, value);
  svg.setAttribute('class', DIRECTED.includes(name) ? 'icon directed' : 'icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.appendChild(path);
  return svg;
}
