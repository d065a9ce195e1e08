/** On a card's page: that its organisation has closed, who keeps its records, and the way to a new card; on that of the new one, the name of the closed organisation. */
import { bdi, h, icon, type Child } from '../../../web/lib/dom.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import type { Closed } from '../../../web/lib/recovery/depositary.ts';
import { face, trouble as against } from '../cards/face.ts';
import { busy, facts, notice, once, show, type View } from '../shell/frame.ts';
import { redraw } from '../shell/router.ts';
import { day, t } from '../shell/text.ts';
import type { Card, StatusFacts } from '../store/cards.ts';
import { now } from '../store/clock.ts';
import { closedIssuer, closedName, lookUp } from './closings.ts';
import { renew } from './renew.ts';
import { action, declined, tr } from './words.ts';

const DAY = 86_400_000;
/** How old a list may be before its issuer counts as silent; a pack is good for three days. Milliseconds. */
const SILENT = 2 * DAY, PACK = 3 * DAY;

/**
 * Fills the place on the page. First by what the phone knows; where it knows nothing and the issuer's list could not be read or is old, a pack is looked for, once a day. Nobody is told which card it is about.
 * `refreshed`: what the list says now, or what was known before where it could not be read.
 */
export async function fillClosed(slot: HTMLElement, card: Card, refreshed: Promise<StatusFacts | undefined>, signal: AbortSignal): Promise<void> {
  const known = await closedIssuer(card.issuer.iss);
  draw(slot, card, known, card.status, signal);
  // In whose place a card was issued it says by an id; the name stands in the pack.
  const place = await closedName(card.claims['original_issuer']);
  if (place !== undefined) slot.parentElement?.querySelector('[data-testid="claim-original_issuer"] dd')?.replaceChildren(bdi(place));
  const status = await refreshed;
  const silent = !status || status === card.status || status.value === 'unknown' || now() - status.signedAt > SILENT;
  if (!signal.aborted) draw(slot, card, known ?? (silent ? await lookUp(card.issuer.iss, DAY, browserOutside()) : undefined), status, signal);
}

function draw(slot: HTMLElement, card: Card, closed: Closed | undefined, status: StatusFacts | undefined, signal: AbortSignal): void {
  if (signal.aborted) return;
  if (!closed || card.replaced || against({ ...card, ...(status && { status }) }, now())) return slot.replaceChildren();
  slot.replaceChildren(notice('info', [
    h('p', null, h('strong', { testid: 'closed' }, tr('closed', { school: closed.name, keeper: closed.depositary.name }))),
    status?.value === 'valid' ? h('p', { testid: 'closed-counts' }, tr('closed.counts', { day: day(status.signedAt) })) : null,
    h('p', { class: 'small' }, tr('closed.sees', { keeper: closed.depositary.name })),
    h('div', { class: 'row' }, action('renew', 'receive', () => void once(() => ask(card, closed, signal)), 'renew', 'secondary')),
  ]));
}

async function ask(card: Card, known: Closed, signal: AbortSignal): Promise<void> {
  const frame = { title: tr('renew'), back: () => void redraw() };
  const say = (view: View): void => { if (!signal.aborted) show(view); };
  const again = action('again', 'again', () => void once(() => ask(card, known, signal)), 'renew-again');
  show({ title: frame.title, screen: 'busy', sign: 'wait', body: [busy(tr('renew.busy'))] });
  const outside = browserOutside();
  // Whoever keeps the records may have changed since: a card goes to nobody by a pack that has run out, as long as there is a newer one.
  const closed = await lookUp(card.issuer.iss, PACK, outside) ?? known;
  const whom = (contact = closed.depositary.contact): Child => facts([[closed.depositary.name, contact ?? closed.depositary.issuer, 'renew-contact']]);
  try {
    const { came, contact } = await renew(card.id, closed, outside);
    if (came.length === 0) return say({ ...frame, screen: 'renew-waiting', sign: 'wait', body: [notice('info', h('p', { testid: 'renew-waits' }, tr('renew.waiting'))), h('p', null, tr('renew.kept')), whom(contact)], actions: [again] });
    say({ ...frame, back: '#/cards', screen: 'renewed', sign: 'check', body: [notice('success', h('p', { testid: 'renew-done' }, tr('renew.done'))), came.map(face)], actions: [h('a', { class: 'button primary', href: `#/card/${came[0]!.id}`, testid: 'see-card' }, icon('next'), h('span', null, t('receive.see')))] });
  } catch (error) {
    say({ ...frame, screen: 'renew-problem', sign: 'warn', body: [notice('error', [h('p', { testid: 'renew-error' }, declined(error)), (error as { reason?: string }).reason ? h('p', { testid: 'renew-reason' }, bdi((error as { reason: string }).reason)) : null]), h('p', null, tr('renew.kept')), whom()], actions: [again] });
  }
}
