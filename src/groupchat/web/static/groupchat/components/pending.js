/** A message of one's own that the server has not confirmed yet: a clock, or why it failed and what to do. */

import { formatTime, formatTimeShort } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { Said } from "./action.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { KindOfPerson } from "./kind-of-person.js";
import { Quote } from "./quote.js";
import { reason } from "./reason.js";

export function Pending({ id, room, pending, first }) {
  const me = chat.store.me.value;
  const failed = pending.state === "failed";
  const sent = pending.state === "sent";
  const state = sent ? gettext("Sent") : gettext("Sending");
  const cmid = pending.client_message_id;
  return html`
    <li class=${`message mine pending ${pending.state} ${first ? "first" : ""}`} data-key=${id} data-kind="pending" data-stop tabindex="-1">
      ${first && html`<${Avatar} person=${me} id=${me?.id ?? 0} />`}
      <div class="message-head">
        <span class=${first ? "author" : "quietly"} dir="auto">${me?.name ?? gettext("You")}</span>
        ${first && html`<${KindOfPerson} kind=${me?.kind} />`}
        <span class="when"><time datetime=${isoOf(pending.at)}>${(first ? formatTime : formatTimeShort)(isoOf(pending.at), chat.locale)}</time></span>
      </div>
      <div class="message-body">
        ${pending.answer && html`<${Quote} room=${room} number=${pending.answer} />`}
        <${Said} name=${me?.name ?? gettext("You")} text=${pending.body} />
        ${failed &&
        html`<div class="failed" role="alert">
          <${Icon} name="warn" />
          <span>${gettext("Not sent: {reason}", { reason: reason(pending.error ?? {}) })}</span>
          <button class="button quiet small" type="button" onClick=${() => room.retry(cmid)}>${gettext("Retry")}</button>
          <button class="button quiet small" type="button" onClick=${() => room.discard(cmid)}>${gettext("Discard")}</button>
        </div>`}
      </div>
      ${!failed &&
      html`<span class="sent" title=${state}>
        <${Icon} name=${sent ? "check" : "clock"} /><span class="quietly">${state}</span>
      </span>`}
    </li>
  `;
}

function isoOf(at) {
  return typeof at === "string" ? at : new Date(at).toISOString();
}
