/** Asks once before what can't be taken back by oneself, or reaches everybody. */

import { gettext } from "../lib/i18n.js";
import { useSignal } from "../vendor/signals.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";

/** @param {{title: string, text: string, label: string, run: () => Promise<any>|void}} props `run`: what is to be done; the dialog closes when it is done */
export function ConfirmDialog({ title, text, label, run }) {
  const failure = useSignal("");
  const busy = useSignal(false);

  async function confirm() {
    busy.value = true;
    failure.value = "";
    try {
      await run();
      closeDialog();
    } catch (error) {
      busy.value = false;
      failure.value = reason(error);
    }
  }

  return html`<${Dialog} title=${title} name="confirm">
    <p>${text}</p>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
      <button class="button danger" type="button" data-autofocus disabled=${busy.value} onClick=${confirm}>${label}</button>
    </div>
  <//>`;
}
