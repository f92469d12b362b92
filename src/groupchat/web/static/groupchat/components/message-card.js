/** A message as it stands in a list beside the timeline: who, when, how it begins, and what one may do about it. A click leads there. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { saidIn } from "../lib/plain.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { addressOf, follow } from "./route.js";

/**
 * @param {{slug: string, message: import("../lib/types.js").Message, where?: string, children?: any}} props
 *   `where`: the room's name, in a list over several; `children`: further lines and buttons
 */
export function MessageCard({ slug, message, where = "", children = null }) {
  const name = chat.store.person(message.author).value?.name ?? gettext("Somebody");
  const isBlocked = chat.store.blocks.value.has(message.author);
  const text = message.deleted_at ? gettext("This message was deleted.") : isBlocked ? gettext("A message of somebody you blocked.") : saidIn(message);
  return html`<li class="message-card">
    <a class="message-card-link" href=${addressOf(slug, message.number)} onClick=${(event) => follow(event, slug, message.number)}>
      <span class="message-card-head"><strong dir="auto">${name}</strong>${where && html`<span class="message-card-where" dir="auto">${where}</span>`}
        <time datetime=${message.at}>${formatDateTime(message.at, chat.locale)}</time></span>
      <span class=${message.deleted_at || isBlocked ? "message-card-text gone" : "message-card-text"} dir="auto">${text}</span>
    </a>
    ${children}
  </li>`;
}
