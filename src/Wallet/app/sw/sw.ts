/**
 * Keeps an exact list of the wallet's own files, named by build.mjs, and nothing else: an answer of an issuer or verifier
 * never enters the cache. A new version takes over only when the page says the person agreed.
 */
declare const VERSION: string;
declare const FILES: readonly string[];

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
// The server writes here what it has pinned: another pin is another version of the wallet.
const CACHE = `wallet-${VERSION}-${'%verifier-signers%'}`;
const allowed = new Map(FILES.map(file => [new URL(file, worker.registration.scope).href, file]));

worker.addEventListener('install', event => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map(file => new Request(file, { cache: 'no-cache', credentials: 'omit' })));
})()));

worker.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('wallet-') && name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
})()));

worker.addEventListener('message', event => { if (event.data === 'activate') void worker.skipWaiting(); });

worker.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = '';
  if (request.method !== 'GET' || !allowed.has(url.href)) return; // the browser's own business
  event.respondWith((async () => await (await caches.open(CACHE)).match(url.href, { ignoreVary: true }) ?? fetch(request))());
});
