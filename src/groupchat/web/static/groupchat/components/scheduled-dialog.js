/** What one is to send: change it, put it off, send it now, or don't. What was refused says why. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";

export function ScheduledDialog() {
  const found = useSignal(/** @type {import("../lib/types.js").ScheduledEntry[]|null} */ (null));
  const next = useSignal(/** @type {string|null} */ (null));
  const failure = useSignal("");
  const seq = chat.store.agenda.value?.seq;

  async function load(after) {
    try {
      const page = await chat.store.later.scheduled(after);
      found.value = after ? [...(found.peek() ?? []), ...page.scheduled] : page.scheduled;
      next.value = page.next;
    } catch (error) {
      failure.value = reason(error);
    }
  }

  /** Its end, or what became of it, comes with the agenda. */
  async function act(work) {
    failure.value = "";
    try {
      await work();
      return true;
    } catch (error) {
      failure.value = reason(error);
      return false;
    }
  }

  useEffect(() => void load(null), [seq]);

  return html`<${Dialog} title=${gettext("To be sent")} name="scheduled">
    ${found.value?.length === 0 && html`<p>${gettext("Nothing is to be sent. Write a message, and press the clock beside Send.")}</p>`}
    <ul class="message-cards">
      ${(found.value ?? []).map((entry) => html`<${Entry} key=${entry.id} entry=${entry} act=${act} />`)}
    </ul>
    ${next.value !== null && html`<button class="button quiet" type="button" onClick=${() => load(next.peek())}>${gettext("Show more")}</button>`}
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  <//>`;
}

function Entry({ entry, act }) {
  const { id, name, at, body, failed } = entry;
  const { later } = chat.store;
  const text = useSignal(/** @type {string|null} */ (null));
  const putOff = () => openDialog({ kind: "when", title: gettext("Send later"), what: "message", at, choose: (moment) => act(() => later.change(id, { at: moment })) });

  async function changed(event) {
    event.preventDefault();
    if (text.value === body || (await act(() => later.change(id, { body: text.value })))) text.value = null;
  }

  return html`<li class="message-card">
    <div class="message-card-link">
      <span class="message-card-head"><strong dir="auto">${name ?? gettext("A room that you can't read any more")}</strong> <time datetime=${at}>${formatDateTime(at, chat.locale)}</time></span>
      ${text.value === null
        ? html`<span class="message-card-text" dir="auto">${body}</span>`
        : html`<form class="field" onSubmit=${changed}>
            <label class="quietly" for=${`scheduled-${id}`}>${gettext("Message")}</label>
            <textarea id=${`scheduled-${id}`} rows="3" dir="auto" value=${text.value} onInput=${(event) => (text.value = event.currentTarget.value)}></textarea>
            <div class="buttons"><button class="button small" type="submit">${gettext("Save")}</button><button class="button quiet small" type="button" onClick=${() => (text.value = null)}>${gettext("Cancel")}</button></div>
          </form>`}
      ${failed && html`<span class="form-error">${gettext("Not sent: {reason}", { reason: reason(failed) })}</span>`}
    </div>
    <p class="message-card-foot"><span class="buttons">
      <button class="button quiet small" type="button" onClick=${() => act(() => later.send(id))}>${gettext("Send now")}</button>
      ${text.value === null && html`<button class="button quiet small" type="button" onClick=${() => (text.value = body)}>${gettext("Edit")}</button>`}
      <button class="button quiet small" type="button" onClick=${putOff}>${gettext("Another time…")}</button>
      <button class="button quiet small" type="button" onClick=${() => act(() => later.cancel(id))}>${gettext("Don't send")}</button>
    </span></p>
  </li>`;
}
