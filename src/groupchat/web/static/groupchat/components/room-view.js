/** The middle of the page: a room, or why there is none. */

import { gettext } from "../lib/i18n.js";
import { chat } from "./chat.js";
import { useLasting } from "./clock.js";
import { Composer } from "./composer.js";
import { EditElsewhere } from "./editor.js";
import { current, openAgain } from "./current.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { reason } from "./reason.js";
import { RoomHeader } from "./room-header.js";
import { leaveRoom } from "./route.js";
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
    ${gone ? html`<${Gone} room=${room} gone=${gone} />` : looking ? html`<${Looking} room=${room} />` : null}
    ${!gone && html`<${EditElsewhere} room=${room} /><${Composer} room=${room} />`}
  `;
}

function Looking({ room }) {
  return html`<div class="room-note">
    <span>${gettext("You are looking in. Writing joins the room.")}</span>
    <button class="button small" type="button" onClick=${() => room.join().catch(() => {})}>${gettext("Join")}</button>
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
    <div class="buttons">
      <${Rejoin} room=${room} gone=${gone} />
      <button class="button quiet" type="button" onClick=${leaveRoom}>${gettext("All rooms")}</button>
    </div>
  </div>`;
}

function Rejoin({ room, gone }) {
  if (gone !== "left" || room.info.value.kind !== "public") return null;
  return html`<button class="button small" type="button" onClick=${() => room.join().catch(() => {})}>${gettext("Join again")}</button>`;
}

const goings = {
  left: (name) => gettext("You left {name}.", { name }),
  kicked: (name) => gettext("You were removed from {name}.", { name }),
  banned: (name) => gettext("You were removed from {name} and can't come back.", { name }),
  gone: (name) => gettext("You are no longer in {name}.", { name }),
};

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
