/** About a room: what it is, one's own pin, its keeping for who keeps it, and the ways out. */

import { isConversation, mayComeBack, mayInvite, mayKeepOrder, mayLeave } from "../lib/rights.js";
import { gettext } from "../lib/i18n.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { RoomFacts } from "./room-facts.js";
import { roomKinds } from "./room-kind.js";
import { RoomOrder } from "./room-order.js";
import { RoomPicture } from "./room-picture.js";
import { addPeople, askToDelete, askToLeave, startGroup } from "./room-ways.js";
import { WhoItIs } from "./who-it-is.js";

export function RoomDialog({ room }) {
  const info = room.info.value;
  if (info === null) return null; // signed out meanwhile
  const { gone, standing } = { gone: room.gone.value, standing: room.standing };
  const member = room.membership.value?.state === "joined" && !gone;
  const manages = room.mayManage() && !gone;
  return html`<${Dialog} title=${info.name} name="room">
    ${isConversation(info) ? html`<${People} room=${room} />` : manages ? html`<${RoomFacts} room=${room} />` : html`<${About} info=${info} />`}
    ${member && html`<${Pin} room=${room} />`}
    ${!gone && mayInvite(standing) && html`<button class="button quiet start" type="button" onClick=${() => addPeople(room)}>${gettext("Add people…")}</button>`}
    ${!gone && mayInvite(standing) && html`<button class="button quiet start" type="button" onClick=${() => openDialog({ kind: "invite", room })}>${gettext("Invite by link…")}</button>`}
    ${member && mayLeave(standing) && html`<${Leave} room=${room} info=${info} />`}
    ${!gone && mayKeepOrder(standing) && html`<${RoomOrder} room=${room} info=${info} />`}
    ${manages && chat.page.roomPictures && html`<${RoomPicture} room=${room} info=${info} />`}
    ${manages && html`<${Keeping} room=${room} info=${info} />`}
  <//>`;
}

function About({ info }) {
  const { label, describe } = roomKinds[info.kind] ?? roomKinds.public;
  return html`<p class="room-dialog-topic" dir="auto">${info.topic || gettext("This room has no topic.")}</p>
    <p class="hint"><strong>${label()}</strong> · ${info.archived ? gettext("This room is archived.") : describe()}</p>`;
}

/** Who is in a conversation, oneself at last. */
function People({ room }) {
  const me = chat.store.me.value?.id;
  const { people = [] } = room.info.value;
  const ordered = [...people.filter((id) => id !== me), ...people.filter((id) => id === me)];
  return html`<ul class="room-people" aria-label=${gettext("Who is in it")}>
      ${ordered.map((id) => html`<li class="member" key=${id}><${WhoItIs} id=${id} /></li>`)}
    </ul>
    <button class="button quiet start" type="button" onClick=${() => startGroup(room)}>${gettext("Start a group with more people…")}</button>`;
}

/** One's own: nobody else sees it. */
function Pin({ room }) {
  const failure = useSignal("");

  function set(event) {
    const box = event.currentTarget;
    failure.value = "";
    room.pin(box.checked).catch((error) => {
      box.checked = room.pinned.peek();
      failure.value = reason(error);
    });
  }

  return html`<label class="check"><input type="checkbox" checked=${room.pinned.value} onChange=${set} />${gettext("Pin it to the top of my list")}</label>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}`;
}

function Leave({ room, info }) {
  const words = mayComeBack(info) ? gettext("Others see that you left. You can come back at any time.") : gettext("Others see that you left. You can't come back by yourself.");
  return html`<div class="dialog-part">
    <p class="hint">${words}</p>
    <button class="button quiet" type="button" onClick=${() => askToLeave(room)}>${isConversation(info) ? gettext("Leave the conversation") : gettext("Leave the room")}</button>
  </div>`;
}

/** For who keeps the room: its archive and its end. */
function Keeping({ room, info }) {
  const failure = useSignal("");
  const busy = useSignal(false);

  async function archive() {
    busy.value = true;
    failure.value = "";
    await room.archive(!info.archived).catch((error) => (failure.value = reason(error)));
    busy.value = false;
  }

  return html`<div class="dialog-part">
    <p class="hint">${info.archived ? gettext("This room is archived: everybody reads what is there, nobody writes.") : gettext("In an archived room everybody still reads, and nobody writes.")}</p>
    <div class="buttons">
      <button class="button quiet" type="button" disabled=${busy.value} onClick=${archive}>${info.archived ? gettext("Open it again") : gettext("Archive the room")}</button>
      <button class="button quiet harm" type="button" onClick=${() => askToDelete(room)}>${gettext("Delete the room…")}</button>
    </div>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  </div>`;
}
