/** The card on paper: looked at, printed, saved as PDF by the browser's own dialog. Works without a network. */
import { h } from '../../../web/lib/dom.ts';
import { typeName } from '../cards/definitions.ts';
import { trouble } from '../cards/face.ts';
import { notice } from '../shell/frame.ts';
import { paperStyle } from '../shell/later.ts';
import { go, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { card as find } from '../store/cards.ts';
import { sheet } from './sheet.ts';
import { tp, type PaperKey } from './words.ts';

export { checkPaper } from './check.ts';

export const paperScreen: Screen = async ([id]) => {
  const card = await find(id!);
  if (!card) { go('#/cards'); return undefined; }
  const back = `#/card/${card.id}`;
  if (!card.paper) return { title: tp('title'), screen: 'paper', back, body: [notice('info', tp('none'), 'paper-none')] };
  await styled();
  const wrong = trouble(card, Date.now());
  const print = (what: 'page' | 'card'): void => {
    document.documentElement.dataset['print'] = what;
    globalThis.print();
  };
  const action = (label: PaperKey, what: 'page' | 'card', tone: string): HTMLElement => h('button', { type: 'button', class: `button ${tone}`, testid: `print-${what}`, onclick: () => print(what) }, h('span', null, tp(label)));
  return {
    title: tp('title'),
    screen: 'paper',
    back,
    body: [
      h('p', { class: 'lead' }, typeName(card.vct)),
      wrong ? notice('warning', t(`status.${wrong}.show`), 'trouble') : null,
      notice('info', [h('p', null, tp('lead')), h('p', null, tp('care'))]),
      h('div', { class: 'paper-view', role: 'region', tabindex: 0, 'aria-label': tp('title') }, await sheet({ ...card.paper, issuer: card.issuer })),
    ],
    actions: [action('print.page', 'page', 'primary'), action('print.card', 'card', 'secondary')],
  };
};

/** The style is a file of its own, kept for use without a network like every other. */
async function styled(): Promise<void> {
  const href = paperStyle();
  if ([...document.styleSheets].some(style => style.href === href)) return;
  await new Promise<void>((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
    link.onload = () => resolve();
    link.onerror = () => reject(new Error('paper style'));
    document.head.append(link);
  });
}
