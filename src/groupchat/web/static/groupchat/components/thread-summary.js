/** Below a message: how many answered it, the first few who did, and when the last was written. It opens them beside the timeline. */

import { formatDateTime, formatTimeShort } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { useComputed } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { openSide } from "./overlays.js";

const MOST_FACES = 3;

export function ThreadSummary({ room, message }) {
  const unread = useComputed(() => room.threads.isUnread(message)).value;
  const { count, people, last_at: at } = message.thread;
  const replies = ngettext("{count} reply", "{count} replies", count);
  return html`<button class=${unread ? "thread-summary unread" : "thread-summary"} type="button" tabindex="-1" title=${gettext("Last reply: {time}", { time: formatDateTime(at, chat.locale) })} onClick=${() => openSide(`thread/${message.number}`)}>
    <span class="faces" aria-hidden="true">${people.slice(0, MOST_FACES).map((id) => html`<${Face} key=${id} id=${id} />`)}</span>
    <span class="thread-count">${replies}</span>
    ${unread && html`<span class="quietly">${gettext("with unread messages")}</span>`}
    <time datetime=${at}>${formatTimeShort(at, chat.locale)}</time>
  </button>`;
}

function Face({ id }) {
  return html`<${Avatar} person=${chat.store.person(id).value} id=${id} size="tiny" />`;
}
