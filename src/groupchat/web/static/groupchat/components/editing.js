/** Beginning to change a message. */

import { editorWanted } from "./chat.js";
import { withLazy } from "./loading.js";

/** Open a message of one's own for a change: its editor is here before its row is another. */
export function edit(room, message) {
  withLazy(() => {
    room.writing.startEdit(message);
    editorWanted.value = true;
  });
}
