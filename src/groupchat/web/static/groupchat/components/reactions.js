/** The reactions below a message: a press joins in, or takes one's own back. */

import { labelOf } from "../lib/emoji.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { chat, say } from "./chat.js";
import { emojiList, useEmoji } from "./emoji.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";

const NAMED = 3; // of those who reacted

export function Reactions({ room, message }) {
  const reactions = room.reactionsOf(message);
  if (reactions.length === 0) return null;
  const may = room.mayReact(message);
  return html`<div class="reactions" role="group" aria-label=${gettext("Reactions")}>
    ${reactions.map((one) => html`<${Reaction} key=${one.emoji} room=${room} message=${message} reaction=${one} may=${may} />`)}
    ${may &&
    html`<button class="reaction more" type="button" tabindex="-1" title=${gettext("Add a reaction")} aria-label=${gettext("Add a reaction")} onClick=${() => openReacting(room, message)}>
      <${Icon} name="smile" />
    </button>`}
    <button class="reaction more" type="button" tabindex="-1" title=${gettext("Who reacted?")} aria-label=${gettext("Who reacted?")} onClick=${() => openReacted(room, message)}>
      <${Icon} name="people" />
    </button>
  </div>`;
}

function Reaction({ room, message, reaction, may }) {
  const { emoji, count, mine } = reaction;
  const who = whoReacted(reaction);
  // Who can't react still learns who did.
  const press = () => (may ? react(room, message, emoji, !mine) : openReacted(room, message, emoji));
  return html`<button class=${mine ? "reaction mine" : "reaction"} type="button" tabindex="-1" aria-pressed=${may ? String(mine) : undefined} title=${who} onClick=${press}>
    <span class="reaction-emoji" aria-hidden="true">${emoji}</span><span class="reaction-count" aria-hidden="true">${count}</span><span class="quietly">${who}</span>
  </button>`;
}

/** *Ada, Bob and 3 more reacted with party popper.* @param {import("../store/reactions.js").Shown} reaction */
function whoReacted({ emoji, count, people, mine }) {
  const me = chat.store.me.value?.id;
  const others = people.filter((id) => id !== me);
  const named = others.slice(0, mine ? NAMED - 1 : NAMED).map((id) => chat.store.person(id).value?.name ?? gettext("Somebody"));
  const all = mine ? [gettext("You"), ...named] : named;
  const rest = count - all.length;
  if (rest > 0) all.push(ngettext("{count} more", "{count} more", rest));
  const list = new Intl.ListFormat(chat.locale, { type: "conjunction" }).format(all);
  const called = (emojiList.value && labelOf(emojiList.value, emoji)) ?? emoji;
  return gettext("{people} reacted with {emoji}", { people: list, emoji: called });
}

/** React, or take it back; what is refused is undone, and told. */
export async function react(room, message, emoji, on) {
  if (on) useEmoji(emoji);
  try {
    await room.react(message.number, emoji, on);
  } catch (failure) {
    say(reason(failure));
  }
}

export function openReacting(room, message) {
  openDialog({ kind: "reacting", room, message });
}

export function openReacted(room, message, emoji = undefined) {
  openDialog({ kind: "reacted", room, message, emoji });
}
