/** "Without a network": how ready this device is, and making it so. */
import { TEMPLATES } from 'verifier:data';
import { h, type Child } from '../../../web/lib/dom.ts';
import { busy, button, fileButton, notice } from '../shell/frame.ts';
import { codeOf, explain, problem } from '../shell/problems.ts';
import { ago, has, questionOf, t, tCode, words } from '../shell/text.ts';
import { download } from '../verdict/save.ts';
import { loadOffline } from './load.ts';
import { isPrepared, setPrepared } from './prepared.ts';
import type { Ready } from './offline.ts';
import type { LostCheck } from './store.ts';

/** Whether this service makes trust packs: then it says whose in the page. */
const possible = (): boolean => Boolean(document.querySelector<HTMLMetaElement>('meta[name="pack-signers"]')?.content);

/** Said when receipts were asked for. */
const SENT = 'receipts-sent';

/** How often what waits too long is looked for, in milliseconds. */
const PRUNE = 10 * 60_000;

/** More than any pack; what is larger is read as a damaged one. */
const MAX_FILE = 16 * 1024 * 1024;

/** For the start page; nothing where the service makes no packs. */
export function offlineSection(signal: AbortSignal): Child {
  if (!possible()) return null;
  const state = h('div', { class: 'stack', testid: 'offline-state', 'data-state': 'none' });
  const say = (ready: Ready | undefined, more?: Child): void => {
    if (signal.aborted) return;
    const over = ready?.isOver;
    const ahead = Math.abs(ready?.clock.ahead ?? 0);
    state.dataset['state'] = ready === undefined ? 'none' : over ? 'over' : 'ready';
    state.replaceChildren(...[
      ready === undefined ? h('p', null, t('offline.none')) : notice(over ? 'warning' : 'success',
        ready.clock.isBack ? t('clock.back') : over ? t('offline.over') : t('offline.ready', { until: words().dateTime(ready.goodUntil), age: ago(Math.max(0, ready.clock.time - ready.madeAt)) })),
      ready?.clock.isOff && !ready.clock.isBack && ahead > 0 ? notice('warning', t('clock.off', { count: Math.ceil(ahead / 60) }), { testid: 'clock-off' }) : null,
      more instanceof Node ? more : null,
    ].filter(child => child !== null));
  };
  const doing = (work: (offline: Awaited<ReturnType<typeof loadOffline>>) => Promise<Ready | undefined>): void => {
    state.replaceChildren(busy(t('offline.busy')));
    void loadOffline().then(async offline => {
      const [ready, trouble] = await work(offline).then(ready => [ready, undefined] as const, async (error: unknown) => [await offline.ready(), refused(error)] as const);
      if (ready) setPrepared();
      say(ready, trouble);
    }).catch((error: unknown) => { if (!signal.aborted) state.replaceChildren(problem(error)); });
  };
  say(undefined);
  const waiting = h('div', { class: 'stack', testid: 'receipts' });
  if (isPrepared()) {
    void loadOffline().then(offline => offline.ready()).then(ready => say(ready), () => undefined);
    const tell = (): void => void loadOffline().then(offline => drawReceipts(offline, waiting, signal)).catch(() => undefined);
    tell();
    addEventListener(SENT, tell, { signal });
  }
  return h('section', { class: 'card stack', 'aria-labelledby': 'without-network' },
    h('h2', { id: 'without-network' }, t('offline.title')),
    state,
    waiting,
    h('div', { class: 'ways' },
      button('offline.prepare', () => doing(offline => offline.refresh(words().lang)), { testid: 'offline-prepare', tone: 'secondary', icon: 'shield' }),
      fileButton('offline.file', file => doing(async offline => offline.take(new Uint8Array(await file.slice(0, MAX_FILE).arrayBuffer()))), { testid: 'offline-file', icon: 'file', tone: 'secondary' })));
}

/** What waits for its receipt, what can be saved, and what newer data say otherwise. */
async function drawReceipts(offline: Awaited<ReturnType<typeof loadOffline>>, into: HTMLElement, signal: AbortSignal): Promise<void> {
  const { waiting, ahead, lost, ready } = await offline.receipts();
  if (signal.aborted) return;
  const time = (seconds: number): string => words().dateTime(seconds);
  const then = (work: Promise<void>): void => void work.then(() => drawReceipts(offline, into, signal));
  const save = (): void => {
    download(`${ready.map(({ receipt }) => receipt).join('\n')}\n`, `receipts-${new Date().toISOString().slice(0, 10)}.txt`, 'text/plain');
    then(offline.savedReceipts(ready.map(({ id }) => id)));
  };
  const saved = ready.filter(one => one.saved !== undefined).map(({ id }) => id);
  into.replaceChildren(...[
    waiting > 0 ? h('p', { class: 'small', testid: 'receipts-waiting', 'data-count': waiting }, t('receipts.waiting', { count: waiting })) : null,
    ahead > 0 ? notice('warning', t('receipts.ahead', { count: ahead }), { testid: 'receipts-ahead', 'data-count': ahead }) : null,
    lost.length > 0 ? notice('warning', [h('p', null, t('receipts.lost', { count: lost.length })), [...new Set(lost.map(({ why }) => why))].map(why => withoutReceipt(why, lost.filter(one => one.why === why)))], { testid: 'receipts-lost', 'data-count': lost.length }) : null,
    ...ready.filter(({ told, found }) => told !== found).map(({ at, told, found }) => notice('warning',
      t('receipts.changed', { time: time(at), told: tCode('verdict.outcome', told), found: tCode('verdict.outcome', found) }), { testid: 'receipts-changed' })),
    ready.length > 0 ? h('p', { class: 'small', testid: 'receipts-ready', 'data-count': ready.length }, t('receipts.ready', { count: ready.length })) : null,
    ready.length > 0 ? h('p', null, button('receipts.save', save, { testid: 'receipts-save', tone: 'secondary', icon: 'file' })) : null,
    // A download can fail or be refused without a word to the page, and these are the only copies.
    saved.length > 0 ? notice('info', [h('p', null, t('receipts.saved', { count: saved.length })), button('receipts.forget', () => then(offline.forgetReceipts(saved)), { testid: 'receipts-forget', icon: 'bin', tone: 'secondary' })], { testid: 'receipts-saved', 'data-count': saved.length }) : null,
  ].filter(child => child !== null));
}

/** Why these got none and what to do, and of each what can be noted down. */
const withoutReceipt = (why: LostCheck['why'], lost: readonly LostCheck[]): Child => h('div', { testid: 'receipts-refused', 'data-why': why, 'data-count': lost.length },
  why && h('p', null, t(`receipts.lost.${why}`)),
  h('ul', { class: 'small' }, lost.flatMap(({ was }) => was ? h('li', null, [words().dateTime(was.at), asked(was.template), tCode('verdict.outcome', was.outcome)].filter(part => part !== undefined).join(' · ')) : [])));

function asked(name: string): string | undefined {
  const template = TEMPLATES.find(one => one.name === name);
  return template && questionOf(template).title;
}

function refused(error: unknown): HTMLElement {
  const code = codeOf(error);
  const what = code.replace('pack_', '');
  return notice('error', explain(has(`problem.pack_${what}`) ? `pack_${what}` : 'pack_damaged'), { testid: 'problem', 'data-code': code });
}

/** Renews what a prepared device holds, once the page has what its visitor waits for. */
export function keepReady(): void {
  if (!possible()) return;
  const prune = (): void => void (isPrepared() ? loadOffline().then(offline => offline.prune()) : undefined)?.catch(() => undefined);
  setInterval(prune, PRUNE);
  const renew = (): void => {
    if (!isPrepared()) return;
    prune(); // first: a device that stays without a network, or in a pocket, keeps nothing longer either
    if (navigator.onLine === false || document.hidden) return;
    void loadOffline().then(offline => Promise.allSettled([offline.refresh(words().lang), offline.send()])).then(() => dispatchEvent(new Event(SENT)), () => undefined); // no network: what is held serves
  };
  if (document.readyState === 'complete') renew();
  else addEventListener('load', renew, { once: true });
  addEventListener('online', renew);
  document.addEventListener('visibilitychange', renew);
}
