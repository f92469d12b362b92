/** Reads out each new message of the open room, once. The timeline itself is no live region: history would be read out too. */

import { gettext } from "../lib/i18n.js";
import { saidIn } from "../lib/plain.js";
import { isolate } from "../lib/text.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { effect, untracked } from "../vendor/signals-core.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { current } from "./current.js";
import { html } from "./html.js";

const KEPT = 20;

export function Announcer() {
  const lines = useSignal([]);
  useEffect(() => {
    let room = null;
    let told = 0; // the number up to which everything was there when the room was opened, or was read out
    return effect(() => {
      const open = current.value.room;
      const timeline = open?.timeline.value ?? null;
      const last = open?.lastNumber.value ?? 0;
      untracked(() => {
        if (open !== room) {
          room = open;
          told = last;
          if (lines.value.length) lines.value = [];
        }
        if (!timeline || last <= told) return;
        const fresh = timeline.messages.filter((message) => message.number > told && !message.deleted_at && !chat.store.blocks.value.has(message.author));
        if (timeline.atEnd && timeline.to < last) return; // counted, not here yet
        told = last;
        if (fresh.length) lines.value = [...lines.value, ...fresh.map(lineOf)].slice(-KEPT);
      });
    });
  }, []);
  return html`<div class="quietly announcer" role="log" aria-live="polite" aria-label=${gettext("New messages")}>
    ${lines.value.map((line) => html`<p key=${line.key}>${line.text}</p>`)}
  </div>`;
}

function lineOf(message) {
  const { store } = chat;
  const mine = store.me.value?.id === message.author;
  const name = mine ? gettext("You") : (store.person(message.author).value?.name ?? gettext("Somebody"));
  return { key: message.number, text: `${isolate(name)}: ${isolate(saidIn(message))}` };
}
