/** "Without a network": how ready this device is, and making it so. */
import { h, type Child } from '../../../web/lib/dom.ts';
import { busy, button, fileButton, notice } from '../shell/frame.ts';
import { codeOf, explain, problem } from '../shell/problems.ts';
import { ago, has, t, words } from '../shell/text.ts';
import { loadOffline } from './load.ts';
import { isPrepared, setPrepared } from './prepared.ts';
import type { Ready } from './offline.ts';

/** Whether this service makes trust packs: then it says whose in the page. */
const possible = (): boolean => Boolean(document.querySelector<HTMLMetaElement>('meta[name="pack-signers"]')?.content);

/** More than any pack; what is larger is read as a damaged one. */
const MAX_FILE = 16 * 1024 * 1024;

/** For the start page; nothing where the service makes no packs. */
export function offlineSection(signal: AbortSignal): Child {
  if (!possible()) return null;
  const state = h('div', { class: 'stack', testid: 'offline-state', 'data-state': 'none' });
  const say = (ready: Ready | undefined, more?: Child): void => {
    if (signal.aborted) return;
    const over = ready && Date.now() >= ready.goodUntil * 1000;
    state.dataset['state'] = ready === undefined ? 'none' : over ? 'over' : 'ready';
    state.replaceChildren(...[
      ready === undefined ? h('p', null, t('offline.none')) : notice(over ? 'warning' : 'success',
        over ? t('offline.over') : t('offline.ready', { until: words().dateTime(ready.goodUntil), age: ago(Math.max(0, Math.floor(Date.now() / 1000) - ready.madeAt)) })),
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
  if (isPrepared()) void loadOffline().then(offline => offline.ready()).then(ready => say(ready), () => undefined);
  return h('section', { class: 'card stack', 'aria-labelledby': 'without-network' },
    h('h2', { id: 'without-network' }, t('offline.title')),
    state,
    h('div', { class: 'ways' },
      button('offline.prepare', () => doing(offline => offline.refresh(words().lang)), { testid: 'offline-prepare', tone: 'secondary', icon: 'shield' }),
      fileButton('offline.file', file => doing(async offline => offline.take(new Uint8Array(await file.slice(0, MAX_FILE).arrayBuffer()))), { testid: 'offline-file', icon: 'file', tone: 'secondary' })));
}

function refused(error: unknown): HTMLElement {
  const code = codeOf(error);
  const what = code.replace('pack_', '');
  return notice('error', explain(has(`problem.pack_${what}`) ? `pack_${what}` : 'pack_damaged'), { testid: 'problem', 'data-code': code });
}

/** Renews what a prepared device holds, once the page has what its visitor waits for. */
export function keepReady(): void {
  if (!possible()) return;
  const renew = (): void => {
    if (!isPrepared() || navigator.onLine === false || document.hidden) return;
    void loadOffline().then(offline => offline.refresh(words().lang)).catch(() => undefined); // no network: what is held serves
  };
  if (document.readyState === 'complete') renew();
  else addEventListener('load', renew, { once: true });
  addEventListener('online', renew);
  document.addEventListener('visibilitychange', renew);
}
