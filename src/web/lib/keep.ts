/** Has the service worker keep one of the page's own files that only some persons need, so that it is there without a network. On a first visit once the worker is ready. */
export function keep(file: string): void {
  if (!globalThis.navigator?.serviceWorker) return;
  const href = new URL(file, document.baseURI).href;
  void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ keep: href })).catch(() => undefined);
}
