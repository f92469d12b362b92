/** Who somebody is, beside the timeline: the way to talk to them, and the rooms in which one meets them. */

import { formatTimeIn } from "../lib/format.js";
import { gettext, pgettext } from "../lib/i18n.js";
import { isKnownToBeIn } from "../lib/shared-rooms.js";
import { useSignal } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { useEndOf } from "./clock.js";
import { talkTo } from "./current.js";
import { html } from "./html.js";
import { KindOfPerson } from "./kind-of-person.js";
import { Pane } from "./pane.js";
import { reason } from "./reason.js";
import { RoomIcon } from "./room-icon.js";
import { addressOf, follow } from "./route.js";

const MINUTE = 60_000; // milliseconds

/** @param {{about: string}} props the person's id */
export function PersonCard({ about }) {
  const id = Number(about);
  const person = chat.store.person(id).value;
  const isMe = chat.store.me.value?.id === id;
  return html`<${Pane} title=${person?.name ?? gettext("Somebody")} close=${gettext("Close the card")}>
    <div class="person-card">
      <${Avatar} person=${person} id=${id} size="huge" />
      <p class="person-card-who">
        <span class="person-card-handle" dir="auto">${person ? `@${person.handle}` : ""}</span>
        ${isMe && html`<span class="tag">${gettext("you")}</span>`}
        <${KindOfPerson} kind=${person?.kind} />
        ${person?.pronouns && html`<span class="hint" dir="auto">${person.pronouns}</span>`}
      </p>
      ${person?.time_zone && html`<${LocalTime} zone=${person.time_zone} />`}
      ${!isMe && person && html`<${TalkTo} id=${id} />`}
      ${!isMe && person && html`<${BlockThem} id=${id} />`}
      ${!isMe && html`<${Shared} id=${id} />`}
    </div>
  <//>`;
}

function LocalTime({ zone }) {
  const now = Date.now();
  useEndOf(new Date(now - (now % MINUTE) + MINUTE).toISOString());
  const time = formatTimeIn(now, zone, chat.locale);
  return time && html`<p class="hint">${gettext("It is {time} there", { time })}</p>`;
}

function TalkTo({ id }) {
  const failure = useSignal("");
  const busy = useSignal(false);

  async function talk() {
    if (busy.value) return;
    busy.value = true;
    failure.value = "";
    try {
      await talkTo([id]);
    } catch (error) {
      failure.value = reason(error);
    } finally {
      busy.value = false;
    }
  }

  return html`<button class="button" type="button" onClick=${talk}>${pgettext("action", "Message")}</button>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}`;
}

/** Nobody is told. */
function BlockThem({ id }) {
  const failure = useSignal("");
  const busy = useSignal(false);
  const blocked = chat.store.blocks.value.has(id);

  async function change() {
    if (busy.value) return;
    busy.value = true;
    failure.value = "";
    await chat.store.block(id, !blocked).catch((error) => (failure.value = reason(error)));
    busy.value = false;
  }

  return html`<div>
    <button class="button quiet" type="button" aria-pressed=${blocked ? "true" : "false"} onClick=${change}>${blocked ? gettext("Don’t block any more") : gettext("Block")}</button>
    <p class="hint">${blocked ? gettext("What they write is folded away, and they can’t write to you alone. They are not told.") : gettext("Their messages are folded away, and they can’t write to you alone. They are not told.")}</p>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  </div>`;
}

/** As far as this page knows who is in them. */
function Shared({ id }) {
  // The conversation with them is what the button above leads to.
  const shared = chat.store.rooms.value.filter((room) => room.info.value.kind !== "direct" && isKnownToBeIn(room.snapshot.value, id));
  if (shared.length === 0) return null;
  return html`<section class="person-card-rooms" aria-labelledby="person-card-rooms">
    <h3 id="person-card-rooms">${gettext("Rooms that you share")}</h3>
    <ul>
      ${shared.map((room) => html`<${SharedRoom} key=${room.id} info=${room.info.value} />`)}
    </ul>
  </section>`;
}

function SharedRoom({ info }) {
  return html`<li>
    <a href=${addressOf(info.slug)} onClick=${(event) => follow(event, info.slug)}><${RoomIcon} info=${info} /><span dir="auto">${info.name}</span></a>
  </li>`;
}
