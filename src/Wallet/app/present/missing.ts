/** "You do not have what is asked", for both ways of showing: what is needed, and what the cards that come close have of it. */
import { cardSubtitle, typeName } from '../cards/definitions.ts';
import { h, icon, type Child } from '../shell/dom.ts';
import { t } from '../shell/text.ts';
import type { Card } from '../store/cards.ts';

/** A card of the type asked for, and which of the claims it has, in their order. */
export interface Nearly { readonly card: Card; readonly has: readonly boolean[] }

/** One credential that was asked for and that no card answers. */
export function missingCard(types: readonly string[], claims: readonly string[], nearly: readonly Nearly[]): HTMLElement {
  const list = (has: readonly boolean[], wanted: boolean): string => claims.filter((_, i) => has[i] === wanted).join(t('list.separator'));
  const line = (key: 'missing.has' | 'missing.lacks', claims: string): Child =>
    claims && h('p', { class: 'with-icon', testid: key.replace('.', '-') }, icon(key === 'missing.has' ? 'check' : 'warn'), h('span', null, t(key, { claims })));
  return h('div', { class: 'card', testid: 'missing-card' },
    h('h2', null, types.map(typeName).join(t('list.separator')) || t('missing.anytype')),
    nearly.length > 0
      ? nearly.map(({ card, has }) => h('div', { testid: 'nearly' }, h('h3', null, h('bdi', null, cardSubtitle(card.claims) || typeName(card.vct))), line('missing.has', list(has, true)), line('missing.lacks', list(has, false))))
      : h('ul', null, claims.map(claim => h('li', null, claim))));
}
