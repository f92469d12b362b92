/** The store on a real page: WebSocket, IndexedDB, Web Locks, BroadcastChannel, timers and the events that say "look again". */

import { openStorage } from "../lib/storage.js";
import { channelBetweenTabs, leadAlone, leadByLocks, noChannel } from "../lib/tabs.js";
import { createStore } from "./app.js";

/**
 * @param {{url: string, locale?: string, name?: string}} options
 *   `url` may be relative to the page; `name` of the database and the channel between tabs
 */
export async function startStore({ url, locale, name = "groupchat" }) {
  const address = new URL(url, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const storage = await openStorage({ name });
  // Where nothing is shared, each tab has an outbox of its own and sends it itself.
  const shared = storage.durable && navigator.locks && typeof BroadcastChannel === "function";
  const store = createStore({
    url: address.href,
    WebSocket,
    storage,
    lead: shared ? leadByLocks(navigator.locks, name) : leadAlone(),
    channel: shared ? channelBetweenTabs(BroadcastChannel, name) : noChannel(),
    clock: {
      now: () => Date.now(),
      setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
      clearTimeout: (timer) => clearTimeout(timer),
    },
    random: () => Math.random(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    locale,
    onErased: () => navigator.serviceWorker?.controller?.postMessage({ type: "erase" }),
  });

  addEventListener("online", () => store.wake());
  addEventListener("offline", () => store.wake());
  addEventListener("pageshow", (event) => event.persisted && store.wake());
  addEventListener("pagehide", () => store.flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") store.flush();
    else store.wake();
  });
  await store.ready;
  return store;
}
