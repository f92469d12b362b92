/** Pinning: what one does with a message, the sign on it, and the way to all of them. */

import { formatCount } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { chat, say } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { closeSide, openSide, side } from "./overlays.js";
import { reason } from "./reason.js";

/** Pin it, or do so no more; all see that, so nothing is said but what was refused. */
export async function pin(room, message, on) {
  try {
    await room.acts.pin(message.number, on);
  } catch (failure) {
    say(reason(failure));
  }
}

/** Above what a message says. */
export function PinnedBy({ by }) {
  const name = chat.store.person(by).value?.name ?? gettext("Somebody");
  return html`<p class="message-sign"><${Icon} name="pin" /><span>${gettext("Pinned by {name}", { name })}</span></p>`;
}

/** In the header, where something is pinned. */
export function PinsButton({ room }) {
  const { pins = 0 } = room.info.value;
  const open = side.value === "pins";
  if (pins === 0 && !open) return null;
  // Of those that one may not see only the room knows how many they are.
  const count = room.isCut.value || pins === 0 ? "" : formatCount(pins, chat.locale);
  return html`<button class="icon-button pins-button" id="pins-button" type="button" aria-expanded=${open ? "true" : "false"} title=${gettext("Pinned messages")} onClick=${() => (open ? closeSide() : openSide("pins"))}>
    <${Icon} name="pin" /><span class="quietly">${gettext("Pinned messages")}</span>${count && html`<span class="pins-count">${count}</span>`}
  </button>`;
}
