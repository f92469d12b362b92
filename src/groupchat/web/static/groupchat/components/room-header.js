/** Above the timeline: where one is, and the ways to the panes beside it. */

import { gettext } from "../lib/i18n.js";
import { chat, dialog } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { closeSide, leaveRoom, openSide, side } from "./route.js";

export function RoomHeader({ room }) {
  const { name, topic } = room.info.value;
  const open = side.value === "members";
  const others = chat.store.rooms.value.some((other) => other !== room && other.unread.value > 0);
  return html`<header class="room-header">
    <button class="icon-button room-back" type="button" aria-label=${others ? gettext("All rooms, some have unread messages") : gettext("All rooms")} onClick=${leaveRoom}>
      <${Icon} name="back" flip />${others && html`<span class="room-back-dot"></span>`}
    </button>
    <div class="room-words">
      <h1 class="room-name" dir="auto">${name}</h1>
      ${topic && html`<p class="room-topic" dir="auto" title=${topic}>${topic}</p>`}
    </div>
    <button class="icon-button" id="members-button" type="button" aria-expanded=${open ? "true" : "false"} aria-label=${gettext("Members")} title=${gettext("Members")} onClick=${() => (open ? closeSide() : openSide("members"))}>
      <${Icon} name="people" />
    </button>
    <button class="icon-button" type="button" aria-haspopup="dialog" aria-label=${gettext("About this room")} title=${gettext("About this room")} onClick=${() => (dialog.value = { kind: "room", room })}>
      <${Icon} name="more" />
    </button>
  </header>`;
}
