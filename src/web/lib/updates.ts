import { fill, type Child } from './dom.ts';

/**
 * Registers the service worker that keeps a page's own files, and offers a new version of it in `#update`, which stands outside of the screens; it waits until the
 * person agrees. Agreed to in one tab, it takes over in all of them: the others, which are of the old version still, offer to load it. `bar` draws the offer and is asked again
 * when the page's language changes.
 */
export function watchForUpdates(script: string, scope: string, bar: (use: () => void) => readonly Child[]): void {
  if (!('serviceWorker' in navigator)) return;
  let [agreed, controlled] = [false, navigator.serviceWorker.controller !== null];
  let use: (() => void) | undefined;
  const draw = (): void => {
    const host = document.getElementById('update');
    if (!host || !use) return;
    fill(host, bar(use));
    host.hidden = false;
  };
  const offer = (worker: ServiceWorker): void => {
    use = () => { agreed = true; worker.postMessage('activate'); };
    draw();
  };
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['lang'] });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (agreed) location.reload();
    else if (controlled) {
      use = () => location.reload();
      draw();
    }
    controlled = true;
  });

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
