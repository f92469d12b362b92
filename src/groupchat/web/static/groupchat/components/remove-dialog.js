/** Deleting a message asks, and can be taken back for some seconds. */

import { gettext } from "../lib/i18n.js";
import { say } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";

export function RemoveDialog({ room, message }) {
  function remove() {
    closeDialog();
    const gone = room.removing.soon(message.number);
    const takeAway = say(gettext("The message was deleted."), { label: gettext("Undo"), run: () => room.removing.keep(message.number) });
    gone.finally(takeAway).catch((failure) => say(reason(failure)));
  }

  return html`<${Dialog} title=${gettext("Delete this message?")} name="remove">
    <blockquote class="remove-quote" dir="auto">${message.body}</blockquote>
    <p>${gettext("It disappears for everyone; a note that it was deleted stays.")}</p>
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
      <button class="button danger" type="button" data-autofocus onClick=${remove}>${gettext("Delete")}</button>
    </div>
  <//>`;
}
