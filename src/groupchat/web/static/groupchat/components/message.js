/** A message: who, when, what, and what one may do with it. */

import { formatDateTime, formatTime, formatTimeShort } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { useSignal } from "../vendor/signals.js";
import { Said } from "./action.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { KindOfPerson } from "./kind-of-person.js";
import { messageTools } from "./message-tools.js";
import { MoreTools } from "./more-tools.js";
import { Later } from "./later.js";
import { openDialog, openPerson } from "./overlays.js";
import { PinnedBy } from "./pinning.js";
import { Quote } from "./quote.js";
import { Reactions } from "./reactions.js";
import { addressOf, follow } from "./route.js";
import { SavedSign } from "./saving.js";
import { SelectBox, selectedIn } from "./selecting.js";
import { ThreadSummary } from "./thread-summary.js";

/** `root`: in its thread, the message that all there answer. */
export function Message({ id, room, message, first, mine, newest, editing, flashed, root = null }) {
  const person = chat.store.person(message.author).value;
  const name = person?.name ?? gettext("Somebody");
  const deleted = Boolean(message.deleted_at);
  const shown = useSignal(false);
  const folded = !deleted && !shown.value && chat.store.blocks.value.has(message.author);
  const whose = () => openPerson(message.author);
  const classes = ["message", first && "first", mine && "mine", flashed && "flashed", deleted && "deleted", selectedIn(room)?.has(message.number) && "selected"].filter(Boolean).join(" ");
  return html`
    <li class=${classes} data-key=${id} data-kind="message" data-number=${message.number} data-stop tabindex="-1">
      <${SelectBox} room=${room} message=${message} />
      ${first && html`<${Avatar} person=${person} id=${message.author} onClick=${whose} />`}
      <div class="message-head">
        ${first ? html`<button class="author" type="button" tabindex="-1" dir="auto" onClick=${whose}>${name}</button>` : html`<span class="quietly" dir="auto">${name}</span>`}
        ${first && chat.store.hasTwin(message.author).value && html`<span class="author-handle" dir="auto">@${person?.handle}</span>`}
        ${first && html`<${KindOfPerson} kind=${person?.kind} />`}
        <${When} room=${room} number=${message.number} at=${message.at} first=${first} />
      </div>
      ${editing
        ? html`<${Later} part="Editor" room=${room} message=${message} edit=${editing} />`
        : html`<div class="message-body">
            ${message.pinned && html`<${PinnedBy} by=${message.pinned.by} />`}
            ${!deleted && html`<${SavedSign} room=${room} number=${message.number} />`}
            ${message.reply_to && message.reply_to !== root && !folded && html`<${Quote} room=${room} number=${message.reply_to} />`}
            ${folded ? html`<${Blocked} show=${() => (shown.value = true)} />` : deleted ? html`<p class="tombstone">${gettext("This message was deleted.")}</p>` : html`<${Said} name=${name} text=${message.body} formatted=${message.html} />`}
            ${message.edited_at && !deleted && !folded && html`<${Edited} room=${room} message=${message} />`}
            ${!deleted && !folded && html`<${Reactions} room=${room} message=${message} />`}
            ${message.thread && root === null && html`<${ThreadSummary} room=${room} message=${message} />`}
          </div>`}
      ${newest && !deleted && html`<span class="sent" title=${gettext("Sent")}><${Icon} name="check" /><span class="quietly">${gettext("Sent")}</span></span>`}
      ${!deleted && !editing && html`<${Tools} room=${room} message=${message} />`}
    </li>
  `;
}

/** What somebody wrote whom one blocks. */
function Blocked({ show }) {
  return html`<p class="tombstone">${gettext("A message of somebody you blocked.")} <button class="button quiet small" type="button" onClick=${show}>${gettext("Show it")}</button></p>`;
}

/** That it was edited; who may see what it said before gets there by it. */
function Edited({ room, message }) {
  const title = formatDateTime(message.edited_at, chat.locale);
  if (!room.mayCompare(message)) return html`<span class="edited" title=${title}>${gettext("edited")}</span>`;
  const show = () => openDialog({ kind: "versions", room, message });
  return html`<button class="edited" type="button" tabindex="-1" title=${title} aria-label=${gettext("edited: show earlier versions")} onClick=${show}>${gettext("edited")}</button>`;
}

function When({ room, number, at, first }) {
  const { slug } = room.info.value;
  return html`<a class="when" href=${addressOf(slug, number)} tabindex="-1" title=${formatDateTime(at, chat.locale)} onClick=${(event) => follow(event, slug, number)}>
    <time datetime=${at}>${(first ? formatTime : formatTimeShort)(at, chat.locale)}</time>
  </a>`;
}

function Tools({ room, message }) {
  return html`<div class="tools" role="group" aria-label=${gettext("Message")}>
    ${messageTools
      .filter((tool) => tool.icon && tool.may(room, message))
      .map((tool) => html`<${Tool} key=${tool.name} icon=${tool.icon} label=${tool.label(room, message)} onClick=${() => tool.run(room, message)} />`)}
    <${MoreTools} room=${room} message=${message} />
  </div>`;
}

function Tool({ icon, label, onClick }) {
  return html`<button class="icon-button" type="button" tabindex="-1" title=${label} aria-label=${label} onClick=${onClick}><${Icon} name=${icon} /></button>`;
}
