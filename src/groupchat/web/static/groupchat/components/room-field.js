/** One field to join a room or to make one: whoever types the same name is in the same room. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { enterRoom } from "./current.js";
import { html } from "./html.js";
import { reason } from "./reason.js";

export function RoomField() {
  const id = useId();
  const failure = useSignal("");
  const busy = useSignal(false);

  async function enter(event) {
    event.preventDefault();
    const field = event.currentTarget.elements.room;
    const name = field.value.trim();
    if (!name || busy.value) return;
    busy.value = true;
    failure.value = "";
    try {
      await enterRoom(name);
      field.value = "";
      field.blur(); // it has done its work: the editor of the room may take the focus
    } catch (error) {
      failure.value = reason(error);
    } finally {
      busy.value = false;
    }
  }

  return html`<form class="room-field" onSubmit=${enter}>
    <label for=${id}>${gettext("Join or make a room")}</label>
    <div class="room-field-line">
      <input
        id=${id}
        name="room"
        dir="auto"
        autocomplete="off"
        autocapitalize="none"
        spellcheck=${false}
        readOnly=${busy.value}
        maxlength=${chat.page.roomNameCharacters || undefined}
        aria-describedby=${failure.value ? `${id}-failure` : undefined}
        aria-invalid=${failure.value ? "true" : undefined}
        onInput=${() => (failure.value = "")}
      />
      <button class="button" type="submit">${gettext("Enter")}</button>
    </div>
    ${failure.value && html`<p class="form-error" role="alert" id=${`${id}-failure`}>${failure.value}</p>`}
  </form>`;
}
