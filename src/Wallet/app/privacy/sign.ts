/** The pictures that a person can stand behind, drawn for this product on a 24×24 grid, and the first letter of the name. */
import { h } from '../../../web/lib/dom.ts';

const PICTURES = {
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  moon: 'M19 15A8 8 0 0 1 9 5a8 8 0 1 0 10 10z',
  star: 'M12 3l2.700 5.800 6.300.800-4.600 4.400 1.200 6.300L12 17.200 6.400 20.300l1.200-6.300L3 9.600l6.300-.800z',
  tree: 'M12 15v6M12 3l6 7h-3l4 5H5l4-5H6z',
  fish: 'M3 12c4-6 10-6 14 0-4 6-10 6-14 0zM17 12l4-4v8zM7.500 11.500v.2',
  boat: 'M3 16h18l-3 5H6zM11 13V3l7 10zM8 13V7l-4 6z',
  house: 'M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6',
  flower: 'M12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM12 9.500C8 5 10 3 12 3s4 2 0 6.500M14.500 12c4.500-4 6.500-2 6.500 0s-2 4-6.500 0M12 14.500c4 4.500 2 6.500 0 6.500s-4-2 0-6.500M9.500 12C5 16 3 14 3 12s2-4 6.500 0',
} as const;

export type Picture = keyof typeof PICTURES;
export const SIGNS: readonly (Picture | 'letter')[] = [...Object.keys(PICTURES) as Picture[], 'letter'];

/** The first letter as a reader of the name's script sees it, marks and all. */
export function letterOf(name: string): string {
  const text = name.trim();
  // Firefox 115 has no Segmenter: there the first character alone.
  const first = 'Segmenter' in Intl ? [...new Intl.Segmenter().segment(text)][0]?.segment : [...text][0];
  return first?.toLocaleUpperCase() ?? '?';
}

/** A sign as it is shown; the name stands beside it. */
export function sign(of: string, name: string): HTMLElement {
  if (!(of in PICTURES)) return h('span', { class: 'sign', 'aria-hidden': 'true' }, letterOf(name));
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: 'icon', focusable: 'false' })) svg.setAttribute(key, value);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PICTURES[of as Picture]);
  svg.appendChild(path);
  return h('span', { class: 'sign', 'aria-hidden': 'true' }, svg);
}
