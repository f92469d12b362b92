/** Several messages at once, chosen one by one; `selection-bar.js` says what is done with them. */

import { gettext, ngettext } from "../lib/i18n.js";
import { signal } from "../vendor/signals-core.js";
import { say } from "./chat.js";
import { html } from "./html.js";

const MOST_SELECTED = 30; // what is done with them leaves at once, and must stay below what one may send at once

/** Those that are chosen, of one room; null where nobody chooses. */
const selection = signal(/** @type {{room: number, numbers: ReadonlySet<number>}|null} */ (null));

/** Whether one chooses in this room: null, or the numbers. @returns {ReadonlySet<number>|null} */
export function selectedIn(room) {
  return selection.value?.room === room.id ? selection.value.numbers : null;
}

/** Choose it, or choose it no more; with the first one the choosing begins. */
export function select(room, message) {
  const numbers = new Set(selectedIn(room) ?? []);
  if (!numbers.delete(message.number)) {
    if (numbers.size < MOST_SELECTED) numbers.add(message.number);
    else say(ngettext("You can choose {count} message at a time.", "You can choose {count} messages at a time.", MOST_SELECTED));
  }
  selection.value = { room: room.id, numbers };
}

export function endSelecting() {
  if (selection.peek() === null) return false;
  selection.value = null;
  return true;
}

/** At the edge of a message, while one chooses. */
export function SelectBox({ room, message }) {
  const numbers = selectedIn(room);
  if (numbers === null || message.deleted_at) return null;
  return html`<label class="select-box"><input type="checkbox" tabindex="-1" checked=${numbers.has(message.number)} aria-label=${gettext("Select the message")} onChange=${() => select(room, message)} /></label>`;
}
