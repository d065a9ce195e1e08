/** The card on paper: looked at, printed, saved as PDF by the browser's own dialog. Works without a network; with one, the issuer's list is asked first whether the paper still counts. */
import { browserOutside } from '../../../web/lib/outside.ts';
import { h, icon } from '../../../web/lib/dom.ts';
import { typeName } from '../cards/definitions.ts';
import { trouble } from '../cards/face.ts';
import { link, notice, type View } from '../shell/frame.ts';
import { now } from '../store/clock.ts';
import { withPaperStyle } from './style.ts';
import { go, type Screen } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { card as find } from '../store/cards.ts';
import { sheet } from './sheet.ts';
import { paperTrouble, refreshPaper } from './status.ts';
import { tp, type PaperKey } from './words.ts';

/** How long the issuer's list is waited for before a paper is shown by what was known, in milliseconds. */
const PATIENCE = 5_000;

export { checkPaper } from './check.ts';
export { newPaperScreen } from './new.ts';

export const paperScreen: Screen = async ([id]) => {
  const card = await find(id!);
  if (!card) { go('#/cards'); return undefined; }
  const back = `#/card/${card.id}`;
  const more = (tone: string): HTMLElement | null => (card.more ? h('a', { class: `button ${tone}`, href: `${back}/paper/new`, testid: 'paper-new' }, icon('again'), h('span', null, tp('new'))) : null);
  const none: View = { title: tp('title'), screen: 'paper', sign: 'print', back, body: [notice('info', tp(card.more ? 'none.own' : 'none'), 'paper-none')], actions: [more('primary')] };
  if (!card.paper) return none;
  const kept = card.paper;
  // One that has ended since, because it was lost or a newer one was made, must not be printed as if it counted.
  const look = navigator.onLine === false ? kept : await Promise.race([refreshPaper(card.id, kept, browserOutside()), new Promise<undefined>(resolve => { setTimeout(resolve, PATIENCE); })]).catch(() => undefined);
  const paper = look ?? kept;
  const ended = paperTrouble(paper, now());
  const wrong = trouble(card, now()) ?? ended;
  if (ended === 'revoked' && card.status?.value !== 'revoked') return none; // the card counts, this paper does not
  await withPaperStyle();
  const print = (what: 'page' | 'card'): void => {
    document.documentElement.dataset['print'] = what;
    globalThis.print();
  };
  const action = (label: PaperKey, what: 'page' | 'card', tone: string): HTMLElement => h('button', { type: 'button', class: `button ${tone}`, testid: `print-${what}`, onclick: () => print(what) }, icon(what === 'page' ? 'print' : 'cards'), h('span', null, tp(label)));
  return {
    title: tp('title'),
    screen: 'paper', sign: 'print',
    back,
    paper: true,
    body: [
      h('p', { class: 'lead' }, typeName(card.vct)),
      wrong ? notice('warning', [h('p', null, h('strong', null, tp('ended'))), h('p', null, t(`status.${wrong}.more`))], 'trouble') : notice('info', [h('p', null, tp('lead')), h('p', null, tp('care'))]),
      h('div', { class: 'paper-view around-paper', role: 'region', tabindex: 0, 'aria-label': tp('title') }, await sheet({ ...paper, issuer: card.issuer }, wrong)),
    ],
    actions: wrong
      ? [ended === 'expired' && !trouble(card, now()) ? more('primary') : null, link('why.title', `#/card/${card.id}/why`, { testid: 'why', icon: 'next', tone: 'secondary' })]
      : [action('print.page', 'page', 'primary'), action('print.card', 'card', 'secondary'), more('plain')],
  };
};
