/** The sheet itself, once: after this screen nobody can show its code again, this phone neither. */
import { CODE_LENGTH, toQrText } from '../../../web/lib/recovery/code.ts';
import { encodeQr, qrSvg } from '../../../web/lib/qr.ts';
import type { Bytes } from '../../../web/lib/bytes.ts';
import { bdi, h } from '../../../web/lib/dom.ts';
import { typeName } from '../cards/definitions.ts';
import { busy, notice, show } from '../shell/frame.ts';
import { withPaperStyle } from '../paper/style.ts';
import { go, type Screen } from '../shell/router.ts';
import { day } from '../shell/text.ts';
import { cards } from '../store/cards.ts';
import { enrol, seen } from './store.ts';
import { tellAgain } from './home.ts';
import { action, tr, trouble } from './words.ts';

export const sheetScreen: Screen = async (_parameters, signal) => {
  const make = async (): Promise<void> => {
    show({ title: tr('sheet'), screen: 'busy', sign: 'wait', body: [busy(tr('sheet.busy'))] });
    const code = crypto.getRandomValues(new Uint8Array(CODE_LENGTH));
    try {
      const made = await enrol(code);
      await withPaperStyle();
      const paper = await drawSheet(code);
      if (signal.aborted) return;
      const told = h('div', { role: 'status', testid: 'told' }, h('p', { class: 'small quiet', testid: 'telling' }, tr('telling')));
      show({
        title: tr('sheet'),
        screen: 'recovery-sheet', sign: 'file',
        paper: true,
        body: [notice('warning', [h('p', null, tr('sheet.once')), h('p', null, tr('sheet.keep'))]), told, h('div', { class: 'paper-view around-paper' }, paper)],
        actions: [action('sheet.print', 'print', () => globalThis.print(), 'print-sheet'), action('sheet.done', 'next', () => go('#/recovery/contact'), 'sheet-done', 'secondary')],
      });
      // The sheet stays on the screen, whoever cannot be told of it.
      await seen(made).catch(() => undefined);
      void tellAgain(told, signal).then(left => { if (left.length === 0) told.replaceChildren(notice('success', tr('told'))); }, () => told.replaceChildren());
    } catch (error) {
      if (!signal.aborted) show({ title: tr('sheet'), screen: 'recovery-problem', sign: 'warn', back: '#/recovery', body: [notice('error', h('p', { testid: 'recovery-error' }, trouble(error)))], actions: [action('again', 'again', () => void make(), 'again')] });
    }
  };
  await make();
  return undefined;
};

/** A4: the code as QR and words, who issued, what to do, what never to do. No name of the person, no number, no key. */
async function drawSheet(code: Bytes): Promise<HTMLElement> {
  const { toWords } = await import('../../../web/lib/recovery/words.ts'); // a file of its own, for its two thousand words
  const issuers = new Map<string, string[]>();
  for (const card of await cards()) issuers.set(card.issuer.name, [...issuers.get(card.issuer.name) ?? [], typeName(card.vct)]);
  return h('article', { class: 'paper', testid: 'sheet' }, h('div', { class: 'paper-page' },
    h('header', null, h('h2', null, tr('sheet')), h('p', { class: 'paper-small' }, bdi(location.host), ' · ', bdi(day(Date.now())))),
    h('div', { class: 'paper-top' },
      h('section', null, h('h3', null, tr('sheet.words')), h('ol', { class: 'paper-words', lang: 'en', dir: 'ltr', testid: 'sheet-words' }, (await toWords(code)).map(word => h('li', null, word)))),
      h('figure', { testid: 'sheet-qr' }, qrSvg(encodeQr(toQrText(code), 'Q'), tr('sheet.qr')))),
    h('section', null, h('h3', null, tr('sheet.issuers')), h('ul', { testid: 'sheet-issuers' }, [...issuers].map(([name, types]) => h('li', null, bdi(name), ': ', bdi(types.join(', ')))))),
    h('section', null, h('h3', null, tr('sheet.lost')), h('ol', null, (['sheet.lost.1', 'sheet.lost.2', 'sheet.lost.3', 'sheet.lost.4'] as const).map(key => h('li', null, tr(key, { address: location.host }))))),
    h('p', { class: 'paper-mark' }, tr('sheet.never'))));
}
