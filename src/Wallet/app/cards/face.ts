/** How a card looks in lists and on top of its page. */
import type { Card } from '../store/cards.ts';
import { bdi, h } from '../shell/dom.ts';
import { t } from '../shell/text.ts';
import { now } from '../store/clock.ts';
import { cardSubtitle, definition, typeName } from './definitions.ts';

type Shown = Pick<Card, 'vct' | 'issuer' | 'claims' | 'status' | 'expires'>;

/** What speaks against showing a card or its paper. */
export type Trouble = 'revoked' | 'suspended' | 'expired';

/** Undefined where nothing speaks against showing it. `now` in Unix milliseconds. */
export function trouble(card: Shown, now: number): Trouble | undefined {
  if (card.status?.value === 'revoked' || card.status?.value === 'suspended') return card.status.value;
  return card.expires !== undefined && card.expires * 1000 <= now ? 'expired' : undefined;
}

/** What counts first, what has ended or expired after it; otherwise as it stands. */
export const goodFirst = <T extends { readonly card: Shown }>(entries: readonly T[], now: number): T[] =>
  [...entries].sort((a, b) => Number(trouble(a.card, now) !== undefined) - Number(trouble(b.card, now) !== undefined));

export function face(card: Shown): HTMLElement {
  const wrong = trouble(card, now());
  const element = h('span', { class: 'credential' },
    h('span', { class: 'stack-tight' },
      h('span', { class: 'type' }, typeName(card.vct)),
      h('span', { class: 'name' }, bdi(cardSubtitle(card.claims)))),
    h('span', { class: 'stack-tight' },
      h('span', { class: 'issuer' }, bdi(card.issuer.name)),
      card.issuer.demonstration ? h('span', { class: 'state', testid: 'demonstration' }, t('demonstration')) : null,
      wrong ? h('span', { class: 'state', testid: 'card-state' }, t(`status.${wrong}`)) : null));
  element.style.setProperty('--card-colour', colour(card.vct));
  return element;
}

// Only colours of our own definitions, and only in this form.
function colour(vct: string): string {
  const colour = definition(vct)?.color ?? '';
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#37474f';
}
