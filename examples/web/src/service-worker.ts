/// <reference lib="webworker" />
/**
 * Keeps the page for use without a network: its own files when it is installed, the model's when they are first fetched.
 * Files of the build have their content's hash in their names, so what is kept never grows stale; the page itself is asked
 * for again whenever there is a network.
 */
declare const self: ServiceWorkerGlobalScope;

/** Put in by the build: see vite.config.ts. */
const files = 'OFFLINE_FILES' as unknown as {
  readonly page: readonly string[];
  readonly model: readonly string[];
};
const CACHE = 'transcribe';

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(files.page.map((file) => new Request(file, { cache: 'reload' })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOldBuilds().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(request.mode === 'navigate' ? networkFirst(request) : cacheFirst(request));
});

async function forgetOldBuilds(): Promise<void> {
  const cache = await caches.open(CACHE);
  const current = new Set(
    [...files.page, ...files.model].map((file) => new URL(file, self.location.href).href),
  );
  for (const request of await cache.keys()) if (!current.has(request.url)) await cache.delete(request);
}

async function cacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  return kept ?? keep(cache, request);
}

async function networkFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    return await keep(cache, request);
  } catch (error) {
    const kept = await cache.match('./', { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

async function keep(cache: Cache, request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status === 200) await cache.put(request, response.clone());
  return response;
}
