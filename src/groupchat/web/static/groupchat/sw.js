/**
 * The service worker: it serves the page of the app where there is no network, and files named by their content without asking again. It never keeps
 * anything personal: no API, no accounts, no admin, nothing but the page without content and the files that it names.
 *
 * `app-shell.json` beside this script says what to keep (store/README.md shows it). This script itself seldom changes, so it looks
 * at that list whenever a page is opened.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const PREFIX = "groupchat-shell-";
const LIST = new URL("app-shell.json", worker.location.href).href;
const ASSETS = new Set(["script", "style", "image", "font", "manifest"]);
const TEXTS = /\/i18n\/(lazy\/)?[\w-]+\.json$/; // a page fetches them by itself, which is an asset of no kind
const HASHED = /[/.][0-9a-f]{12,}[/.]/; // a file or folder named by its content: it never means other bytes

worker.addEventListener("install", (event) => {
  event.waitUntil(refresh().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener("message", (event) => {
  if (event.data?.type === "erase") event.waitUntil(erase().then(() => event.ports[0]?.postMessage({ type: "erased" })));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(open(event, url));
  else if (HASHED.test(url.pathname)) event.respondWith(file(request, url));
  else if (ASSETS.has(request.destination) || TEXTS.test(url.pathname)) event.respondWith(asset(request, url));
});

/** A page: from the network; without one, the page of the app where it may stand in. */
async function open(event, url) {
  try {
    const response = await fetch(event.request);
    event.waitUntil(refresh().catch(ignore));
    return response;
  } catch (error) {
    const shell = await current();
    const standsIn = shell?.list.pages.some((prefix) => url.pathname.startsWith(prefix));
    const page = standsIn && (await shell.cache.match(shell.list.page));
    if (page) return page;
    throw error;
  }
}

/** A file whose address says what is in it. Files outside of the list's prefix are none of ours. */
async function file(request, url) {
  const shell = await current();
  if (!shell || !url.pathname.startsWith(shell.list.static)) return fetch(request);
  const kept = await shell.cache.match(url.pathname);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && response.type === "basic") await shell.cache.put(url.pathname, response.clone());
  return response;
}

/** A file whose address says nothing of its bytes: from the network, and from the list's files only without one. */
async function asset(request, url) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await current())?.cache.match(url.pathname);
    if (kept) return kept;
    throw error;
  }
}

/** Fetch what the list names, where it is another than the one that is kept; the old one serves until all is here. */
async function refresh() {
  const answer = await fetch(LIST, { cache: "no-cache", credentials: "same-origin" });
  if (!answer.ok) return;
  const list = await answer.clone().json();
  const name = PREFIX + list.version;
  const kept = await caches.open(name);
  if (!(await kept.match(LIST))) {
    await Promise.all([list.page, ...list.urls].map((url) => keep(kept, url)));
    // The list comes last: a cache without one is half done, and is not used.
    await kept.put(LIST, answer);
  }
  for (const other of await caches.keys()) if (other.startsWith(PREFIX) && other !== name) await caches.delete(other);
}

async function keep(cache, url) {
  const response = await fetch(url, { cache: HASHED.test(url) ? "default" : "no-cache", credentials: "same-origin" });
  // A page that redirects (to the sign-in form, say) is not the page of the app.
  if (!response.ok || response.redirected) throw new Error(`${url} answered ${response.status}`);
  await cache.put(url, response);
}

/** The newest complete shell: its cache and its list. */
async function current() {
  for (const name of (await caches.keys()).reverse()) {
    if (!name.startsWith(PREFIX)) continue;
    const cache = await caches.open(name);
    const list = await cache.match(LIST);
    if (list) return { cache, list: await list.json() };
  }
  return null;
}

async function erase() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
}

function ignore() {}
