/** The address: which room, and which message in it. */

import { pathOf, slugOf } from "../lib/address.js";
import { signal } from "../vendor/signals-core.js";
import { chat } from "./chat.js";
import { entry, isLeaving, push, replace, whenThere } from "./history.js";
import { dialog, side } from "./overlays.js";

/** Under 700 px one pane is shown at a time, from 1200 px on there is room for three. */
export const isNarrow = matching("(max-width: 699px)");
export const isWide = matching("(min-width: 1200px)");

/** {slug, number, made, visit}: `visit` rises with every step, so that the same address can be gone to again. */
export const route = signal({ slug: null, number: null, made: false, visit: 0 });

/** What follows the address of the rooms, and what it names. @type {{pattern: RegExp, read: (parts: string[]) => {slug: string|null, number: number|null}}[]} */
const routes = [
  { pattern: /^$/, read: () => ({ slug: null, number: null }) },
  { pattern: /^([^/]+)\/?$/, read: ([slug]) => ({ slug: slugOf(slug), number: null }) },
  { pattern: /^([^/]+)\/(\d+)\/?$/, read: ([slug, number]) => ({ slug: slugOf(slug), number: Number(number) }) },
];

/** Read the address the page was opened with, and follow it from then on. */
export function startRouting() {
  history.scrollRestoration = "manual";
  read();
  if (location.hash) replace(entry());
  window.addEventListener("popstate", read);
}

/** The address of a room or of a message in it. */
export function addressOf(slug, number = null) {
  const rooms = chat.page.rooms ?? "/rooms/";
  if (slug === null) return rooms;
  return number === null ? `${rooms}${pathOf(slug)}/` : `${rooms}${pathOf(slug)}/${number}/`;
}

/**
 * Go to a room (null: to the list of rooms), or to a message in it. What lies over the page closes, and its step becomes this one.
 * @param {string|null} slug @param {number|null} number @param {{replace?: boolean, made?: boolean, under?: boolean}} options
 *   `under`: nobody asked for it, so what lies over the page stays
 */
export function go(slug, number = null, { replace: instead = false, made = false, under = false } = {}) {
  const visit = route.peek().visit + 1;
  if (under && dialog.peek() !== null) return readdress({ slug, number, made, visit });
  const fromList = route.peek().slug === null && slug !== null;
  const over = dialog.peek() !== null || (side.peek() !== null && !isWide.peek() && entry().opened === "side");
  dialog.value = null;
  if (!isWide.peek()) side.value = null;
  whenThere(() => {
    const address = addressOf(slug, number);
    const state = { side: side.peek() };
    if (over) replace({ ...state, fromList }, address);
    else if (instead || address === location.pathname) replace({ ...state, fromList: entry().fromList }, address);
    else push({ ...state, fromList }, address);
  });
  // At last: who hears of it may go on from there.
  return (route.value = { slug, number, made, visit });
}

/** A link into a room was clicked: go there on this page. With a key that opens it elsewhere it is the browser's. */
export function follow(event, slug, number = null) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(slug, number);
}

/** Whether the address changed under what lies over the page. */
let moved = false;

/** Another address for this very step, whatever lies over the page. @param {{slug: string|null, number: number|null, made: boolean, visit: number}} to */
function readdress(to) {
  moved = dialog.peek() !== null;
  whenThere(() => replace(entry(), addressOf(to.slug, to.number)));
  return (route.value = to);
}

/** The room, and the message in it, that an address on this site leads to, or null. @param {string} href with its scheme */
export function placeAt(href) {
  if (!href.startsWith(`${location.origin}/`)) return null;
  const place = parse(new URL(href).pathname);
  return place.slug === null ? null : place;
}

/** The room has another name now: its address changes under the page, and nothing else. */
export function renameTo(slug) {
  readdress({ ...route.peek(), slug });
}

/** The message that the address names is not what is on screen any more. */
export function leaveMessage() {
  if (route.peek().number !== null) readdress({ ...route.peek(), number: null });
}

/** From a room back to the list: by the same step that the system's back gesture takes, if one came from there. */
export function leaveRoom() {
  if (entry().fromList) history.back();
  else go(null);
}

function read() {
  // Only what lay over the page was closed. The address under it may be an older one: the room was renamed there.
  if (isLeaving()) {
    if (moved) replace(entry(), addressOf(route.value.slug, route.value.number));
    moved = false;
    return undefined;
  }
  const { slug, number } = parse(location.pathname);
  const same = slug === route.value.slug && number === route.value.number;
  if (same && route.value.visit > 0) return undefined;
  return (route.value = { slug, number, made: location.hash === "#made", visit: route.value.visit + 1 });
}

function parse(pathname) {
  const rooms = chat.page.rooms ?? "/rooms/";
  const rest = pathname.startsWith(rooms) ? pathname.slice(rooms.length) : "";
  for (const { pattern, read: names } of routes) {
    const found = pattern.exec(rest);
    if (found) return names(found.slice(1));
  }
  return { slug: null, number: null };
}

/** Whether the page is that wide, as a signal. @param {string} query */
function matching(query) {
  const list = window.matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener("change", () => (matches.value = list.matches));
  return matches;
}
