/** A message of one's own that the server has not confirmed yet: a clock, or why it failed and what to do. */

import { formatTime, formatTimeShort } from "../lib/format.js";
import { Avatar } from "./avatar.js";
import { Body } from "./body.js";
import { chat, reason, t } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

export function Pending({ id, room, pending, first }) {
  const me = chat.store.me.value;
  const failed = pending.state === "failed";
  const state = pending.state === "sent" ? "sent" : "sending";
  const cmid = pending.client_message_id;
  return html`
    <li class=${`message mine pending ${pending.state} ${first ? "first" : ""}`} data-key=${id} data-kind="pending" data-stop tabindex="-1">
      ${first && html`<${Avatar} person=${me} id=${me?.id ?? 0} />`}
      <div class="message-head">
        <span class=${first ? "author" : "quietly"} dir="auto">${me?.name ?? t("you")}</span>
        <span class="when"><time datetime=${isoOf(pending.at)}>${(first ? formatTime : formatTimeShort)(isoOf(pending.at), chat.locale)}</time></span>
      </div>
      <div class="message-body">
        <${Body} text=${pending.body} />
        ${failed &&
        html`<div class="failed" role="alert">
          <${Icon} name="warn" />
          <span>${t("message.failed", { reason: reason(pending.error ?? {}) })}</span>
          <button class="button quiet small" type="button" onClick=${() => room.retry(cmid)}>${t("retry")}</button>
          <button class="button quiet small" type="button" onClick=${() => room.discard(cmid)}>${t("discard")}</button>
        </div>`}
      </div>
      ${!failed &&
      html`<span class="sent" title=${t(`message.${state}`)}>
        <${Icon} name=${state === "sent" ? "check" : "clock"} /><span class="quietly">${t(`message.${state}`)}</span>
      </span>`}
    </li>
  `;
}

function isoOf(at) {
  return typeof at === "string" ? at : new Date(at).toISOString();
}
