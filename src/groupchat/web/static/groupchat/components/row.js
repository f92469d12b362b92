/** One line of the timeline, of whatever kind. */

import { formatDateTime, formatDay } from "../lib/format.js";
import { chat, t } from "./chat.js";
import { html } from "./html.js";
import { Message } from "./message.js";
import { Pending } from "./pending.js";

export function Row(props) {
  switch (props.kind) {
    case "day":
      return html`<${Day} id=${props.id} at=${props.at} />`;
    case "new":
      return html`<li class="new-line" data-key=${props.id} data-kind="new"><span>${t("timeline.new")}</span></li>`;
    case "notice":
      return html`<${Notice} id=${props.id} notice=${props.notice} />`;
    case "pending":
      return html`<${Pending} id=${props.id} room=${props.room} pending=${props.pending} first=${props.first} />`;
    default:
      return html`<${Message} ...${props} />`;
  }
}

function Day({ id, at }) {
  const words = { locale: chat.locale, now: Date.now(), today: t("today"), yesterday: t("yesterday") };
  return html`<li class="day" data-key=${id} data-kind="day"><h2><time datetime=${at.slice(0, 10)}>${formatDay(at, words)}</time></h2></li>`;
}

function Notice({ id, notice }) {
  const name = chat.store.person(notice.actor).value?.name ?? t("somebody");
  const key = notice.kind === "topic" && !notice.text ? "notice.topic.none" : `notice.${notice.kind}`;
  const title = formatDateTime(notice.at, chat.locale);
  return html`<li class="notice" data-key=${id} data-kind="notice" title=${title}><span>${t(key, { name, text: notice.text })}</span></li>`;
}
