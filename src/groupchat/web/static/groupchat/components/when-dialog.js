/** When? A few times that are near at hand, or any other. */

import { fieldValue, fromField, inMinutes, laterToday, tomorrowMorning } from "../lib/ahead.js";
import { formatDateTime } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";

/** @param {{title: string, what: "reminder"|"message", at?: string, choose: (at: string) => void}} props `at`: when it was to be so far */
export function WhenDialog({ title, what, at = "", choose }) {
  const now = Date.now();
  const failure = useSignal("");
  const value = useSignal(fieldValue(at ? Date.parse(at) : Date.parse(tomorrowMorning(now))));

  function chosen(moment) {
    closeDialog();
    choose(moment);
  }

  function submitted(event) {
    event.preventDefault();
    const moment = fromField(value.value);
    if (moment === null || Date.parse(moment) <= Date.now()) failure.value = gettext("Choose a time that is still to come.");
    else chosen(moment);
  }

  return html`<${Dialog} title=${title} name="when">
    <div class="when-choices">
      ${choicesFor(what, now).map(
        ({ label, moment }, index) => html`<button key=${label} class="button quiet" type="button" data-autofocus=${index === 0 ? "" : undefined} title=${formatDateTime(moment, chat.locale)} onClick=${() => chosen(moment)}>${label}</button>`,
      )}
    </div>
    <form class="field" onSubmit=${submitted}>
      <label for="when-field">${gettext("Or at another time")}</label>
      <input id="when-field" type="datetime-local" min=${fieldValue(now)} value=${value.value} aria-invalid=${failure.value ? "true" : undefined} aria-describedby=${failure.value ? "when-error" : undefined} onInput=${(event) => (value.value = event.currentTarget.value)} />
      ${failure.value && html`<p class="form-error" id="when-error" role="alert">${failure.value}</p>`}
      <div class="dialog-foot"><button class="button" type="submit">${gettext("Choose this time")}</button></div>
    </form>
  <//>`;
}

function choicesFor(what, now) {
  const today = laterToday(now);
  const tomorrow = { label: gettext("Tomorrow at 9:00"), moment: tomorrowMorning(now) };
  if (what === "message") return [...(today ? [{ label: gettext("Today at 18:00"), moment: today }] : []), tomorrow];
  return [
    { label: ngettext("In {count} minute", "In {count} minutes", 20), moment: inMinutes(now, 20) },
    { label: gettext("In an hour"), moment: inMinutes(now, 60) },
    tomorrow,
  ];
}
