/** A new room: what it is called, who may come in, what it is for. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { makeRoom } from "./current.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { RoomIcon } from "./room-icon.js";
import { roomKinds } from "./room-kind.js";

/** @param {{name?: string, roomKind?: string}} props what it begins with */
export function NewRoomDialog({ name = "", roomKind = "public" }) {
  const id = useId();
  const kind = useSignal(roomKind);
  const failure = useSignal(null);
  const busy = useSignal(false);
  const limits = chat.store.limits.value;
  const about = failure.value?.field ?? (failure.value?.code === "name_taken" ? "name" : null);

  async function make(event) {
    event.preventDefault();
    const { name: called, topic } = event.currentTarget.elements;
    if (busy.value) return;
    busy.value = true;
    failure.value = null;
    try {
      await makeRoom({ name: called.value.trim(), kind: kind.value, topic: topic.value.trim() });
    } catch (error) {
      failure.value = error;
      called.focus();
    } finally {
      busy.value = false;
    }
  }

  return html`<${Dialog} title=${gettext("New room")} name="new-room">
    <form class="dialog-form" onSubmit=${make}>
      <div class="field">
        <label for=${`${id}-name`}>${gettext("Name")}</label>
        <input
          id=${`${id}-name`}
          name="name"
          dir="auto"
          data-autofocus
          required
          autocomplete="off"
          maxlength=${limits.room_name_characters || undefined}
          defaultValue=${name}
          aria-invalid=${about === "name" ? "true" : undefined}
          aria-describedby=${failure.value ? `${id}-failure` : undefined}
        />
      </div>
      <fieldset class="kinds">
        <legend>${gettext("Who may come in?")}</legend>
        ${Object.entries(roomKinds).map(
          ([each, { label, inShort }]) => html`<label key=${each}>
            <input type="radio" name="kind" value=${each} checked=${kind.value === each} aria-describedby=${`${id}-${each}`} onChange=${() => (kind.value = each)} />
            <${RoomIcon} info=${{ kind: each }} />
            <span class="kind-name">${label()}</span>
            <span class="hint" id=${`${id}-${each}`}>${inShort()}</span>
          </label>`,
        )}
      </fieldset>
      <div class="field">
        <label for=${`${id}-topic`}>${gettext("Topic")}</label>
        <input id=${`${id}-topic`} name="topic" dir="auto" autocomplete="off" maxlength=${limits.topic_characters || undefined} aria-describedby=${`${id}-topic-hint`} />
        <p class="hint" id=${`${id}-topic-hint`}>${gettext("What it is for. You can leave it empty.")}</p>
      </div>
      ${failure.value && html`<p class="form-error" role="alert" id=${`${id}-failure`}>${reason(failure.value)}</p>`}
      <div class="dialog-foot">
        <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
        <button class="button" type="submit" disabled=${busy.value}>${gettext("Start the room")}</button>
      </div>
    </form>
  <//>`;
}
