/** A message of one's own, open for a change: Enter saves, Esc leaves it as it was. What is typed is kept as a draft. */

import { gettext, ngettext } from "../lib/i18n.js";
import { countCharacters } from "../lib/text.js";
import { useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.js";
import { chat, editorInSight, editorWanted, say } from "./chat.js";
import { Completing } from "./completing.js";
import { fit } from "./fit.js";
import { html } from "./html.js";
import { linkByPaste, markByKey } from "./marking.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";

/** Where the caret was in an editor that went with its row, while somebody was writing in it. */
let left = null;

export function Editor({ room, message, edit }) {
  const field = useRef(null);
  const before = useRef(null);
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const wanted = editorWanted.value;
  const deleted = Boolean(message.deleted_at);
  const isOther = deleted || message.body !== edit.body;

  useLayoutEffect(() => {
    const { current } = field;
    current.value = edit.text;
    fit(current);
    const observer = new IntersectionObserver(([entry]) => (editorInSight.value = entry.isIntersecting));
    observer.observe(current);
    const { number } = edit;
    if (left?.room === room && left.number === number && isNobodys(document.activeElement)) {
      current.focus({ preventScroll: true });
      current.setSelectionRange(left.from, left.to);
    }
    left = null;
    return () => {
      observer.disconnect();
      editorInSight.value = false;
      if (document.activeElement !== current || !room.writing.edit.peek()) return;
      // It goes because its row does, and somebody was writing: the way back to it is in sight.
      left = { room, number, from: current.selectionStart, to: current.selectionEnd };
      queueMicrotask(() => document.getElementById("editor-elsewhere")?.focus());
    };
  }, []);

  // Only who asked for it, or was in it when it went, gets the focus: an editor that comes back with its row takes it from nobody.
  useLayoutEffect(() => {
    if (!wanted) return;
    editorWanted.value = false;
    const { current } = field;
    if (document.activeElement !== current) before.current = document.activeElement;
    current.closest("[data-stop]").scrollIntoView({ block: "nearest" });
    current.focus({ preventScroll: true });
    current.setSelectionRange(current.value.length, current.value.length);
  }, [wanted]);

  function leave() {
    const row = field.current?.closest("[data-stop]");
    // Who came from the composer goes on writing there.
    const back = before.current?.id === "composer" ? before.current : row;
    room.writing.endEdit();
    back?.focus({ preventScroll: true });
  }

  async function save(event) {
    event?.preventDefault();
    if (busy || isOther) return;
    const body = field.current.value;
    if (body === message.body) return leave();
    if (!body.trim()) {
      leave();
      if (room.mayRemove(message)) openDialog({ kind: "remove", room, message });
      return undefined;
    }
    const most = chat.store.limits.value.body_characters;
    const count = countCharacters(body);
    if (most && count > most) return setFailure(ngettext("{count} character too long", "{count} characters too long", count - most));
    setBusy(true);
    try {
      await room.edit(message.number, body);
      return leave();
    } catch (error) {
      setBusy(false);
      return setFailure(reason(error));
    }
  }

  function written() {
    fit(field.current);
    room.writing.writeEdit(field.current.value);
  }

  function takeTheirs() {
    field.current.value = message.body;
    fit(field.current);
    room.writing.rebaseEdit(message, message.body);
    field.current.focus({ preventScroll: true });
  }

  function keepMine() {
    room.writing.rebaseEdit(message);
    field.current.focus({ preventScroll: true });
  }

  function toComposer() {
    const { text } = edit;
    const draft = room.writing.text.peek();
    room.writing.endEdit();
    room.writing.replace(draft ? `${draft}\n${text}` : text);
    document.getElementById("composer")?.focus();
    say(gettext("It is in the composer now."));
  }

  function pressed(event) {
    event.stopPropagation();
    if (markByKey(event)) return;
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey) save(event);
  }

  return html`<form class="editor" onSubmit=${save}>
    <textarea
      ref=${field}
      rows="1"
      aria-label=${gettext("Edit")}
      aria-describedby=${isOther ? "editor-other" : undefined}
      onInput=${written}
      onKeyDown=${pressed}
      onPaste=${linkByPaste}
    ></textarea>
    <${Completing} field=${field} room=${room} />
    <div class="editor-other" id="editor-other" role="status">
      ${isOther &&
      html`<p>${deleted ? gettext("This message was deleted meanwhile. What you wrote is still here.") : gettext("This message was changed meanwhile. It now says:")}</p>
        ${!deleted && html`<blockquote dir="auto">${message.body}</blockquote>`}`}
    </div>
    ${failure && html`<p class="form-error" role="alert">${failure}</p>`}
    <div class="editor-foot">
      <span class="hint">${!isOther && gettext("Enter saves, Esc cancels")}</span>
      <button class="button quiet small" type="button" onClick=${leave}>${isOther ? gettext("Discard") : gettext("Cancel")}</button>
      ${!isOther && html`<button class="button small" type="submit" disabled=${busy}>${gettext("Save")}</button>`}
      ${isOther && !deleted && html`<button class="button quiet small" type="button" onClick=${takeTheirs}>${gettext("Take this")}</button>`}
      ${isOther && !deleted && html`<button class="button small" type="button" onClick=${keepMine}>${gettext("Keep mine")}</button>`}
      ${deleted && html`<button class="button small" type="button" onClick=${toComposer}>${gettext("Move to the composer")}</button>`}
    </div>
  </form>`;
}

/** Whether the focus is lost, or on the way back to the editor, which goes when that is in sight. */
function isNobodys(element) {
  return !element || element === document.body || element.id === "editor-elsewhere";
}
