/** One line of the timeline, of whatever kind. */

import { formatDateTime, formatDay } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Message } from "./message.js";
import { Pending } from "./pending.js";
import { addressOf, follow } from "./route.js";

export function Row(props) {
  switch (props.kind) {
    case "day":
      return html`<${Day} id=${props.id} at=${props.at} />`;
    case "new":
      return html`<li class="new-line" data-key=${props.id} data-kind="new"><span>${gettext("New messages")}</span></li>`;
    case "notice":
      return html`<${Notice} id=${props.id} room=${props.room} notice=${props.notice} />`;
    case "pending":
      return html`<${Pending} id=${props.id} room=${props.room} pending=${props.pending} first=${props.first} />`;
    default:
      return html`<${Message} ...${props} />`;
  }
}

function Day({ id, at }) {
  const words = { locale: chat.locale, now: Date.now(), today: gettext("Today"), yesterday: gettext("Yesterday") };
  return html`<li class="day" data-key=${id} data-kind="day"><h2><time datetime=${at.slice(0, 10)}>${formatDay(at, words)}</time></h2></li>`;
}

/** What a notice says, by its kind; a kind of a newer server says nothing. */
const notices = {
  renamed: (name, text) => gettext("{name} renamed the room to {text}", { name, text }),
  topic: (name, text) => (text ? gettext("{name} set the topic: {text}", { name, text }) : gettext("{name} removed the topic", { name })),
  pinned: (name) => gettext("{name} pinned a message", { name }),
};

/** The way to what a notice is about. */
function SeeIt({ room, number }) {
  const { slug } = room.info.value;
  return html`<a class="notice-way" href=${addressOf(slug, number)} onClick=${(event) => follow(event, slug, number)}>${gettext("See it")}</a>`;
}

function Notice({ id, room, notice }) {
  const name = chat.store.person(notice.actor).value?.name ?? gettext("Somebody");
  const title = formatDateTime(notice.at, chat.locale);
  return html`<li class="notice" data-key=${id} data-kind="notice" title=${title}>
    <span>${notices[notice.kind]?.(name, notice.text)}${notice.kind === "pinned" && html` <${SeeIt} room=${room} number=${Number(notice.text)} />`}</span>
  </li>`;
}
