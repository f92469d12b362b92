/** That a message is open for a change, while that is out of sight. */

import { gettext } from "../lib/i18n.js";
import { editorInSight, editorWanted } from "./chat.js";
import { html } from "./html.js";

/** Above the composer, while an open edit is out of sight: back to it, or away with it. */
export function EditElsewhere({ room }) {
  const edit = room.writing.edit.value;
  if (!edit || editorInSight.value) return null;
  async function show() {
    await room.loadAround(edit.number).catch(() => {});
    editorWanted.value = true;
  }
  return html`<div class="edit-elsewhere">
    <span>${gettext("You are editing a message.")}</span>
    <button class="button quiet small" type="button" onClick=${() => room.writing.endEdit()}>${gettext("Discard")}</button>
    <button class="button small" id="editor-elsewhere" type="button" onClick=${show}>${gettext("Show it")}</button>
  </div>`;
}
