/** A room's name, topic and kind, for those who may change them. */

import { isOpen } from "../lib/rights.js";
import { gettext } from "../lib/i18n.js";
import { useId, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { closeDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { roomKinds } from "./room-kind.js";

/** What holds where a room does not say it. */
const unsaid = { history: "all", guests: true };

export function RoomFacts({ room }) {
  const id = useId();
  const failure = useSignal(null);
  const busy = useSignal(false);
  /** As it was when the form opened: only what was changed here is sent, whatever others changed meanwhile. */
  const before = useRef(room.info.peek()).current;
  const kind = useSignal(before.kind);
  const history = useSignal(before.history ?? "all");
  const guests = useSignal(before.guests ?? true);
  const limits = chat.store.limits.value;

  async function save(event) {
    event.preventDefault();
    const { name, topic } = event.currentTarget.elements;
    const wanted = Object.entries({ name: name.value, topic: topic.value, kind: kind.value, history: history.value, guests: guests.value }).filter(([fact, value]) => value !== (before[fact] ?? unsaid[fact]));
    busy.value = true;
    failure.value = null;
    try {
      if (wanted.length > 0) await room.configure(Object.fromEntries(wanted));
      closeDialog();
    } catch (error) {
      failure.value = error;
    } finally {
      busy.value = false;
    }
  }

  const opens = isOpen({ ...before, kind: kind.value }) && !isOpen(before);
  const hides = !isOpen({ ...before, kind: kind.value }) && isOpen(before);
  return html`<form class="dialog-form" onSubmit=${save}>
    <div class="field">
      <label for=${`${id}-name`}>${gettext("Name")}</label>
      <input id=${`${id}-name`} name="name" dir="auto" data-autofocus required autocomplete="off" maxlength=${limits.room_name_characters || undefined} defaultValue=${before.name} />
      ${isOpen(before) && html`<p class="hint">${gettext("The address changes with the name; the old one keeps leading here.")}</p>`}
    </div>
    <div class="field">
      <label for=${`${id}-topic`}>${gettext("Topic")}</label>
      <input id=${`${id}-topic`} name="topic" dir="auto" autocomplete="off" maxlength=${limits.topic_characters || undefined} defaultValue=${before.topic} />
    </div>
    <div class="field">
      <label for=${`${id}-kind`}>${gettext("Kind")}</label>
      <select id=${`${id}-kind`} name="kind" value=${kind.value} aria-describedby=${`${id}-kind-hint`} onChange=${(event) => (kind.value = event.currentTarget.value)}>
        ${Object.entries(roomKinds).map(([name, { label }]) => html`<option key=${name} value=${name}>${label()}</option>`)}
      </select>
      <p class="hint" id=${`${id}-kind-hint`} role="status">${roomKinds[kind.value].describe()}</p>
    </div>
    <fieldset class="field">
      <legend>${gettext("New members see")}</legend>
      <${Sight} history=${history} value="all" label=${gettext("everything")} />
      <${Sight} history=${history} value="joined" label=${gettext("only what is written after they came")} />
    </fieldset>
    <label class="check"><input type="checkbox" checked=${guests.value} onChange=${(event) => (guests.value = event.currentTarget.checked)} />${gettext("Guests may come in")}</label>
    ${opens && history.value === "all" && html`<p class="warning" role="status">${gettext("Everybody will be able to read all that was ever written here.")}</p>`}
    ${hides && html`<p class="warning" role="status">${gettext("Who is not in it loses sight of it, and its address changes.")}</p>`}
    ${failure.value && html`<p class="form-error" role="alert">${reason(failure.value)}</p>`}
    <div class="dialog-foot">
      <button class="button quiet" type="button" onClick=${closeDialog}>${gettext("Cancel")}</button>
      <button class="button" type="submit" disabled=${busy.value}>${gettext("Save")}</button>
    </div>
  </form>`;
}

function Sight({ history, value, label }) {
  return html`<label class="check"><input type="radio" name="history" value=${value} checked=${history.value === value} onChange=${() => (history.value = value)} />${label}</label>`;
}
