/** The service worker keeps the wallet usable offline. A new version waits until the person agrees. */
import { h } from './dom.ts';
import { button } from './frame.ts';
import { t } from './text.ts';

export function watchForUpdates(): void {
  if (!('serviceWorker' in navigator)) return;
  let agreed = false;
  navigator.serviceWorker.addEventListener('controllerchange', () => { if (agreed) location.reload(); });

  let waiting: ServiceWorker | undefined;
  const offer = (worker: ServiceWorker): void => {
    waiting = worker;
    const host = document.getElementById('update');
    if (!host) return;
    const update = button('update.now', () => { agreed = true; worker.postMessage('activate'); }, { testid: 'update', tone: 'plain' });
    host.replaceChildren(h('span', null, t('update.ready')), update);
    host.hidden = false;
  };
  // The bar stands outside of the screens: it is drawn again when the language changes.
  new MutationObserver(() => { if (waiting) offer(waiting); }).observe(document.documentElement, { attributeFilter: ['lang'] });

  void navigator.serviceWorker.register('sw.js', { scope: './', updateViaCache: 'none' }).then(registration => {
    // Without a controller this is the first installation, not an update.
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(worker);
      });
    });
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void registration.update().catch(() => undefined); });
  }).catch(() => undefined);
}
