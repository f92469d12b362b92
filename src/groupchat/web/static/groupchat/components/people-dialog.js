/** Choosing people for something: to be brought into a room, or into a new conversation. */

import { gettext } from "../lib/i18n.js";
import { useSignal } from "../vendor/signals.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { PeoplePicker } from "./people-picker.js";
import { reason } from "./reason.js";

/**
 * @param {{title: string, hint?: string, label: string, except: (id: number) => boolean, run: (people: import("../lib/types.js").Person[]) => Promise<any>}} props
 *   `label`: what the button says; `except`: who is not offered; `run`: the dialog closes when it is done
 */
export function PeopleDialog({ title, hint = "", label, except, run }) {
  const chosen = useSignal(/** @type {import("../lib/types.js").Person[]} */ ([]));
  const failure = useSignal("");
  const busy = useSignal(false);

  async function done(event) {
    event.preventDefault();
    if (chosen.value.length === 0 || busy.value) return;
    busy.value = true;
    failure.value = "";
    try {
      await run(chosen.value);
      closeDialog();
    } catch (error) {
      busy.value = false;
      failure.value = reason(error);
    }
  }

  return html`<${Dialog} title=${title} name="people">
    ${hint && html`<p class="hint">${hint}</p>`}
    <form class="dialog-form" onSubmit=${done}>
      <${PeoplePicker} label=${gettext("Who?")} chosen=${chosen} except=${except} />
      ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
      <div class="dialog-foot">
        <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
        <button class="button" type="submit" disabled=${chosen.value.length === 0 || busy.value}>${label}</button>
      </div>
    </form>
  <//>`;
}
