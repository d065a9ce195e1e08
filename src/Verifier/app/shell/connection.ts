/** What stands above every page: that there is no network, and that a newer version of these pages waits. */
import { fill, h, icon } from '../../../web/lib/dom.ts';
import { isPrepared } from '../offline/prepared.ts';
import { watchForUpdates } from '../../../web/lib/updates.ts';
import { button } from './frame.ts';
import { t } from './text.ts';

export function watchConnection(): void {
  const tell = (): void => {
    const bar = document.getElementById('offline')!;
    bar.hidden = navigator.onLine;
    fill(bar, bar.hidden ? [] : [icon('warn'), h('span', null, t(isPrepared() ? 'offline.bar.ready' : 'offline.bar'))]);
  };
  for (const change of ['online', 'offline']) addEventListener(change, tell);
  new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ['lang'] });
  tell();
  // A slow link carries what the person waits for first.
  const watch = (): void => watchForUpdates('/sw.js', '/', use => [h('span', null, t('update.ready')), button('update.now', use, { testid: 'update', icon: 'again', tone: 'plain' })]);
  if (document.readyState === 'complete') watch();
  else addEventListener('load', watch, { once: true });
}
