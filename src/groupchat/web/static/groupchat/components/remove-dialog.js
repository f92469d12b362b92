/** Deleting a message can't be undone: it asks. */

import { useSignal } from "../vendor/signals.js";
import { reason, t } from "./chat.js";
import { closeDialog, Dialog } from "./dialog.js";
import { html } from "./html.js";

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

  return html`<${Dialog} title=${t("remove.title")} name="remove">
    <blockquote class="remove-quote" dir="auto">${message.body}</blockquote>
    <p>${t("remove.what")}</p>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${closeDialog}>${t("cancel")}</button>
      <button class="button danger" type="button" data-autofocus disabled=${busy.value} onClick=${remove}>${t("remove")}</button>
    </div>
  <//>`;
}
