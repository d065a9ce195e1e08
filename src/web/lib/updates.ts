import { fill, type Child } from './dom.ts';

/**
 * Registers the service worker that keeps a page's own files, and offers a new version of it in `#update`, which stands outside of the screens; it waits until the
 * person agrees. `bar` draws the offer and is asked again when the page's language changes.
 */
export function watchForUpdates(script: string, scope: string, bar: (use: () => void) => readonly Child[]): void {
  if (!('serviceWorker' in navigator)) return;
  let agreed = false;
  navigator.serviceWorker.addEventListener('controllerchange', () => { if (agreed) location.reload(); });

  let waiting: ServiceWorker | undefined;
  const offer = (worker: ServiceWorker): void => {
    waiting = worker;
    const host = document.getElementById('update');
    if (!host) return;
    fill(host, bar(() => { agreed = true; worker.postMessage('activate'); }));
    host.hidden = false;
  };
  new MutationObserver(() => { if (waiting) offer(waiting); }).observe(document.documentElement, { attributeFilter: ['lang'] });

  void navigator.serviceWorker.register(script, { scope, updateViaCache: 'none' }).then(registration => {
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
