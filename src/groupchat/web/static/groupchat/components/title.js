/** The window's title says where one is and how much is unread; in its icon the light is on while something is. */

import { isolate } from "../lib/text.js";
import { effect } from "../vendor/signals-core.js";
import { chat } from "./chat.js";
import { current } from "./current.js";

export function startTitle() {
  const link = /** @type {HTMLLinkElement|null} */ (document.querySelector('link[rel="icon"]'));
  const dark = link?.href ?? "";
  const lit = link?.dataset.lit ? new URL(link.dataset.lit, location.href).href : dark;
  effect(() => {
    const unread = chat.store.unread.value;
    const name = current.value.room?.info.value?.name;
    document.title = `${unread > 0 ? `(${unread > 999 ? "999+" : unread}) ` : ""}${name ? `${isolate(name)} · ` : ""}${chat.page.site}`;
  });
  effect(() => {
    const wanted = chat.store.unread.value > 0 ? lit : dark;
    if (link && wanted && link.href !== wanted) link.href = wanted;
  });
}
