/** Where one answers in a thread. What is written and not sent is there when the thread opens again. */

import { gettext } from "../lib/i18n.js";
import { countCharacters, isVisible } from "../lib/text.js";
import { useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat, say } from "./chat.js";
import { fit } from "./fit.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { linkByPaste, markByKey } from "./marking.js";
import { reason } from "./reason.js";

/** By room and root. @type {Map<string, string>} */
const kept = new Map();

export function ThreadComposer({ room, root, onSent }) {
  const field = useRef(null);
  const ready = useSignal(false);
  const key = `${room.id} ${root}`;
  const most = chat.store.limits.value.body_characters;

  useLayoutEffect(() => {
    field.current.value = kept.get(key) ?? "";
    measure();
  }, [key]);

  function measure() {
    const text = field.current.value;
    ready.value = isVisible(text) && !(most && countCharacters(text) > most);
    fit(field.current);
  }

  function written() {
    if (field.current.value) kept.set(key, field.current.value);
    else kept.delete(key);
    measure();
  }

  async function send(event) {
    event?.preventDefault();
    const body = field.current.value;
    if (!ready.peek()) return;
    field.current.value = "";
    written();
    try {
      await room.post(body, { answer: root });
      onSent();
    } catch (failure) {
      // It was not even kept: give the words back.
      field.current.value = body + (field.current.value ? `\n${field.current.value}` : "");
      written();
      say(reason(failure));
    }
  }

  function pressed(event) {
    if (markByKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) send(event);
  }

  const label = gettext("Reply in the thread");
  return html`<form class="thread-composer" onSubmit=${send}>
    <textarea ref=${field} rows="1" enterkeyhint="send" placeholder=${label} aria-label=${label} onInput=${written} onKeyDown=${pressed} onPaste=${linkByPaste}></textarea>
    <button class="send" type="submit" aria-label=${gettext("Send")} title=${gettext("Send")} disabled=${!ready.value}><${Icon} name="send" flip /></button>
  </form>`;
}
