/** How a card looks in lists and on top of its page. */
import type { Card } from '../store/cards.ts';
import { bdi, h, type Child } from '../shell/dom.ts';
import { t } from '../shell/text.ts';
import { cardSubtitle, definition, typeName } from './definitions.ts';

type Shown = Pick<Card, 'vct' | 'issuer' | 'claims' | 'status' | 'expires'>;

/** `revoked`, `suspended`, `expired`, or undefined where nothing speaks against showing it. */
export function trouble(card: Shown, now: number): 'revoked' | 'suspended' | 'expired' | undefined {
  if (card.status?.value === 'revoked' || card.status?.value === 'suspended') return card.status.value;
  return card.expires !== undefined && card.expires * 1000 <= now ? 'expired' : undefined;
}

export function face(card: Shown): HTMLElement {
  const wrong = trouble(card, Date.now());
  return h('span', { class: 'card', style: `--card: ${colour(card.vct)}` },
    h('span', { class: 'card-top' }, h('span', { class: 'card-type' }, typeName(card.vct)), card.issuer.demonstration ? demonstration() : null),
    h('span', { class: 'card-title' }, bdi(cardSubtitle(card.claims))),
    h('span', { class: 'card-issuer' }, bdi(card.issuer.name)),
    wrong ? h('span', { class: 'card-state', testid: 'card-state' }, t(`status.${wrong}`)) : null);
}

export const demonstration = (): Child => h('span', { class: 'demonstration', testid: 'demonstration' }, t('demonstration'));

// Only colours of our own definitions, and only in this form.
function colour(vct: string): string {
  const colour = definition(vct)?.color ?? '';
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#37474f';
}
