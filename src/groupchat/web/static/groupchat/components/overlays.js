/** What lies over the page or beside the timeline, a dialog and a pane: each is a step in the browser's history. */

import { signal } from "../vendor/signals-core.js";
import { entry, isLeaving, push, replace, stepBack, whenThere } from "./history.js";

/** The dialog that is open: null or {kind, …}. */
export const dialog = signal(null);

/** The pane at the side: null, or its name, and behind a stroke whom it is about: "members", "person/7". */
export const side = signal(/** @type {string|null} */ (null));

const MOST_KEPT = 20; // dialogs that going forward opens again

/** What each dialog's entry stands for: a message is nothing that an entry could hold. They go with the page. */
const kept = new Map();
const page = String(performance.timeOrigin);
let opened = 0;

/** Follow the history. What a step before a reload had opened over the page is closed. */
export function startOverlays() {
  const { side: pane, dialog: key } = entry();
  side.value = pane ?? null;
  window.addEventListener("popstate", () => {
    if (isLeaving()) return;
    side.value = entry().side ?? null;
    dialog.value = kept.get(entry().dialog) ?? null;
  });
  if (key) stepBack();
}

/** Open a dialog, in the place of one that is open. @param {{kind: string, [prop: string]: any}} wanted */
export function openDialog(wanted) {
  const instead = dialog.peek() !== null;
  dialog.value = wanted;
  whenThere(() => {
    if (dialog.peek() !== wanted) return;
    const state = { side: side.peek(), dialog: keep(wanted), opened: /** @type {const} */ ("dialog") };
    if (instead && entry().dialog) replace(state);
    else push(state);
  });
}

export function closeDialog() {
  if (dialog.peek() === null) return;
  kept.delete(entry().dialog); // going forward opens nothing that is done with
  dialog.value = null;
  whenThere(() => {
    if (dialog.peek() === null && entry().dialog) stepBack();
  });
}

/** Open a pane at the side, over one that is open: closing it leads back to that. One of the same kind it replaces. @param {string} name */
export function openSide(name) {
  const under = side.peek();
  if (under === name) return;
  side.value = name;
  whenThere(() => {
    const at = entry();
    if (under !== null && at.opened === "side" && kindOf(under) === kindOf(name)) replace({ ...at, side: name });
    else push({ side: name, under, opened: "side" });
  });
}

/** The card of somebody. @param {number} id */
export function openPerson(id) {
  openSide(`person/${id}`);
}

export function closeSide() {
  side.value = entry().opened === "side" && !isLeaving() ? (entry().under ?? null) : null;
  whenThere(() => {
    const { opened: what, ...rest } = entry();
    if (what === "side") stepBack();
    else if (rest.side) replace({ ...rest, side: null });
  });
}

function kindOf(name) {
  return name.split("/")[0];
}

function keep(wanted) {
  const key = `${page} ${(opened += 1)}`;
  kept.set(key, wanted);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return key;
}
