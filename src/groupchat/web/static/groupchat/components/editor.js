/** A message of one's own, open for a change: Enter saves, Esc leaves it as it was. */

import { countCharacters } from "../lib/text.js";
import { useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.js";
import { chat, dialog, editing, reason, t } from "./chat.js";
import { fit } from "./fit.js";
import { html } from "./html.js";

export function Editor({ room, message }) {
  const field = useRef(null);
  const before = useRef(null);
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);

  useLayoutEffect(() => {
    const { current } = field;
    before.current = document.activeElement;
    current.value = message.body;
    fit(current);
    current.focus({ preventScroll: true });
    current.setSelectionRange(current.value.length, current.value.length);
  }, []);

  function leave() {
    const row = field.current?.closest("[data-stop]");
    // Who came from the composer goes on writing there.
    const back = before.current?.id === "composer" ? before.current : row;
    editing.value = null;
    back?.focus({ preventScroll: true });
  }

  async function save(event) {
    event?.preventDefault();
    const body = field.current.value;
    if (busy || body === message.body) return leave();
    if (!body.trim()) {
      leave();
      if (room.mayRemove(message)) dialog.value = { kind: "remove", room, message };
      return undefined;
    }
    const most = chat.store.limits.value.body_characters;
    const count = countCharacters(body);
    if (most && count > most) return setFailure(t("composer.over", { count: count - most }));
    setBusy(true);
    try {
      await room.edit(message.number, body);
      return leave();
    } catch (error) {
      setBusy(false);
      return setFailure(reason(error));
    }
  }

  function pressed(event) {
    event.stopPropagation();
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save(event);
  }

  return html`<form class="editor" onSubmit=${save}>
    <textarea ref=${field} rows="1" aria-label=${t("message.edit")} onInput=${() => fit(field.current)} onKeyDown=${pressed}></textarea>
    ${failure && html`<p class="form-error" role="alert">${failure}</p>`}
    <div class="editor-foot">
      <span class="hint">${t("editor.hint")}</span>
      <button class="button quiet small" type="button" onClick=${leave}>${t("cancel")}</button>
      <button class="button small" type="submit" disabled=${busy}>${t("save")}</button>
    </div>
  </form>`;
}
