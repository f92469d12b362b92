/** The messages that the room keeps in sight, beside the timeline. */

import { gettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { MessageCard } from "./message-card.js";
import { Pane } from "./pane.js";
import { pin } from "./pinning.js";
import { reason } from "./reason.js";

export function PinsPane({ room }) {
  const found = useSignal(/** @type {import("../lib/types.js").Message[]|null} */ (null));
  const next = useSignal(/** @type {number|null} */ (null));
  const failure = useSignal("");
  const { slug, seq } = room.info.value;

  async function load(after) {
    failure.value = "";
    try {
      const page = await room.acts.pins(after);
      found.value = after ? [...(found.peek() ?? []), ...page.messages] : page.messages;
      next.value = page.next;
    } catch (error) {
      failure.value = reason(error);
    }
  }

  // Whatever is pinned or unpinned changes the facts of the room.
  useEffect(() => void load(0), [room, seq]);

  return html`<${Pane} title=${gettext("Pinned messages")} close=${gettext("Close the pinned messages")} opener="pins-button">
    ${found.value?.length === 0 && html`<p class="pane-empty">${room.isCut.value ? gettext("Nothing was pinned since you came.") : gettext("Nothing is pinned here. Pin a message by its menu, or with the P key.")}</p>`}
    <ul class="message-cards">
      ${(found.value ?? []).map((message) => html`<${Pinned} key=${message.number} room=${room} slug=${slug} message=${message} />`)}
    </ul>
    ${next.value !== null && html`<button class="button quiet pane-more" type="button" onClick=${() => load(next.peek())}>${gettext("Show more")}</button>`}
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  <//>`;
}

function Pinned({ room, slug, message }) {
  const by = chat.store.person(message.pinned?.by).value?.name ?? gettext("Somebody");
  return html`<${MessageCard} slug=${slug} message=${message}>
    <p class="message-card-foot">
      <span>${gettext("Pinned by {name}", { name: by })}</span>
      ${room.acts.mayPin(message) && html`<button class="button quiet small" type="button" onClick=${() => pin(room, message, false)}>${gettext("Unpin")}</button>`}
    </p>
  <//>`;
}
