/** What all components share: the store, the addresses, and what is open on this page. */

import { signal } from "../vendor/signals-core.js";

export const chat = {
  /** @type {any} the store; set before anything is drawn */
  store: null,
  /** how dates and numbers are written; the words are in lib/i18n.js */
  locale: "en",
  /** addresses and limits that the page came with */
  page: {},
};

/** Somebody asked for the editor of the open room: it comes into sight and takes the focus. */
export const editorWanted = signal(false);

/** Whether the editor of the open room can be seen. */
export const editorInSight = signal(false);

/** The next message answers this one: one goes on in the composer. */
export function answer(room, message) {
  room.writing.startAnswer(message.number);
  document.getElementById("composer")?.focus({ preventScroll: true });
}

/** Rises with every message sent from this page: the timeline then goes to its end. */
export const posted = signal(0);

/** A short word over the timeline, gone after a while: null or {text, key, action}. */
export const toast = signal(/** @type {{text: string, key: number, action: {label: string, run: () => void}|null}|null} */ (null));

/** Whether somebody looks at this window: only then anything counts as read. */
export const attended = signal(isAttended());

let toasts = 0;

/**
 * @param {string} text @param {{label: string, run: () => void}|null} [action] what one can do about it while it is there
 * @returns {() => void} takes it away, if it is still there
 */
export function say(text, action = null) {
  const shown = { text, key: (toasts += 1), action };
  toast.value = shown;
  return () => {
    if (toast.peek() === shown) toast.value = null;
  };
}

function isAttended() {
  return document.visibilityState === "visible" && document.hasFocus();
}

for (const event of ["focus", "blur", "pageshow"]) window.addEventListener(event, () => (attended.value = isAttended()));
document.addEventListener("visibilitychange", () => (attended.value = isAttended()));
