/**
 * A service worker that keeps an exact list of a page's own files, made by its build, and nothing else: no answer of any service enters the cache.
 * A new version takes over only when the page says the person agreed. `name` sets apart the caches of apps of one origin; `pages` are addresses within the
 * scope that the one document answers, whatever stands behind a question mark. `later` are files that only some persons need (a language, a font, a voice): each is
 * kept once the page has asked for it (`keep`, ./keep.ts), and a new version fetches anew those that the old one kept.
 */
export function keepOwnFiles(name: string, version: string, files: readonly string[], later: readonly string[], pages: readonly string[] = []): void {
  const worker = globalThis as unknown as ServiceWorkerGlobalScope;
  const cacheName = `${name}-${version}`;
  const hrefOf = (file: string): string => new URL(file, worker.registration.scope).href;
  const extras = new Set(later.map(hrefOf));
  const allowed = new Set([...files.map(hrefOf), ...extras]);
  const documents = new Set(pages.map(hrefOf));

  worker.addEventListener('install', event => event.waitUntil((async () => {
    const cache = await caches.open(cacheName);
    const kept = new Set((await keptBefore()).map(stemOf));
    const request = (file: string): Request => new Request(file, { cache: 'no-cache', credentials: 'omit' });
    await cache.addAll(files.map(request));
    // A voice that cannot be had now must not hold back the new version: the page asks for it again.
    for (const file of later.filter(file => kept.has(stemOf(hrefOf(file))))) await cache.add(request(file)).catch(() => undefined);
  })()));

  worker.addEventListener('activate', event => event.waitUntil((async () => {
    for (const other of await caches.keys()) if (other.startsWith(`${name}-`) && other !== cacheName) await caches.delete(other);
    await worker.clients.claim();
  })()));

  worker.addEventListener('message', event => {
    if (event.data === 'activate') return void worker.skipWaiting();
    const { keep } = (event.data ?? {}) as { keep?: unknown };
    // A page of the version before asks by the name that the file had there.
    const own = typeof keep !== 'string' ? undefined : extras.has(keep) ? keep : [...extras].find(href => stemOf(href) === stemOf(keep));
    if (own !== undefined) event.waitUntil(keepOne(own));
  });

  const keepOne = async (href: string): Promise<void> => {
    const cache = await caches.open(cacheName);
    if (!await cache.match(href, { ignoreVary: true })) await cache.add(new Request(href, { credentials: 'omit' })).catch(() => undefined);
  };

  const keptBefore = async (): Promise<string[]> => {
    const names = (await caches.keys()).filter(other => other.startsWith(`${name}-`) && other !== cacheName);
    return (await Promise.all(names.map(async other => (await (await caches.open(other)).keys()).map(request => request.url)))).flat();
  };

  // Without the hash that names a file by its content: the same file of another version.
  const stemOf = (href: string): string => href.replace(/-[\w]+(\.\w+)$/, '$1');

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
