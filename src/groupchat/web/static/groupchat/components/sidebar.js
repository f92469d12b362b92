/** The site, one field for finding and starting, the rooms one is in, and who one is. */

import { gettext, ngettext } from "../lib/i18n.js";
import { useRef } from "../vendor/preact-hooks.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { ConnectionDot } from "./connection.js";
import { current } from "./current.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { shortcut } from "./keys.js";
import { walk } from "./list-keys.js";
import { Mark } from "./mark.js";
import { openDialog } from "./overlays.js";
import { orderProps } from "./pinned-order.js";
import { RoomLink } from "./room-link.js";
import { sections, showsAll } from "./room-list.js";
import { isNarrow } from "./route.js";
import { SavedWay } from "./saving.js";
import { ScheduledWay } from "./send-later.js";
import { UnreadHint } from "./unread-hints.js";
import { PublicRooms } from "./welcome.js";

const titles = {
  looking: () => gettext("Looking in"),
  unread: () => gettext("Unread"),
  pinned: () => gettext("Pinned"),
  direct: () => gettext("Direct"),
  rooms: () => gettext("Rooms"),
};

export function Sidebar({ inert = false }) {
  const list = useRef(null);
  return html`<nav class="sidebar" aria-label=${gettext("Rooms")} inert=${inert}>
    <div class="sidebar-head"><${Mark} /><span class="sidebar-site" dir="auto">${chat.page.site}</span></div>
    <button class="finder" type="button" aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K" onClick=${() => openDialog({ kind: "switcher" })}>
      <${Icon} name="search" /><span class="finder-words">${gettext("Find or start a room")}</span><kbd aria-hidden="true">${shortcut()}</kbd>
    </button>
    <${UnreadHint} list=${list} direction="up" />
    <div class="sidebar-rooms" ref=${list} onKeyDown=${(event) => walk(event, ".room-link")}>
      <${Rooms} />
    </div>
    <${UnreadHint} list=${list} direction="down" />
    <${Me} />
  </nav>`;
}

function Rooms() {
  const { store } = chat;
  const visited = current.value.room;
  const isLooking = visited && visited.membership.value === null && !visited.gone.value && !store.rooms.value.includes(visited);
  const looking = isLooking ? [{ name: "looking", rooms: [visited], more: 0 }] : [];
  const shown = [...looking, ...sections.value];
  const more = shown.reduce((sum, section) => sum + section.more, 0);
  // Tab stops once in the list: at the open room, else at the first.
  const here = shown.some(({ rooms }) => rooms.includes(visited)) ? visited : shown[0]?.rooms[0];
  if (!store.known.value) return null;
  return html`
    ${shown.length === 0 && html`<p class="sidebar-empty">${gettext("You are in no room yet.")}</p>${isNarrow.value && html`<${PublicRooms} />`}`}
    ${shown.map(
      ({ name, rooms }) => html`<section key=${name} aria-labelledby=${`rooms-${name}`}>
        <h2 class="sidebar-part" id=${`rooms-${name}`}>${titles[name]()}</h2>
        <ul>
          ${rooms.map((room) => html`<${RoomLink} key=${room.id} room=${room} stop=${room === here} more=${name === "pinned" && rooms.length > 1 ? orderProps(room, rooms) : undefined} />`)}
        </ul>
      </section>`,
    )}
    <div class="sidebar-ways">
      ${(more > 0 || showsAll.value) && html`<${ShowAll} more=${more} />`}
      <${Reports} />
      <${SavedWay} />
      <${ScheduledWay} />
      <button class="sidebar-all" type="button" aria-haspopup="dialog" onClick=${() => openDialog({ kind: "directory" })}>${gettext("All rooms")}</button>
    </div>
  `;
}

/** For those who keep order: what waits for them. */
function Reports() {
  const count = chat.store.order.value?.reports ?? 0;
  if (count === 0) return null;
  return html`<button class="sidebar-all sidebar-reports" type="button" aria-haspopup="dialog" onClick=${() => openDialog({ kind: "reports" })}>${ngettext("{count} report", "{count} reports", count)}</button>`;
}

function ShowAll({ more }) {
  const words = showsAll.value ? gettext("Show the recent ones") : ngettext("Show all A–Z ({count} more)", "Show all A–Z ({count} more)", more);
  return html`<button class="sidebar-all" type="button" onClick=${() => (showsAll.value = !showsAll.value)}>${words}</button>`;
}

function Me() {
  const me = chat.store.me.value;
  const name = me?.name ?? gettext("You");
  return html`<button class="me" type="button" aria-haspopup="dialog" onClick=${() => openDialog({ kind: "me" })}>
    <${Avatar} person=${me} />
    <span class="me-words">
      <span class="me-name" dir="auto">${name}</span>
      <${ConnectionDot} />
    </span>
    <${Icon} name="more" />
  </button>`;
}
