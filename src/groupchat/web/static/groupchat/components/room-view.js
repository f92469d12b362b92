/** The middle of the page: a room, or why there is none. */

import { gettext } from "../lib/i18n.js";
import { isOpen, mayManage, whyNoWriting } from "../lib/rights.js";
import { chat } from "./chat.js";
import { useLasting, useEndOf } from "./clock.js";
import { Composer } from "./composer.js";
import { current, openAgain } from "./current.js";
import { EditElsewhere } from "./edit-elsewhere.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Later } from "./later.js";
import { withLazy } from "./loading.js";
import { NoWriting, Way } from "./no-writing.js";
import { OrderNote } from "./order-note.js";
import { reason } from "./reason.js";
import { RoomHeader } from "./room-header.js";
import { leaveRoom } from "./route.js";
import { selectedIn } from "./selecting.js";
import { Timeline } from "./timeline.js";
import { Welcome } from "./welcome.js";

export function RoomView({ inert = false }) {
  const { room, status, slug, failure } = current.value;
  return html`<main class="room" id="room" inert=${inert}>
    ${status === "open" && html`<${Room} key=${room.id} room=${room} />`}
    ${status === "opening" && html`<${Opening} slug=${slug} />`}
    ${status === "failed" && html`<${Failed} slug=${slug} failure=${failure} />`}
    ${status === "none" && html`<${Welcome} />`}
  </main>`;
}

function Room({ room }) {
  const gone = room.gone.value;
  const looking = room.membership.value === null || gone;
  // Of a room that one was put out of, nothing is left to show but what was never sent.
  if (gone && room.timeline.value === null && room.pending.value.length === 0) return html`<${Closed} room=${room} gone=${gone} />`;
  return html`
    <${RoomHeader} room=${room} />
    <${Timeline} room=${room} />
    ${selectedIn(room) !== null && html`<${Later} part="SelectionBar" room=${room} />`}
    ${gone ? html`<${Gone} room=${room} gone=${gone} />` : html`<${Foot} room=${room} looking=${looking} />`}
  `;
}

/** Where one writes, or why one can't. */
function Foot({ room, looking }) {
  useEndOf(room.membership.value?.silenced_until);
  useEndOf(room.info.value.raid_until);
  const why = whyNoWriting(room.standing);
  if (why) return html`<${EditElsewhere} room=${room} /><${NoWriting} room=${room} why=${why} looking=${looking} />`;
  return html`<${OrderNote} room=${room} />${looking && html`<${Looking} room=${room} />`}<${EditElsewhere} room=${room} /><${Composer} room=${room} />`;
}

function Looking({ room }) {
  return html`<div class="room-note">
    <span>${gettext("You are looking in. Writing joins the room.")}</span>
    <${Way} label=${gettext("Join")} run=${() => room.join()} />
  </div>`;
}

function Gone({ room, gone }) {
  return html`<div class="room-note" role="status">
    <span>${whyGone(room, gone)}</span>
    <${Rejoin} room=${room} gone=${gone} />
  </div>`;
}

function Closed({ room, gone }) {
  return html`<div class="room-state" role="status">
    <h1>${whyGone(room, gone)}</h1>
    ${gone === "gone" && html`<p>${mayBringBack(room, gone) ? gettext("If it was deleted, you can bring it back.") : gettext("It was deleted, or it is private now. Who keeps it can tell you more.")}</p>`}
    <div class="buttons">
      <${Rejoin} room=${room} gone=${gone} small=${false} />
      <button class="button quiet" type="button" onClick=${leaveRoom}>${gettext("All rooms")}</button>
    </div>
  </div>`;
}

function Rejoin({ room, gone, small = true }) {
  const info = room.info.value;
  if (mayBringBack(room, gone)) return html`<${Way} small=${small} label=${gettext("Bring it back")} run=${() => withLazy(({ bringBack }) => bringBack(room))} />`;
  if (gone !== "left") return null;
  // A group is entered again by its people.
  if (info.kind === "group") return html`<${Way} small=${small} label=${gettext("Join again")} run=${() => chat.store.converse(info.people)} />`;
  return isOpen(info) && !info.archived ? html`<${Way} small=${small} label=${gettext("Join again")} run=${() => room.join()} />` : null;
}

const goings = {
  left: (name) => gettext("You left {name}.", { name }),
  kicked: (name) => gettext("You were removed from {name}.", { name }),
  banned: (name) => gettext("You were removed from {name} and can't come back.", { name }),
  gone: (name) => gettext("{name} is not open to you any more.", { name }),
};

/** Mostly a room of one's own goes by its end; the server knows. */
function mayBringBack(room, gone) {
  return gone === "gone" && mayManage({ ...room.standing, isOwner: false });
}

function whyGone(room, gone) {
  return (goings[gone] ?? goings.gone)(room.info.value.name);
}

function Opening({ slug }) {
  const waiting = useLasting(true, 300);
  const offline = chat.store.connection.value.state === "offline";
  return html`<div class="room-state">
    ${waiting && html`<h1 class="quietly" dir="auto">${slug}</h1><p>${offline ? gettext("There is no connection. The room opens when it is back.") : gettext("Loading…")}</p>`}
  </div>`;
}

function Failed({ slug, failure }) {
  const missing = failure.code === "not_found";
  return html`<div class="room-state" role="alert">
    <${Icon} name="warn" />
    <h1>${missing ? gettext("There is no room called {name}", { name: slug }) : gettext("The room could not be opened")}</h1>
    <p>${missing ? gettext("It may be private, or the name is mistyped.") : reason(failure)}</p>
    <div class="buttons">
      ${!missing && html`<button class="button" type="button" onClick=${openAgain}>${gettext("Try again")}</button>`}
      <button class="button quiet" type="button" onClick=${leaveRoom}>${gettext("All rooms")}</button>
    </div>
  </div>`;
}
