/**
 * A service worker that keeps an exact list of a page's own files, made by its build, and nothing else: no answer of any service enters the cache.
 * A new version takes over only when the page says the person agreed. `name` sets apart the caches of apps of one origin; `pages` are addresses within the
 * scope that the one document answers, whatever stands behind a question mark.
 */
export function keepOwnFiles(name: string, version: string, files: readonly string[], pages: readonly string[] = []): void {
  const worker = globalThis as unknown as ServiceWorkerGlobalScope;
  const cacheName = `${name}-${version}`;
  const hrefOf = (file: string): string => new URL(file, worker.registration.scope).href;
  const allowed = new Set(files.map(hrefOf));
  const documents = new Set(pages.map(hrefOf));

  worker.addEventListener('install', event => event.waitUntil((async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll(files.map(file => new Request(file, { cache: 'no-cache', credentials: 'omit' })));
  })()));

  worker.addEventListener('activate', event => event.waitUntil((async () => {
    for (const other of await caches.keys()) if (other.startsWith(`${name}-`) && other !== cacheName) await caches.delete(other);
    await worker.clients.claim();
  })()));

  worker.addEventListener('message', event => { if (event.data === 'activate') void worker.skipWaiting(); });

  worker.addEventListener('fetch', event => {
    const { request } = event;
    const url = new URL(request.url);
    url.hash = '';
    const isDocument = request.mode === 'navigate' && documents.has(url.origin + url.pathname);
    if (request.method !== 'GET' || !(isDocument || allowed.has(url.href))) return; // the browser's own business
    const kept = isDocument ? hrefOf('./') : url.href;
    event.respondWith((async () => await (await caches.open(cacheName)).match(kept, { ignoreVary: true }) ?? fetch(request))());
  });
}
