/** What one saved, over all rooms; what one may not read any more is there without its words. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { MessageCard } from "./message-card.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";

export function SavedDialog() {
  const found = useSignal(/** @type {import("../lib/types.js").SavedEntry[]|null} */ (null));
  const next = useSignal(/** @type {number|null} */ (null));
  const failure = useSignal("");
  const seq = chat.store.agenda.value?.seq;

  async function load(after) {
    failure.value = "";
    try {
      const page = await chat.store.later.saved(after);
      found.value = after ? [...(found.peek() ?? []), ...page.saved] : page.saved;
      next.value = page.next;
    } catch (error) {
      failure.value = reason(error);
    }
  }

  async function save(entry, how) {
    failure.value = "";
    try {
      await chat.store.later.save(entry.room, entry.number, how);
    } catch (error) {
      failure.value = reason(error);
    }
  }

  // Another device may have saved one.
  useEffect(() => void load(0), [seq]);

  return html`<${Dialog} title=${gettext("Saved messages")} name="saved">
    ${found.value?.length === 0 && html`<p>${gettext("You have saved nothing. Save a message by its menu, or with the S key; nobody else sees that.")}</p>`}
    <ul class="message-cards">
      ${(found.value ?? []).map((entry) => html`<${Entry} key=${`${entry.room} ${entry.number}`} entry=${entry} save=${save} />`)}
    </ul>
    ${next.value !== null && html`<button class="button quiet" type="button" onClick=${() => load(next.peek())}>${gettext("Show more")}</button>`}
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  <//>`;
}

function Entry({ entry, save }) {
  const { message, slug, name, due, remind_at: at } = entry;
  const foot = html`<p class="message-card-foot">
    <span class=${due ? "due" : ""}>${due ? gettext("Reminder of {when}", { when: formatDateTime(at, chat.locale) }) : at ? gettext("Reminder {when}", { when: formatDateTime(at, chat.locale) }) : ""}</span>
    <span class="buttons">
      ${message && !message.deleted_at && html`<button class="button quiet small" type="button" onClick=${() => openDialog({ kind: "when", title: gettext("Remind me"), what: "reminder", choose: (remindAt) => save(entry, { remindAt }) })}>${gettext("Remind me…")}</button>`}
      <button class="button quiet small" type="button" onClick=${() => save(entry, { on: false })}>${due ? gettext("Done") : gettext("Take it out")}</button>
    </span>
  </p>`;
  if (message) return html`<${MessageCard} slug=${slug} message=${message} where=${name}>${foot}<//>`;
  return html`<li class="message-card"><p class="message-card-text gone message-card-link">${gettext("A message that you can't read any more.")}</p>${foot}</li>`;
}
