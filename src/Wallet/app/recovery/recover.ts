/** The new phone: from the sheet, or without it, to cards with new keys. */
import { h, icon, type Child } from '../../../web/lib/dom.ts';
import { generateKeyPair } from '../../../web/lib/keys.ts';
import { fromQrText, isSheetCode, sheetKey, toNumberText, type SheetKey } from '../../../web/lib/recovery/code.ts';
import type { ListedCard } from '../../../web/lib/recovery/list.ts';
import { encodeQr, qrSvg } from '../../../web/lib/qr.ts';
import { isHeld, type Moved, type Running } from '../../../web/lib/recovery/service.ts';
import type { Bytes } from '../../../web/lib/bytes.ts';
import { typeName } from '../cards/definitions.ts';
import { busy, facts, notice, once, show } from '../shell/frame.ts';
import { loadScanner, strongDecoder } from '../shell/later.ts';
import { go, redraw, type Screen } from '../shell/router.ts';
import { day, t } from '../shell/text.ts';
import { move } from './move.ts';
import { adopt, endRecovering, holderKey, keepRecovering, keepUp, readList, recovering, service, type Recovering } from './store.ts';
import { action, field, sixDigits, tr, trouble } from './words.ts';

/** The twelve words, typed or scanned. */
export const recoverScreen: Screen = async (_parameters, signal) => {
  const input = h('textarea', { id: 'words', rows: 4, testid: 'words', lang: 'en', dir: 'ltr', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', 'aria-describedby': 'words-hint words-error' });
  const error = h('p', { id: 'words-error', class: 'field-error', role: 'alert', testid: 'words-error', hidden: true });
  const camera = h('div');
  const wrong = (text: string): void => { error.textContent = text; error.hidden = false; input.setAttribute('aria-invalid', 'true'); input.focus(); };
  const typed = async (): Promise<void> => {
    const { fromWords } = await import('../../../web/lib/recovery/words.ts');
    const read = await fromWords(input.value);
    if ('code' in read) await found(read.code);
    else if ('count' in read) wrong(tr('words.count', { count: read.count }));
    else if ('unknown' in read) wrong(tr('words.unknown', { places: read.unknown.map(at => at + 1).join(t('list.separator')) }));
    else wrong(tr('words.checksum'));
  };
  const found = async (code: Bytes): Promise<void> => {
    try {
      const sheet = await sheetKey(code);
      const list = await readList(sheet);
      if (!list) return wrong(tr('no.list'));
      const { replaced_at } = await (await service(undefined, sheet)).state();
      if (!signal.aborted) review(sheet, list.cards, replaced_at, signal);
    } catch (fault) {
      wrong(trouble(fault));
    }
  };
  const scan = async (): Promise<void> => {
    const video = h('video', { playsinline: true, muted: true, testid: 'camera', 'aria-label': tr('words.scan') });
    video.muted = true;
    camera.replaceChildren(h('div', { class: 'camera' }, video));
    try {
      const handle = await (await loadScanner()).startScan(video, text => {
        if (!isSheetCode(text)) return false;
        void found(fromQrText(text));
        return true;
      }, strongDecoder);
      if (signal.aborted) handle.stop();
      else signal.addEventListener('abort', () => handle.stop());
    } catch (fault) {
      camera.replaceChildren(notice('error', trouble(fault)));
    }
  };
  return {
    title: tr('lost.title'), screen: 'recover', sign: 'phone', back: '#/cards',
    body: [
      h('p', { class: 'lead' }, tr('lost.lead')),
      h('div', { class: 'field' }, h('label', { for: 'words' }, tr('words.label')), h('p', { id: 'words-hint', class: 'hint' }, tr('words.hint')), input, error),
      camera,
    ],
    actions: [action('go', 'next', () => void once(typed), 'words-go'), action('words.scan', 'scan', () => void scan(), 'words-scan', 'secondary'), h('a', { class: 'button plain', href: '#/recover/without', testid: 'without-sheet' }, icon('ask'), h('span', null, tr('without')))],
  };
};

function review(sheet: SheetKey, cards: readonly ListedCard[], replacedAt: number | null, signal: AbortSignal): void {
  const start = async (): Promise<void> => {
    try {
      const holder = await holderKey();
      const running = await (await service(holder, sheet)).begin();
      await keepRecovering({ sheet, holder, recovery: running.id, moved: [] });
      if (!signal.aborted) go('#/recover/run');
    } catch (error) {
      show({ title: tr('lost.title'), screen: 'recovery-problem', sign: 'warn', back: '#/recover', body: [notice('error', h('p', { testid: 'recovery-error' }, trouble(error)))] });
    }
  };
  show({
    title: tr('found.title'), screen: 'recover-found', sign: 'phone', back: () => void redraw(),
    body: [replacedAt === null ? null : notice('warning', h('p', { testid: 'found-replaced' }, tr('found.replaced', { day: day(replacedAt * 1000) }))), facts(cards.map(card => [card.name, typeName(card.vct), 'found-card'])), h('p', null, tr('found.how')), notice('info', tr('found.told'))],
    actions: [action('found.start', 'check', () => void once(start), 'recover-start')],
  });
}

/** The sheet is lost too: an enrolled address, and then a help desk. */
export const withoutScreen: Screen = async (_parameters, signal) => {
  const address = field('lost-address', 'contact.either', { inputmode: 'email', autocomplete: 'email' }, 'without.hint');
  const start = async (): Promise<void> => {
    const text = address.input.value.trim();
    try {
      const holder = await generateKeyPair();
      const running = await (await service(holder)).beginByContact(text.includes('@') ? 'email' : 'sms', text);
      await keepRecovering({ holder, recovery: running.id, moved: [] });
      if (!signal.aborted) go('#/recover/run');
    } catch (error) {
      address.wrong(trouble(error));
    }
  };
  return { title: tr('lost.title'), screen: 'recover-without', sign: 'phone', back: '#/recover', body: [h('p', { class: 'lead' }, tr('without.lead')), address.part], actions: [action('go', 'next', () => void once(start), 'without-go')] };
};

/** How a recovery towards this phone stands, and its next step. */
export const runScreen: Screen = async (_parameters, signal) => {
  const run = await recovering();
  if (!run) { go('#/recover'); return undefined; }
  const speaking = await service(run.holder, run.sheet);
  let now: Running;
  try {
    now = await speaking.look(run.recovery);
  } catch (error) {
    return { title: tr('lost.title'), screen: 'recovery-problem', sign: 'warn', back: '#/cards', body: [notice('error', h('p', { testid: 'recovery-error' }, trouble(error)))], actions: [action('again', 'again', () => void redraw(), 'again'), action('give.up', 'cross', () => void endRecovering().then(() => go('#/recover')), 'give-up', 'plain')] };
  }
  const desk: Child = h('section', { class: 'card' }, h('h2', null, tr('desk')), h('p', null, tr('desk.how')), h('p', { class: 'lead' }, h('bdi', { class: 'fixed', dir: 'ltr', testid: 'recovery-number' }, now.number.replace(/(...)(?=.)/g, '$1 '))),
    h('div', { class: 'qr-frame small', testid: 'recovery-code-number', 'data-text': toNumberText(now.number) }, qrSvg(encodeQr(toNumberText(now.number), 'M'), tr('desk'))));
  const page = (state: string, body: readonly Child[], actions: readonly Child[]) => ({ title: tr('lost.title'), screen: `recover-${state}`, sign: 'phone' as const, back: '#/cards', body, actions });
  if (now.state === 'stopped') return page('stopped', [notice('warning', h('p', { testid: 'recovery-stopped' }, tr('stopped'))), desk], [action('give.up', 'cross', () => void endRecovering().then(() => go('#/recover')), 'give-up')]);
  if (now.state === 'waiting') return page('waiting', [notice('info', h('p', { testid: 'recovery-waiting' }, tr('waiting', { day: day(now.ends_at! * 1000) }))), h('p', null, tr('waiting.more')), desk], [action('look', 'again', () => void redraw(), 'look-again')]);
  if (now.state === 'proving') {
    if (now.by_contact || !now.contact_possible) return page('desk', [notice('info', tr(now.by_contact ? 'desk.now' : 'desk.only')), desk], [action('look', 'again', () => void redraw(), 'look-again')]);
    const code = field('recovery-code', 'contact.code', { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 10 });
    const prove = async (): Promise<void> => {
      try {
        await speaking.prove(run.recovery, sixDigits(code.input.value));
        await redraw();
      } catch (error) {
        code.wrong(trouble(error));
      }
    };
    return page('code', [h('p', { class: 'lead' }, tr('code.lead')), code.part, desk], [action('confirm', 'check', () => void once(prove), 'recovery-confirm'), action('look', 'again', () => void redraw(), 'look-again', 'plain')]);
  }
  const again = action('give.up', 'cross', () => void endRecovering().then(() => go('#/recover')), 'give-up', 'plain');
  // Who cannot wait for staff to let something go begins anew, with a contact and seven days.
  if (run.sheet) return page('ready', [notice('success', tr('ready'))], [action('ready.go', 'receive', () => void fetchAll(run, run.sheet!, signal), 'fetch-cards'), run.held ? again : null]);
  const issuer = field('issuer-address', 'issuer', { inputmode: 'url' }, 'issuer.hint');
  const one = async (): Promise<void> => {
    const address = issuer.input.value.trim().replace(/\/$/, '');
    try {
      const rest = run.held?.includes(address) === true;
      const others = run.held?.filter(other => other !== address) ?? [];
      if (rest) await keepRecovering({ ...run, held: others }); // until it has arrived, all of it is asked for again
      const moved = await move(run, address, rest);
      if (isHeld(moved)) await keepRecovering({ ...run, held: [...others, address] });
      if (!signal.aborted) outcome(moved.offers.length > 0, whatIsLeft(address, moved));
    } catch (error) {
      issuer.wrong(trouble(error));
    }
  };
  return page('ready', [notice('success', tr('ready')), issuer.part], [action('ready.go', 'receive', () => void once(one), 'fetch-cards'), action('give.up', 'cross', () => void endRecovering().then(() => go('#/cards')), 'give-up', 'plain')]);
};

// Issuers one by one; what has moved is written down, so that a lost network costs nothing.
async function fetchAll(run: Recovering, sheet: SheetKey, signal: AbortSignal): Promise<void> {
  show({ title: tr('lost.title'), screen: 'busy', sign: 'wait', body: [busy(tr('ready.busy'))] });
  const left: string[] = [];
  let came = false;
  try {
    const cards = run.waiting ?? (await readList(sheet))?.cards ?? [];
    let now: Recovering = { ...run, waiting: cards };
    for (const [issuer, name] of new Map(cards.map(card => [card.issuer, card.name]))) {
      if (now.moved.includes(issuer)) continue;
      try {
        const rest = now.held?.includes(issuer) === true;
        // Until what staff let go has arrived, all of the issuer is asked for again.
        if (rest) await keepRecovering(now = { ...now, held: now.held!.filter(other => other !== issuer) });
        const moved = await move(now, issuer, rest);
        came ||= moved.offers.length > 0;
        left.push(...whatIsLeft(name, moved));
        // What staff must look at first is asked for again, and what has come is not.
        now = isHeld(moved) ? { ...now, held: [...new Set([...now.held ?? [], issuer])] }
          : { ...now, moved: [...now.moved, issuer], waiting: now.waiting!.filter(card => card.issuer !== issuer) };
        await keepRecovering(now);
      } catch (error) {
        left.push(`${name}: ${trouble(error)}`);
      }
    }
    if (came || now.moved.length > 0) {
      await adopt(sheet, run.holder);
      void keepUp(true).catch(() => undefined); // made good when the cards are next looked at
      if (now.waiting!.length === 0) await endRecovering();
    }
    if (!signal.aborted) outcome(came || now.moved.length > 0, left);
  } catch (error) {
    if (!signal.aborted) show({ title: tr('lost.title'), screen: 'recovery-problem', sign: 'warn', back: '#/cards', body: [notice('error', h('p', { testid: 'recovery-error' }, trouble(error)))], actions: [action('again', 'again', () => void fetchAll(run, sheet, signal), 'again')] });
  }
}

function outcome(came: boolean, left: readonly string[]): void {
  show({
    title: tr(came ? 'back.title' : 'lost.title'), screen: 'recovered', sign: 'check', body: [
      came ? notice('success', h('p', { testid: 'recovered' }, tr('back'))) : null,
      left.length > 0 ? notice('warning', [h('p', null, tr('back.left')), h('ul', { testid: 'not-moved' }, left.map(line => h('li', null, line)))]) : null,
    ], actions: [h('a', { class: 'button primary', href: '#/cards', testid: 'all-cards' }, icon('cards'), h('span', null, tr('back.see')))],
  });
}

/** Why something of an issuer did not come, and whom to ask: one line for each reason. */
function whatIsLeft(issuer: string, { left, held, waiting, contact }: Moved): string[] {
  const whom = contact ?? issuer;
  return [
    ...left > 0 ? [contact === undefined ? issuer : `${issuer}: ${contact}`] : [],
    ...held.differs > 0 ? [tr('held.differs', { issuer, contact: whom })] : [],
    ...held.cannotTell > 0 ? [tr('held.cannot_tell', { issuer, contact: whom })] : [],
    ...waiting > 0 ? [tr('held.waiting', { issuer, contact: whom })] : [],
  ];
}
