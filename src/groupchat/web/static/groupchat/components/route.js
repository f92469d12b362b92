/** The address: which room, which message, and on a phone which pane. Going back is the browser's own. */

import { pathOf, slugOf } from "../lib/address.js";
import { signal } from "../vendor/signals-core.js";
import { chat } from "./chat.js";

const narrow = window.matchMedia("(max-width: 899px)");

/** Under 900 px one pane is shown at a time. */
export const isNarrow = signal(narrow.matches);
narrow.addEventListener("change", () => (isNarrow.value = narrow.matches));

/** {slug, number, made, visit}: `visit` rises with every step, so that the same address can be gone to again. */
export const route = signal({ slug: null, number: null, made: false, visit: 0 });

/** The pane at the side: null or "members". */
export const side = signal(null);

/** Read the address the page was opened with, and follow it from then on. */
export function startRouting() {
  history.scrollRestoration = "manual";
  read();
  if (location.hash) history.replaceState(history.state, "", location.pathname);
  window.addEventListener("popstate", read);
}

/** The address of a room or of a message in it. */
export function addressOf(slug, number = null) {
  const rooms = chat.page.rooms ?? "/rooms/";
  if (slug === null) return rooms;
  return number === null ? `${rooms}${pathOf(slug)}/` : `${rooms}${pathOf(slug)}/${number}/`;
}

/** Go to a room (null: to the list of rooms), or to a message in it. */
export function go(slug, number = null, { replace = false, made = false } = {}) {
  const address = addressOf(slug, number);
  const state = { inside: replace ? Boolean(history.state?.inside) : true };
  if (replace || address === location.pathname) history.replaceState(state, "", address);
  else history.pushState(state, "", address);
  if (isNarrow.value) side.value = null;
  route.value = { slug, number, made, visit: route.value.visit + 1 };
}

/** A link into a room was clicked: go there on this page. With a key that opens it elsewhere it is the browser's. */
export function follow(event, slug, number = null) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(slug, number);
}

/** The room has another name now: its address changes under the page, and nothing else. */
export function renameTo(slug) {
  history.replaceState(history.state, "", addressOf(slug, route.value.number));
  route.value = { ...route.value, slug };
}

/** From a room back to the list, by the same step that the system's back gesture takes. */
export function leaveRoom() {
  if (history.state?.inside) history.back();
  else go(null, null, { replace: true });
}

/** Open a pane at the side. On a phone it is a step of its own, so that going back closes it. */
export function openSide(name) {
  if (isNarrow.value) history.pushState({ inside: true, side: name }, "", location.pathname);
  side.value = name;
}

export function closeSide() {
  if (history.state?.side) history.back();
  else side.value = null;
}

function read() {
  const { slug, number } = parse(location.pathname);
  if (isNarrow.value || history.state?.side) side.value = history.state?.side ?? null;
  const same = slug === route.value.slug && number === route.value.number;
  if (same && route.value.visit > 0) return;
  route.value = { slug, number, made: location.hash === "#made", visit: route.value.visit + 1 };
}

function parse(pathname) {
  const rooms = chat.page.rooms ?? "/rooms/";
  if (!pathname.startsWith(rooms)) return { slug: null, number: null };
  const [slug = "", number = ""] = pathname.slice(rooms.length).split("/");
  return { slug: slug ? slugOf(slug) : null, number: /^\d+$/.test(number) ? Number(number) : null };
}
