/** Several messages at once: deleted, forwarded as links, or copied as text. */

import { formatDateTime } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { saidIn } from "../lib/plain.js";
import { chat, say } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { openDialog } from "./overlays.js";
import { addressOf } from "./route.js";
import { endSelecting, selectedIn } from "./selecting.js";

/** Below the timeline, while one chooses: how many, and what can be done with them. */
export function SelectionBar({ room }) {
  const numbers = selectedIn(room) ?? new Set();
  const messages = (room.timeline.value?.messages ?? []).filter((message) => numbers.has(message.number) && !message.deleted_at);
  const none = messages.length === 0;
  const mayRemove = !none && messages.every((message) => room.mayRemove(message));
  return html`<div class="selection-bar" role="toolbar" aria-label=${gettext("Selected messages")}>
    <span role="status">${ngettext("{count} selected", "{count} selected", messages.length)}</span>
    <button class="button quiet small" type="button" disabled=${none} onClick=${() => copy(messages)}>${gettext("Copy as text")}</button>
    <button class="button quiet small" type="button" disabled=${none} onClick=${() => forward(room, messages)}>${gettext("Forward…")}</button>
    ${mayRemove && html`<button class="button quiet small harm" type="button" onClick=${() => askToRemove(room, messages)}>${gettext("Delete…")}</button>`}
    <button class="icon-button" type="button" aria-label=${gettext("Stop selecting")} title=${gettext("Stop selecting")} onClick=${endSelecting}><${Icon} name="close" /></button>
  </div>`;
}

async function copy(messages) {
  const lines = messages.map((message) => `${nameOf(message.author)}, ${formatDateTime(message.at, chat.locale)}:\n${saidIn(message)}`);
  try {
    await navigator.clipboard.writeText(lines.join("\n\n"));
    endSelecting();
    say(gettext("Copied."));
  } catch {
    say(gettext("This browser lets no page copy here."));
  }
}

/** Their links come into the draft of the room that is chosen. */
function forward(room, messages) {
  const { slug } = room.info.peek();
  openDialog({ kind: "forward", links: messages.map(({ number }) => new URL(addressOf(slug, number), location.href).href) });
}

function askToRemove(room, messages) {
  openDialog({
    kind: "confirm",
    title: ngettext("Delete {count} message?", "Delete {count} messages?", messages.length),
    text: gettext("They disappear for everyone; a note that they were deleted stays."),
    label: gettext("Delete"),
    run: () => remove(room, messages),
  });
}

function remove(room, messages) {
  endSelecting();
  const numbers = messages.map(({ number }) => number);
  const gone = Promise.allSettled(numbers.map((number) => room.removing.soon(number)));
  const undo = () => numbers.forEach((number) => room.removing.keep(number));
  const takeAway = say(ngettext("{count} message was deleted.", "{count} messages were deleted.", numbers.length), { label: gettext("Undo"), run: undo });
  gone.then((outcomes) => {
    takeAway();
    const refused = outcomes.filter(({ status }) => status === "rejected").length;
    if (refused > 0) say(ngettext("{count} message could not be deleted.", "{count} messages could not be deleted.", refused));
  });
}

function nameOf(id) {
  return chat.store.person(id).value?.name ?? gettext("Somebody");
}
