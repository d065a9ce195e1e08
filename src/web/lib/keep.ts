/** Has the service worker keep one of the page's own files that only some persons need, so that it is there without a network. On a first visit once the worker is ready; a newer one that waits is told, too. */
export function keep(file: string): void {
  if (!globalThis.navigator?.serviceWorker) return;
  const href = new URL(file, document.baseURI).href;
  void navigator.serviceWorker.ready.then(({ active, waiting }) => { for (const worker of [active, waiting]) worker?.postMessage({ keep: href }); }).catch(() => undefined);
}
