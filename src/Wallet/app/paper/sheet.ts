/**
 * A credential as it is printed: a page, and at its foot a card of two sides to cut out and fold. The code is drawn as a vector and says what stands beside it: every
 * value comes out of the signed paper. The console of an issuer prints the same (src/Issuer/Console/PaperSheet.cshtml); src/web/design/paper.css shapes both.
 */
import { readPaper } from '../../../web/lib/compact/paper.ts';
import { bdi, h, type Child } from '../../../web/lib/dom.ts';
import { claimByKey, claimText, definition } from '../cards/definitions.ts';
import type { Trouble } from '../cards/face.ts';
import { loadDrawing } from '../shell/later.ts';
import { t, words } from '../shell/text.ts';
import type { IssuerFacts } from '../store/cards.ts';
import { inEnglish, tp, type PaperKey } from './words.ts';

/** What stands on a sheet. */
export interface Printed {
  readonly text: string;
  readonly issuer: IssuerFacts;
  /** Unix milliseconds. */
  readonly madeAt: number;
}

/** Where papers are checked, as the wallet's server says it in this version of the page: an address to be typed. */
export const checkPage = (): string | undefined => {
  const address = document.querySelector<HTMLMetaElement>('meta[name="check-page"]')?.content ?? '';
  return /^https?:\/\/\S+$/.test(address) ? address.replace(/^https:\/\//, '').replace(/\/$/, '') : undefined;
};

/** Page and card; one that has ended says so in itself, whichever way it is printed. */
export async function sheet({ text, issuer, madeAt }: Printed, ended?: Trouble): Promise<HTMLElement> {
  const { encodeQr, qrSvg } = await loadDrawing();
  const paper = readPaper(text);
  const known = definition(paper.type);
  const rows = [...paper.claims].map(([key, value]) => {
    const claim = claimByKey(paper.type, key);
    return { name: claim?.name ?? String(key), labels: both(claim?.display ?? {}), value: claim ? claimText(paper.type, claim.name, value) : String(value), compare: claim?.compare ?? false };
  });
  const compared = rows.filter(row => row.compare);
  const title = both(Object.fromEntries(Object.entries(known?.display ?? {}).map(([lang, { name }]) => [lang, name])));
  const code = encodeQr(text, 'M');
  const until = paper.expires === undefined ? tp('endless') : words().date(paper.expires);
  const names = compared.filter(row => NAMES.has(row.name));
  const where = checkPage();
  const checks: Child = [
    h('li', null, where ? filled('check.where', { address: where }) : tp('check.where.none')),
    h('li', null, filled('check.compare', { fields: compared.map(row => row.labels[0]).join(' · ') })),
    h('li', null, tp('check.bearer')),
  ];
  const value = (text: string): HTMLElement => h('bdi', { dir: 'auto' }, text);
  const marked = issuer.demonstration ? h('p', { class: 'paper-mark', testid: 'paper-demonstration' }, tp('demonstration')) : null;

  const bar = (): HTMLElement | null => (ended ? h('div', { class: 'paper-ended', testid: 'paper-ended' }, both({ [words().lang]: tp('ended'), en: inEnglish('ended') }).map((line, i) => h('p', i === 0 ? null : { lang: 'en', dir: 'ltr' }, line)), h('p', null, t(`status.${ended}`))) : null);

  return h('div', { class: 'paper', testid: 'paper' },
    h('article', { class: 'paper-page', testid: 'paper-page' },
      bar(),
      h('header', null, h('h2', null, title.map((name, i) => h('span', i === 0 ? null : { class: 'paper-second', lang: 'en', dir: 'ltr' }, name))), h('p', null, value(issuer.name)), marked),
      h('div', { class: 'paper-top' },
        h('dl', null, rows.map(row => h('div', { testid: `paper-${row.name}` },
          h('dt', null, row.labels.map((label, i) => h('span', i === 0 ? null : { class: 'paper-second', lang: 'en', dir: 'ltr' }, label))), h('dd', { class: row.compare ? 'paper-compare' : '' }, value(row.value))))),
        h('figure', { testid: 'paper-code' }, qrSvg(code, tp('code')))),
      h('section', null, h('h3', null, tp('check')), h('ol', null, checks)),
      h('section', null, h('h3', null, tp('lost')), h('p', null, filled('lost.how', { issuer: issuer.name }))),
      h('p', { class: 'paper-small' }, tp('until'), ': ', value(until), ' · ', tp('made'), ': ', value(words().date(Math.floor(madeAt / 1000))), h('br'), bdi(issuer.iss))),
    h('p', { class: 'paper-fold' }, tp('fold')),
    h('article', { class: 'paper-card', testid: 'paper-card' },
      h('section', { class: 'paper-face' },
        bar(),
        h('h3', null, title[0]), h('p', { class: 'paper-small' }, value(issuer.name)), marked?.cloneNode(true),
        (names.length > 0 ? names : compared.slice(0, 1)).map(row => h('p', { class: 'paper-name' }, value(row.value))),
        h('dl', null, rows.filter(row => !names.includes(row)).slice(0, 4).map(row => h('div', null, h('dt', null, row.labels[0]), h('dd', null, value(row.value))))),
        h('p', { class: 'paper-small' }, tp('until'), ': ', value(until))),
      h('section', { class: 'paper-face paper-back' },
        h('figure', null, qrSvg(code, tp('code'))),
        h('div', { class: 'paper-small' },
          bar(),
          h('p', null, where ? filled('card.where', { address: where }) : tp('check.where.none')),
          h('p', null, filled('card.compare', { fields: compared.map(row => row.labels[0]).join(' · ') })),
          h('p', null, filled('card.lost', { issuer: issuer.name }))))));
}

const NAMES = new Set(['holder_name', 'holder_name_native', 'full_name', 'full_name_native']);

/** A label in the person's language and, where that is another, in English: the paper is read by somebody else. */
function both(display: Readonly<Record<string, string>>): string[] {
  const [own, english] = [display[words().lang], display['en']];
  return own === undefined || own === english ? [english ?? ''] : [own, ...(english === undefined ? [] : [english])];
}

/** A text whose values stand in their own direction. */
function filled(key: PaperKey, values: Readonly<Record<string, string>>): Child {
  return tp(key).split(/(\{\w+\})/).map(part => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name === undefined ? part : h('bdi', null, values[name] ?? part);
  });
}
