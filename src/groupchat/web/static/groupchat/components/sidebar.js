/** The rooms one is in, the field for more, and who one is. */

import { gettext } from "../lib/i18n.js";
import { useRef } from "../vendor/preact-hooks.js";
import { Avatar } from "./avatar.js";
import { chat, dialog } from "./chat.js";
import { ConnectionDot } from "./connection.js";
import { current } from "./current.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { shortcut } from "./keys-dialog.js";
import { RoomField } from "./room-field.js";
import { RoomLink } from "./room-link.js";
import { isNarrow } from "./route.js";
import { UnreadBelow } from "./unread-below.js";
import { PublicRooms } from "./welcome.js";

export function Sidebar() {
  const { store } = chat;
  const list = useRef(null);
  const rooms = store.rooms.value;
  const visited = current.value.room;
  const looking = visited && visited.membership.value === null && !visited.gone.value && !rooms.includes(visited) ? visited : null;
  return html`<nav class="sidebar" aria-label=${gettext("Rooms")}>
    <div class="sidebar-head">
      <h1 class="sidebar-title">${gettext("Rooms")}</h1>
      <button class="icon-button" type="button" aria-label=${gettext("Find a room")} title=${`${gettext("Find a room")} (${shortcut()})`} onClick=${() => (dialog.value = { kind: "switcher" })}>
        <${Icon} name="search" />
      </button>
    </div>
    <div class="sidebar-rooms" ref=${list}>
      <ul>
        ${rooms.map((room) => html`<${RoomLink} key=${room.id} room=${room} />`)}
      </ul>
      ${looking &&
      html`<h2 class="sidebar-part">${gettext("Looking in")}</h2>
        <ul>
          <${RoomLink} key=${looking.id} room=${looking} />
        </ul>`}
      ${store.known.value && rooms.length === 0 && !looking && html`<p class="sidebar-empty">${gettext("You are in no room yet.")}</p>
        ${isNarrow.value && html`<${PublicRooms} />`}`}
      <${UnreadBelow} list=${list} />
    </div>
    <${RoomField} />
    <${Me} />
  </nav>`;
}

function Me() {
  const me = chat.store.me.value;
  const name = me?.name ?? gettext("You");
  return html`<button class="me" type="button" aria-haspopup="dialog" onClick=${() => (dialog.value = { kind: "me" })}>
    <${Avatar} person=${me} />
    <span class="me-words">
      <span class="me-name" dir="auto">${name}</span>
      <${ConnectionDot} />
    </span>
    <${Icon} name="more" />
  </button>`;
}
