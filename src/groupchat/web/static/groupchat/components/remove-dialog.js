/** Deleting a message can't be undone: it asks. */

import { gettext } from "../lib/i18n.js";
import { useSignal } from "../vendor/signals.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";

export function RemoveDialog({ room, message }) {
  const failure = useSignal("");
  const busy = useSignal(false);

  async function remove() {
    busy.value = true;
    try {
      await room.remove(message.number);
      closeDialog();
    } catch (error) {
      busy.value = false;
      failure.value = reason(error);
    }
  }

  return html`<${Dialog} title=${gettext("Delete this message?")} name="remove">
    <blockquote class="remove-quote" dir="auto">${message.body}</blockquote>
    <p>${gettext("It disappears for everyone; a note that it was deleted stays.")}</p>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
      <button class="button danger" type="button" data-autofocus disabled=${busy.value} onClick=${remove}>${gettext("Delete")}</button>
    </div>
  <//>`;
}
