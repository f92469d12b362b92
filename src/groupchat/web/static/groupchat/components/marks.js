/** The marks of formatted text, as far as a page begins with them: what sets them is loaded with the first. */

import { gettext } from "../lib/i18n.js";
import { signal } from "../vendor/signals-core.js";
import { keep, kept } from "./device.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Later } from "./later.js";
import { lazy, withLazy } from "./loading.js";

const BAR = "groupchat-marks";

/** Whether the bar is shown; kept on this device. */
const isShown = signal(kept(BAR) === "shown");

const LIST = /^[ \t]*(?:[-*+]|\d+[.)]|>)[ \t]/; // a line that Shift+Enter goes on with
const ADDRESS = /^(?:https?:\/\/|www\.)\S+$/i;

/** A key in a field: true where it sets a mark, or will when that is here. @param {KeyboardEvent} event */
export function markByKey(event) {
  const module = lazy.peek();
  if (module) return module.markByKey(event);
  if (!mayMark(event)) return false;
  event.preventDefault();
  withLazy(({ markAs }) => markAs(event));
  return true;
}

/** An address that is pasted over words becomes their link. @param {ClipboardEvent} event */
export function linkByPaste(event) {
  const module = lazy.peek();
  if (module) return module.linkByPaste(event);
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  const pasted = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (field.selectionStart === field.selectionEnd || !ADDRESS.test(pasted)) return;
  event.preventDefault();
  withLazy(({ linkTo }) => linkTo(field, pasted));
}

/** The button for the bar. */
export function MarksButton() {
  return html`<button class="marks-button" type="button" aria-label=${gettext("Formatting")} title=${gettext("Formatting")} aria-expanded=${isShown.value ? "true" : "false"} aria-controls="marks" onClick=${toggle}><${Icon} name="letters" /></button>`;
}

/** @param {{field: {current: HTMLTextAreaElement|null}}} props */
export function MarksBar({ field }) {
  return isShown.value ? html`<${Later} part="MarksBar" field=${field} />` : null;
}

/** Whether it may be one of them: a line of a list, or the letters with Ctrl. */
function mayMark({ target, key, ctrlKey, metaKey, altKey, shiftKey }) {
  const { value, selectionStart: from, selectionEnd: to } = /** @type {HTMLTextAreaElement} */ (target);
  if (key === "Enter" && shiftKey) return LIST.test(value.slice(value.lastIndexOf("\n", from - 1) + 1));
  if (altKey || !(ctrlKey || metaKey)) return false;
  const letter = key.toLowerCase();
  if (shiftKey) return letter === "x";
  return letter === "k" ? from < to : ["b", "i", "e"].includes(letter);
}

function toggle() {
  isShown.value = !isShown.value;
  keep(BAR, isShown.value ? "shown" : null);
}
