/** The keys that work everywhere on the page. */

import { leaveKeysToInputMethods } from "../lib/composing.js";
import { current } from "./current.js";
import { closeDialog, closeSide, dialog, openDialog, side } from "./overlays.js";
import { inOrder } from "./room-list.js";
import { go } from "./route.js";
import { endSelecting } from "./selecting.js";

export function startKeyboard() {
  leaveKeysToInputMethods(document);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.value?.kind === "switcher") closeDialog();
      else openDialog({ kind: "switcher" });
    } else if (dialog.value) {
      return; // an open dialog has its own keys
    } else if (event.altKey && !command && !event.shiftKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "?" && !command && !isWriting(event.target)) {
      event.preventDefault();
      openDialog({ kind: "keys" });
    } else if (event.key === "Escape") escape(event);
  });
}

/** The next room with something unread, or where there is none, the next room. */
function step(direction) {
  const rooms = inOrder.value;
  if (rooms.length === 0) return;
  const at = rooms.indexOf(current.value.room);
  const around = rooms.map((_, index) => rooms[(at + direction * (index + 1) + rooms.length * 2) % rooms.length]);
  const next = around.find((room) => room !== current.value.room && room.unread.value > 0) ?? around[0];
  go(next.info.value.slug);
}

/** Closes what is open, the innermost first; at last it goes to the composer. */
function escape(event) {
  if (endSelecting()) return;
  if (side.value) closeSide();
  else if (!isWriting(event.target)) document.getElementById("composer")?.focus();
}

function isWriting(element) {
  return element instanceof HTMLElement && (element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName));
}
