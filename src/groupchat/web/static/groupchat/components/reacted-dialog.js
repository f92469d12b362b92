/** Who reacted to a message, for each emoji; all of them, page by page. */

import { labelOf } from "../lib/emoji.js";
import { gettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { emojiList, loadEmoji } from "./emoji.js";
import { html } from "./html.js";
import { KindOfPerson } from "./kind-of-person.js";
import { reason } from "./reason.js";

export function ReactedDialog({ room, message, emoji }) {
  const now = room.timeline.value?.messages.find(({ number }) => number === message.number) ?? message;
  const reactions = room.reactionsOf(now);
  const chosen = useSignal(/** @type {string|undefined} */ (emoji ?? reactions[0]?.emoji));
  const shown = reactions.find((one) => one.emoji === chosen.value) ?? reactions[0];

  useEffect(() => {
    loadEmoji().catch(() => {}); // their names are a comfort
  }, []);

  const called = (one) => (emojiList.value && labelOf(emojiList.value, one)) ?? one;
  return html`<${Dialog} title=${gettext("Reactions")} name="reacted">
    <div class="reactions" role="group" aria-label=${gettext("Emoji")}>
      ${reactions.map(
        (one) => html`<button key=${one.emoji} class=${one === shown ? "reaction mine" : "reaction"} type="button" data-autofocus=${one === shown ? "" : undefined} aria-pressed=${String(one === shown)}
          title=${called(one.emoji)} onClick=${() => (chosen.value = one.emoji)}>
          <span class="reaction-emoji" aria-hidden="true">${one.emoji}</span><span class="quietly">${called(one.emoji)}</span> <span class="reaction-count">${one.count}</span>
        </button>`,
      )}
    </div>
    ${shown ? html`<${People} key=${shown.emoji} room=${room} number=${message.number} emoji=${shown.emoji} label=${called(shown.emoji)} />` : html`<p class="hint">${gettext("Nobody reacts any more.")}</p>`}
  <//>`;
}

function People({ room, number, emoji, label }) {
  const people = useSignal(/** @type {number[]} */ ([]));
  const next = useSignal(/** @type {number|null} */ (0));
  const failure = useSignal("");

  async function more() {
    failure.value = "";
    try {
      const page = await room.acts.reactions(number, emoji, next.value ?? 0);
      people.value = [...people.value, ...page.people];
      next.value = page.next;
    } catch (error) {
      failure.value = reason(error);
    }
  }

  useEffect(() => void more(), []);

  return html`<ul class="reacted-people" tabindex="0" aria-label=${label}>
      ${people.value.map((id) => html`<${Who} key=${id} id=${id} />`)}
    </ul>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    ${next.value !== null && next.value > 0 && html`<button class="button quiet" type="button" onClick=${more}>${gettext("Show more")}</button>`}`;
}

function Who({ id }) {
  const person = chat.store.person(id).value;
  return html`<li>
    <${Avatar} person=${person} id=${id} size="small" />
    <span class="picker-name" dir="auto">${person?.name ?? gettext("Somebody")}</span>
    <span class="picker-handle" dir="auto">${person ? `@${person.handle}` : ""}</span>
    <${KindOfPerson} kind=${person?.kind} />
  </li>`;
}
