/** Deleting all that somebody wrote in the last hour, day, or week. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";

const HOUR = 3_600;
const spans = {
  [HOUR]: () => gettext("of the last hour"),
  [24 * HOUR]: () => gettext("of the last day"),
  [7 * 24 * HOUR]: () => gettext("of the last week"),
};

/** @param {{room: any, person: number}} props */
export function PurgeDialog({ room, person }) {
  const id = useId();
  const failure = useSignal("");
  const busy = useSignal(false);
  const name = chat.store.person(person).value?.name ?? gettext("Somebody");

  async function carryOut(event) {
    event.preventDefault();
    const { span } = event.currentTarget.elements;
    busy.value = true;
    failure.value = "";
    try {
      await room.purge(person, { seconds: Number(span.value) });
      closeDialog(); // how far it has come is said as it goes on
    } catch (error) {
      busy.value = false;
      failure.value = reason(error);
    }
  }

  return html`<${Dialog} title=${gettext("Delete what {name} wrote here?", { name })} name="purge">
    <form class="dialog-form" onSubmit=${carryOut}>
      <p>${gettext("All their messages disappear for everyone; notes that they were deleted stay. It can't be undone.")}</p>
      <div class="field">
        <label for=${`${id}-span`}>${gettext("Messages")}</label>
        <select id=${`${id}-span`} name="span" data-autofocus>
          ${Object.entries(spans).map(([seconds, words]) => html`<option key=${seconds} value=${seconds}>${words()}</option>`)}
        </select>
      </div>
      ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
      <div class="dialog-foot">
        <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
        <button class="button danger" type="submit" disabled=${busy.value}>${gettext("Delete")}</button>
      </div>
    </form>
  <//>`;
}
