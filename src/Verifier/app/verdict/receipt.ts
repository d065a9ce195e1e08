/** The signed receipt of a check: for the person at the desk to keep, since nobody else does. */
import { h, type Child } from '../../../web/lib/dom.ts';
import { button, facts, fixed } from '../shell/frame.ts';
import { moment, t, tCode } from '../shell/text.ts';
import { payloadOf } from './payload.ts';
import { download } from './save.ts';

/** A card with what the receipt says, to be saved or printed; nothing where there is none. `label` names a claim. */
export function receiptCard(receipt: string | undefined, label: (claim: string) => string): Child {
  if (receipt === undefined) return null;
  const said = payloadOf(receipt);
  const time = (seconds: number): string => moment(new Date(seconds * 1000).toISOString());
  const card = h('details', { class: 'card', testid: 'receipt' },
    h('summary', null, t('receipt.title')),
    h('p', { class: 'no-print' }, t('receipt.what')),
    facts([
      [t('receipt.at'), time(said.checked_at), 'receipt-at'],
      [t('receipt.by'), fixed(said.iss)],
      said.purpose !== undefined && [t('receipt.purpose'), said.purpose, 'receipt-purpose'],
      [t('receipt.shown'), said.shown.map(label).join(' · ') || '–', 'receipt-shown'],
      [t('receipt.answer'), `${tCode('verdict.outcome', said.outcome)} (${said.reason})`, 'receipt-answer'],
    ]),
    h('p', { class: 'fixed small print-only', dir: 'ltr' }, receipt),
    h('div', { class: 'row no-print' },
      button('receipt.save', () => download(receipt, `receipt-${new Date(said.checked_at * 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-')}.jwt`, 'application/jwt'), { testid: 'receipt-keep', tone: 'secondary', icon: 'file' }),
      button('receipt.print', () => printAlone(card), { testid: 'receipt-print', icon: 'print', tone: 'plain' })));
  return card;
}

/** The receipt alone: what was shown stays off the paper. */
function printAlone(card: HTMLElement): void {
  card.setAttribute('data-print', '');
  document.documentElement.classList.add('print-one');
  addEventListener('afterprint', () => { card.removeAttribute('data-print'); document.documentElement.classList.remove('print-one'); }, { once: true });
  print();
}
