/** The card on paper: looked at, printed, saved as PDF by the browser's own dialog. Works without a network; with one, the issuer's list is asked first whether the paper still counts. */
import { browserOutside } from '../../../web/lib/outside.ts';
import { h, icon } from '../../../web/lib/dom.ts';
import { typeName } from '../cards/definitions.ts';
import { trouble } from '../cards/face.ts';
import { refreshStatus } from '../cards/status.ts';
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

const inTime = <T>(asking: Promise<T>): Promise<T | undefined> => Promise.race([asking, new Promise<undefined>(resolve => { setTimeout(resolve, PATIENCE); })]).catch(() => undefined);

export { checkPaper } from './check.ts';
export { newPaperScreen } from './new.ts';

export const paperScreen: Screen = async ([id]) => {
  const found = await find(id!);
  if (!found) { go('#/cards'); return undefined; }
  const back = `#/card/${found.id}`;
  // One that has ended since, with the card, because it was lost or a newer one was made, must not be printed as if it counted.
  const [look, status] = navigator.onLine === false ? [] : await Promise.all([found.paper && inTime(refreshPaper(found.id, found.paper, browserOutside())), inTime(refreshStatus(found.id, found.status, browserOutside()))]);
  const card = status ? { ...found, status } : found;
  const over = trouble(card, now());
  const why = link('why.title', `${back}/why`, { testid: 'why', icon: 'next', tone: 'secondary' });
  const more = (tone: string): HTMLElement | null => (card.more ? h('a', { class: `button ${tone}`, href: `${back}/paper/new`, testid: 'paper-new' }, icon('again'), h('span', null, tp('new'))) : null);
  // The card counts, and no paper of it does; or the card itself does not, and then no paper is made.
  const none = (): View => ({
    title: tp('title'), screen: 'paper', sign: 'print', back,
    body: [over ? notice('warning', [h('p', null, h('strong', null, t(`status.${over}`))), h('p', null, t(`status.${over}.more`))], 'trouble') : notice('info', tp(card.more ? 'none.own' : 'none'), 'paper-none')],
    actions: [over ? why : more('primary')],
  });
  const paper = look ?? card.paper;
  if (!paper) return none();
  const ended = paperTrouble(paper, now());
  const wrong = over ?? ended;
  if (ended === 'revoked' && card.status?.value !== 'revoked') return none();
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
      ? [ended === 'expired' && !over ? more('primary') : null, why]
      : [action('print.page', 'page', 'primary'), action('print.card', 'card', 'secondary'), more('plain')],
  };
};
