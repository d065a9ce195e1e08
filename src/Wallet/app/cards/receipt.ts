import { browserOutside } from '../../../web/lib/outside.ts';
import { h, type Child } from '../shell/dom.ts';
import { busy, button, facts, notice, show } from '../shell/frame.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { moment, t, tn, words } from '../shell/text.ts';
import { card as find, type Card } from '../store/cards.ts';
import { definition } from './definitions.ts';
import { receiptFile, receiptsOf, type Receipts } from './receipts.ts';

/** Where the public log and the chain hold the trace of this card. */
export const receiptScreen: Screen = async ([id], signal) => {
  const card = await find(id!);
  if (!card) { go('#/cards'); return undefined; }
  const back = `#/card/${card.id}`;
  show({ title: t('receipt.title'), screen: 'busy', sign: 'wait', back, body: [busy(t('receipt.loading'))] });
  const receipts = await receiptsOf(card, browserOutside());
  if (signal.aborted) return undefined;
  const anchored = receipts.copies.filter(({ receipt }) => receipt?.anchor);
  return {
    title: t('receipt.title'),
    screen: 'receipt', sign: 'file',
    back,
    body: [
      h('p', null, t('receipt.what')),
      anchored.length === receipts.copies.length
        ? notice('success', t('receipt.anchored'), 'anchored')
        : notice('info', [h('p', null, h('strong', null, t(receipts.reached ? 'receipt.waiting' : 'receipt.unreached'))), anchored.length > 0 ? h('p', null, tn('receipt.some', anchored.length)) : null], 'waiting'),
      anchored[0] ? coordinates(anchored[0].receipt!.anchor!, anchored[0].entry) : null,
      h('p', { class: 'small quiet' }, t('receipt.honest')),
    ],
    actions: [
      anchored.length > 0 ? button('receipt.save', () => save(card, receipts), { testid: 'receipt-save', icon: 'file' }) : null,
      anchored.length < receipts.copies.length ? button('receipt.again', () => void redraw(), { testid: 'receipt-again', icon: 'again', tone: 'secondary' }) : null,
    ],
  };
};

function coordinates(anchor: Readonly<Record<string, unknown>>, entry: string): HTMLElement {
  const fixed = (value: unknown): Child => h('bdi', { class: 'fixed', dir: 'ltr' }, value === undefined || value === null ? '–' : String(value));
  const time = typeof anchor['time'] === 'string' ? Date.parse(anchor['time']) : typeof anchor['time'] === 'number' ? anchor['time'] * 1000 : NaN;
  return h('section', { class: 'card', 'aria-labelledby': 'chain' }, h('h2', { id: 'chain' }, t('receipt.chain')), facts([
    [t('receipt.time'), Number.isNaN(time) ? fixed(anchor['time']) : moment(time), 'anchor-time'],
    [t('receipt.block'), fixed(anchor['block']), 'anchor-block'],
    [t('receipt.transaction'), fixed(anchor['transaction']), 'anchor-transaction'],
    [t('receipt.contract'), fixed(anchor['contract']), 'anchor-contract'],
    [t('receipt.size'), typeof anchor['size'] === 'number' ? words().number(anchor['size']) : fixed(anchor['size'])],
    // As the verifier's pages and the log write it.
    [t('receipt.root'), fixed(typeof anchor['root'] === 'string' ? anchor['root'].replace(/^0x/, '') : anchor['root']), 'anchor-root'],
    [t('receipt.entry'), fixed(entry), 'anchor-entry'],
  ]));
}

function save(card: Card, receipts: Receipts): void {
  const url = URL.createObjectURL(receiptFile(card, receipts));
  const anchor = h('a', { href: url, download: `identity-receipt-${definition(card.vct)?.name ?? 'card'}.json` });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
