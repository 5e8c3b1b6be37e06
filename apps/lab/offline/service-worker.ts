/**
 * Keeps the files of the site, so that the lab opens without a network. The page itself comes from
 * the network where there is one; everything else has its contents' hash in its name and never
 * changes.
 */
/** Put in by the build: the site's files, and a digest of all of them. */
declare const SITE_FILES: readonly string[];
declare const SITE_VERSION: string;

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
}
const scope = globalThis as unknown as {
  addEventListener(type: 'install' | 'activate' | 'fetch', listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};

const PREFIX = 'northbridge-lab-', CACHE = PREFIX + SITE_VERSION;

scope.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SITE_FILES.slice())).then(() => scope.skipWaiting()));
});
scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => names.filter((n) => n.startsWith(PREFIX) && n !== CACHE))
      .then((old) => Promise.all(old.map((n) => caches.delete(n))))
      .then(() => scope.clients.claim()),
  );
});
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === 'navigate' ? fromNetwork(request) : fromCache(request));
});

async function fromNetwork(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(new URL('./', location.href).href, { ignoreSearch: true });
    if (kept === undefined) throw error;
    return kept;
  }
}

async function fromCache(request: Request): Promise<Response> {
  return await caches.match(request, { ignoreSearch: true }) ?? fetch(request);
}
