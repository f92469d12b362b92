/** Silencing or banning somebody: for how long, and why. They are told both. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat, say } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";

const REASON_CHARACTERS = 300;
const HOUR = 3_600;
const times = {
  [HOUR]: () => gettext("for an hour"),
  [24 * HOUR]: () => gettext("for a day"),
  [7 * 24 * HOUR]: () => gettext("for a week"),
};

const kinds = {
  silence: {
    title: (name) => gettext("Silence {name}?", { name }),
    text: () => gettext("They go on reading, and can't write here for a time."),
    label: () => gettext("Silence"),
    told: (name) => gettext("{name} is silenced.", { name }),
  },
  ban: {
    title: (name) => gettext("Ban {name} from the room?", { name }),
    text: () => gettext("They are out, and can't come in. What they wrote stays."),
    label: () => gettext("Ban"),
    told: (name) => gettext("{name} is banned.", { name }),
  },
};

/** @param {{room: any, person: number, what: "silence"|"ban"}} props */
export function SanctionDialog({ room, person, what }) {
  const id = useId();
  const failure = useSignal("");
  const busy = useSignal(false);
  const name = chat.store.person(person).value?.name ?? gettext("Somebody");
  const { title, text, label, told } = kinds[what];

  async function carryOut(event) {
    event.preventDefault();
    const { time, why } = event.currentTarget.elements;
    const how = { seconds: time.value ? Number(time.value) : null, reason: why.value };
    busy.value = true;
    failure.value = "";
    try {
      await (what === "ban" ? room.ban(person, how) : room.silence(person, how));
      closeDialog();
      say(told(name));
    } catch (error) {
      busy.value = false;
      failure.value = reason(error);
    }
  }

  return html`<${Dialog} title=${title(name)} name="sanction">
    <form class="dialog-form" onSubmit=${carryOut}>
      <p>${text()}</p>
      <div class="field">
        <label for=${`${id}-time`}>${gettext("How long")}</label>
        <select id=${`${id}-time`} name="time" data-autofocus>
          ${Object.entries(times).map(([seconds, words]) => html`<option key=${seconds} value=${seconds}>${words()}</option>`)}
          ${what === "ban" && html`<option value="">${gettext("for good")}</option>`}
        </select>
      </div>
      <div class="field">
        <label for=${`${id}-why`}>${gettext("Why")}</label>
        <input id=${`${id}-why`} name="why" dir="auto" autocomplete="off" maxlength=${REASON_CHARACTERS} aria-describedby=${`${id}-hint`} />
        <p class="hint" id=${`${id}-hint`}>${gettext("They are told it, as you write it here. It may stay empty.")}</p>
      </div>
      ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
      <div class="dialog-foot">
        <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
        <button class="button danger" type="submit" disabled=${busy.value}>${label()}</button>
      </div>
    </form>
  <//>`;
}
