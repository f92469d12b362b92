/** Reporting a message to those who keep the room: why, and what else they should know. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { say } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { reportReasons } from "./report-reasons.js";

const NOTE_CHARACTERS = 300;

/** @param {{room: any, message: import("../lib/types.js").Message}} props */
export function ReportDialog({ room, message }) {
  const id = useId();
  const failure = useSignal("");
  const busy = useSignal(false);

  async function send(event) {
    event.preventDefault();
    const { why, note } = event.currentTarget.elements;
    busy.value = true;
    failure.value = "";
    try {
      await room.report(message.number, { reason: why.value, note: note.value });
      closeDialog();
      say(gettext("Reported. You will be told when somebody has looked at it."));
    } catch (error) {
      busy.value = false;
      failure.value = reason(error);
    }
  }

  return html`<${Dialog} title=${gettext("Report this message?")} name="report">
    <form class="dialog-form" onSubmit=${send}>
      <blockquote class="remove-quote" dir="auto">${message.body}</blockquote>
      <p>${gettext("Who keeps the room looks at it. Whoever wrote it is not told who reported it.")}</p>
      <div class="field">
        <label for=${`${id}-why`}>${gettext("Why")}</label>
        <select id=${`${id}-why`} name="why" data-autofocus>
          ${Object.entries(reportReasons).map(([key, words]) => html`<option key=${key} value=${key}>${words()}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for=${`${id}-note`}>${gettext("What else they should know")}</label>
        <input id=${`${id}-note`} name="note" dir="auto" autocomplete="off" maxlength=${NOTE_CHARACTERS} />
      </div>
      ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
      <div class="dialog-foot">
        <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
        <button class="button" type="submit" disabled=${busy.value}>${gettext("Report")}</button>
      </div>
    </form>
  <//>`;
}
