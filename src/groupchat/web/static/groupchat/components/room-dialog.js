/** A room's name and topic, for those who may change them, and leaving it. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat, say } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { go } from "./route.js";

export function RoomDialog({ room }) {
  const info = room.info.value;
  const member = room.membership.value !== null && !room.gone.value;
  if (info === null) return null; // signed out meanwhile

  function leave() {
    const left = chat.store.leaveSoon(room);
    // Both steps go, the dialog's and the room's: going back must not lead into it again.
    closeDialog();
    go(null, null, { replace: true });
    const takeAway = say(gettext("You left {name}.", { name: info.name }), { label: gettext("Undo"), run: undo });
    left.finally(takeAway).catch((error) => say(reason(error)));
  }

  function undo() {
    chat.store.stay(room);
    go(room.info.peek().slug);
  }

  return html`<${Dialog} title=${info.name} name="room">
    ${room.mayManage() ? html`<${Facts} room=${room} />` : html`<p class="room-dialog-topic" dir="auto">${info.topic || gettext("This room has no topic.")}</p>`}
    ${member && html`<${Pin} room=${room} />`}
    ${member &&
    html`<div class="dialog-part">
      <p class="hint">${gettext("Others see that you left. You can come back to a public room at any time.")}</p>
      <button class="button quiet" type="button" onClick=${leave}>${gettext("Leave the room")}</button>
    </div>`}
  <//>`;
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

function Facts({ room }) {
  const id = useId();
  const failure = useSignal(null);
  const busy = useSignal(false);
  const info = room.info.value;
  const limits = chat.store.limits.value;

  async function save(event) {
    event.preventDefault();
    const { name, topic, history } = event.currentTarget.elements;
    busy.value = true;
    failure.value = null;
    try {
      await room.configure({ name: name.value, topic: topic.value, history: history.value });
      closeDialog();
    } catch (error) {
      failure.value = error;
    } finally {
      busy.value = false;
    }
  }

  return html`<form class="dialog-form" onSubmit=${save}>
    <div class="field">
      <label for=${`${id}-name`}>${gettext("Name")}</label>
      <input id=${`${id}-name`} name="name" dir="auto" data-autofocus required autocomplete="off" maxlength=${limits.room_name_characters || undefined} defaultValue=${info.name} />
      <p class="hint">${gettext("The address changes with the name; the old one keeps leading here.")}</p>
    </div>
    <div class="field">
      <label for=${`${id}-topic`}>${gettext("Topic")}</label>
      <input id=${`${id}-topic`} name="topic" dir="auto" autocomplete="off" maxlength=${limits.topic_characters || undefined} defaultValue=${info.topic} />
    </div>
    <fieldset class="field">
      <legend>${gettext("New members see")}</legend>
      <label class="check"><input type="radio" name="history" value="all" defaultChecked=${info.history !== "joined"} />${gettext("everything")}</label>
      <label class="check"><input type="radio" name="history" value="joined" defaultChecked=${info.history === "joined"} />${gettext("only what is written after they came")}</label>
    </fieldset>
    ${failure.value && html`<p class="form-error" role="alert">${reason(failure.value)}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
      <button class="button" type="submit" disabled=${busy.value}>${gettext("Save")}</button>
    </div>
  </form>`;
}
