/**
 * Fetches what opens on demand (`lazy.js`): once, soon after the page or when the first of it opens, so that nobody waits for it with the page. Where
 * something opens before it is here, what is typed meanwhile goes into that.
 */

import { gettext, learn } from "../lib/i18n.js";
import { effect, signal } from "../vendor/signals-core.js";
import { fetchCatalogue } from "./catalogue.js";
import { chat, say } from "./chat.js";
import { holdKeys } from "./held-keys.js";
import { menu } from "./open-menu.js";
import { closeDialog, closeSide, dialog, side } from "./overlays.js";

const IDLE_AFTER = 5_000; // ms after the page

/** The module `lazy.js`; null until it is here. */
export const lazy = signal(/** @type {typeof import("./lazy.js")|null} */ (null));

/** Have it from the moment when something of it opens; what can't be fetched closes, and says so. */
export function loadWhenUsed() {
  effect(() => {
    if (lazy.value !== null) return;
    if (dialog.value !== null) holdKeys(load());
    if (dialog.value !== null || side.value !== null || menu.value !== null) load().catch(giveUp);
  });
}

/** Have it soon after the page, before it is used, and before the network may be gone. */
export function loadWhileIdle() {
  setTimeout(() => load().catch(() => {}), IDLE_AFTER);
}

/** Resolves to it; rejects where it can't be had now. */
export async function load() {
  if (lazy.value) return lazy.value;
  const parts = [import("./lazy.js"), fetchCatalogue(chat.page.lazyTexts), addSheet(chat.page.lazySheet)];
  const [module, catalogue] = await Promise.all(parts);
  if (catalogue) learn(catalogue);
  return (lazy.value = module);
}

/** Resolves when what follows will be drawn in it; where it does not come, undrawn is worse than plain. */
function addSheet(url) {
  if (!url || document.querySelector(`link[href="${url}"]`)) return null;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
  return new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

/** Do something with it; where it can't be had, say so. @param {(module: typeof import("./lazy.js")) => void} act */
export function withLazy(act) {
  load().then(act, tellMissing);
}

function giveUp() {
  closeDialog();
  closeSide();
  menu.value = null;
  tellMissing();
}

export function tellMissing() {
  say(gettext("That can't be opened now: a part of the page didn't come. Reload the page when you are online."));
}
