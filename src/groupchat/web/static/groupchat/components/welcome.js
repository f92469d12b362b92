/** Where no room is open: the first visit, or a phone's list before a room was chosen. */

import { gettext } from "../lib/i18n.js";
import { useEffect, useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { RoomField } from "./room-field.js";
import { addressOf, follow } from "./route.js";
import { publicRooms } from "./site.js";

export function Welcome() {
  const { store } = chat;
  if (!store.known.value || store.rooms.value.length > 0) return html`<div class="room-state"></div>`;
  const name = store.me.value?.name;
  return html`<div class="room-state welcome">
    <h1>${name ? gettext("Welcome, {name}", { name }) : gettext("Welcome")}</h1>
    <p>${gettext("Name a room to begin. Whoever types the same name is in the same room.")}</p>
    <${RoomField} />
    <${PublicRooms} />
  </div>`;
}

/** Rooms that one may look into. */
export function PublicRooms() {
  const id = useId();
  const rooms = useSignal([]);
  useEffect(() => {
    publicRooms().then((found) => (rooms.value = found));
  }, []);
  if (rooms.value.length === 0) return null;
  return html`<section class="welcome-rooms" aria-labelledby=${id}>
    <h2 id=${id}>${gettext("Or look into a public room")}</h2>
    <ul>
      ${rooms.value.map((room) => html`<${PublicRoom} key=${room.slug} room=${room} />`)}
    </ul>
  </section>`;
}

function PublicRoom({ room }) {
  return html`<li>
    <a href=${addressOf(room.slug)} onClick=${(event) => follow(event, room.slug)}>
      <strong dir="auto">${room.name}</strong>
      <span dir="auto">${room.topic}</span>
    </a>
  </li>`;
}
