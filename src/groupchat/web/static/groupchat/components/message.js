/** A message: who, when, what, and what one may do with it. */

import { formatDateTime, formatTime, formatTimeShort } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { Avatar } from "./avatar.js";
import { Body } from "./body.js";
import { chat, dialog, edit, say } from "./chat.js";
import { Editor } from "./editor.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { addressOf, go } from "./route.js";

export function Message({ id, room, message, first, mine, editing, flashed }) {
  const person = chat.store.person(message.author).value;
  const name = person?.name ?? gettext("Somebody");
  const deleted = Boolean(message.deleted_at);
  const classes = ["message", first && "first", mine && "mine", flashed && "flashed", deleted && "deleted"].filter(Boolean).join(" ");
  return html`
    <li class=${classes} data-key=${id} data-kind="message" data-number=${message.number} data-stop tabindex="-1">
      ${first && html`<${Avatar} person=${person} id=${message.author} />`}
      <div class="message-head">
        <span class=${first ? "author" : "quietly"} dir="auto">${name}</span>
        <${When} room=${room} number=${message.number} at=${message.at} first=${first} />
      </div>
      ${editing
        ? html`<${Editor} room=${room} message=${message} edit=${editing} />`
        : html`<div class="message-body">
            ${deleted ? html`<p class="tombstone">${gettext("This message was deleted.")}</p>` : html`<${Body} text=${message.body} />`}
            ${message.edited_at &&
            !deleted &&
            html`<span class="edited" title=${formatDateTime(message.edited_at, chat.locale)}>${gettext("edited")}</span>`}
          </div>`}
      ${mine && !deleted && html`<span class="sent" title=${gettext("Sent")}><${Icon} name="check" /><span class="quietly">${gettext("Sent")}</span></span>`}
      ${!deleted && !editing && html`<${Tools} room=${room} message=${message} />`}
    </li>
  `;
}

function When({ room, number, at, first }) {
  const { slug } = room.info.value;
  function follow(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(slug, number);
  }
  return html`<a class="when" href=${addressOf(slug, number)} tabindex="-1" title=${formatDateTime(at, chat.locale)} onClick=${follow}>
    <time datetime=${at}>${(first ? formatTime : formatTimeShort)(at, chat.locale)}</time>
  </a>`;
}

function Tools({ room, message }) {
  async function copy() {
    const address = new URL(addressOf(room.info.peek().slug, message.number), location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      say(gettext("Link copied."));
    } catch {
      go(room.info.peek().slug, message.number);
    }
  }
  const remove = () => (dialog.value = { kind: "remove", room, message });
  return html`<div class="tools" role="group" aria-label=${gettext("Message")}>
    <${Tool} icon="link" label=${gettext("Copy link")} onClick=${copy} />
    ${room.mayEdit(message) && html`<${Tool} icon="edit" label=${gettext("Edit")} onClick=${() => edit(room, message)} />`}
    ${room.mayRemove(message) && html`<${Tool} icon="trash" label=${gettext("Delete")} onClick=${remove} />`}
  </div>`;
}

function Tool({ icon, label, onClick }) {
  return html`<button class="icon-button" type="button" tabindex="-1" title=${label} aria-label=${label} onClick=${onClick}><${Icon} name=${icon} /></button>`;
}
