/** Into which room: links to messages come into what is being written there, and are sent from there. */

import { gettext } from "../lib/i18n.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { go } from "./route.js";
import { endSelecting } from "./selecting.js";

/** @param {{links: string[]}} props */
export function ForwardDialog({ links }) {
  const text = useSignal("");
  const wanted = text.value.trim().toLocaleLowerCase(chat.locale);
  const rooms = chat.store.rooms.value.filter((room) => room.info.value.name.toLocaleLowerCase(chat.locale).includes(wanted));

  function choose(room) {
    const had = room.writing.text.peek() ?? "";
    room.writing.replace([...(had ? [had] : []), ...links].join("\n"));
    endSelecting();
    closeDialog();
    go(room.info.peek().slug);
  }

  return html`<${Dialog} title=${gettext("Forward to which room?")} name="forward">
    <div class="field">
      <label for="forward-room">${gettext("Room")}</label>
      <input id="forward-room" type="search" autocomplete="off" data-autofocus value=${text.value} onInput=${(event) => (text.value = event.currentTarget.value)} />
    </div>
    <div class="forward-rooms">
      ${rooms.map((room) => html`<button key=${room.id} class="button quiet" type="button" dir="auto" onClick=${() => choose(room)}>${room.info.value.name}</button>`)}
    </div>
    ${rooms.length === 0 && html`<p class="hint">${gettext("You are in no room of this name.")}</p>`}
  <//>`;
}
