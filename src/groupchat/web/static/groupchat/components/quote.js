/** The message that another answers, in two lines: who, and how it begins. It leads there. Its height is the same whatever it says. */

import { gettext } from "../lib/i18n.js";
import { saidIn } from "../lib/plain.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useComputed } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { KindOfPerson } from "./kind-of-person.js";
import { openPerson } from "./overlays.js";
import { addressOf, follow } from "./route.js";

export function Quote({ room, number }) {
  const { message, name, handle, kind, text } = useQuoted(room, number);
  const { slug } = room.info.value;
  const lines = html`<span class="quietly">${gettext("In reply to:")}</span><${Lines} message=${message} who=${name} handle=${handle} kind=${kind} text=${text} />`;
  if (message === null) return html`<span class="quote">${lines}</span>`;
  return html`<a class="quote" href=${addressOf(slug, number)} tabindex="-1" onClick=${follows}>${lines}</a>`;

  /** Their name leads to whoever wrote it, all else to what they wrote. */
  function follows(event) {
    if (message && event.target.closest("bdi")) {
      event.preventDefault();
      openPerson(message.author);
    } else follow(event, slug, number);
  }
}

/** Above the composer: what the next message answers. */
export function Answering({ number, room, onCancel }) {
  const { message, name, handle, kind, text } = useQuoted(room, number);
  return html`<div class="answering">
    <span class="quote"><${Lines} message=${message} who=${gettext("Reply to {name}", { name })} handle=${handle} kind=${kind} text=${text} /></span>
    <button class="icon-button" type="button" aria-label=${gettext("Don't reply")} title=${gettext("Don't reply")} onClick=${onCancel}><${Icon} name="close" /></button>
  </div>`;
}

function Lines({ message, who, handle, kind, text }) {
  return html`<span class="quote-author"><bdi>${who}</bdi> ${handle && html`<bdi class="author-handle">${handle}</bdi>`} <${KindOfPerson} kind=${kind} /></span>
    <span class=${message?.deleted_at || !message ? "quote-text gone" : "quote-text"} dir="auto">${text}</span>`;
}

/** The message as far as it is here (see `Quotes.find`), whose it is, and what to show of it. It is drawn anew when it changes, not with every other. */
function useQuoted(room, number) {
  const message = useComputed(() => room.quotes.find(number)).value;
  const known = message !== undefined;
  useEffect(() => {
    if (!known) room.quotes.fetch(number);
  }, [room, number, known]);
  const person = message ? chat.store.person(message.author).value : undefined;
  const name = message ? (person?.name ?? gettext("Somebody")) : "…";
  const isBefore = number < room.snapshot.value.floor;
  const text = isBefore ? gettext("This was written before you came.") : textOf(message);
  const isBlocked = message && !message.deleted_at && chat.store.blocks.value.has(message.author);
  const handle = message && chat.store.hasTwin(message.author).value ? `@${person?.handle}` : "";
  return { message, name, handle, kind: person?.kind, text: isBlocked ? gettext("A message of somebody you blocked.") : text };
}

function textOf(message) {
  if (message === undefined) return "";
  if (message === null) return gettext("This message is not kept any more.");
  return message.deleted_at ? gettext("This message was deleted.") : saidIn(message);
}
