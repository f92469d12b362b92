/** The list of keys. */

import { gettext } from "../lib/i18n.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { labelOf } from "./keys.js";
import { markKeys } from "./marking.js";
import { messageTools } from "./message-tools.js";

/** @type {[names: string[], what: () => string][]} */
const keys = [
  [["command", "K"], () => gettext("Find or start a room")],
  [["option", "↑"], () => gettext("Previous unread room")],
  [["option", "↓"], () => gettext("Next unread room")],
  [["option", "shift", "↑"], () => gettext("Move a pinned room up, in the list")],
  [["option", "shift", "↓"], () => gettext("Move a pinned room down, in the list")],
  [["Enter"], () => gettext("Send")],
  [["shift", "Enter"], () => gettext("New line; a list goes on")],
  ...markKeys,
  [["@", "#", ":", "/"], () => gettext("Complete people, rooms, emoji and commands; Tab takes one")],
  [["↑"], () => gettext("Edit your last message, from an empty composer")],
  [["↑", "↓"], () => gettext("Walk through the messages")],
  ...messageTools.filter(({ keys }) => keys).map(({ printed, describe }) => /** @type {[string[], () => string]} */ ([[printed], describe])),
  [["Esc"], () => gettext("Close, go back to the composer")],
  [["?"], () => gettext("This list")],
];

export function KeysDialog() {
  return html`<${Dialog} title=${gettext("Keyboard")} name="keys">
    <dl class="keys">
      ${keys.map(
        ([names, what]) => html`<div key=${names.join("+")}>
          <dt>${names.map((name) => html`<kbd>${labelOf(name)}</kbd>`)}</dt>
          <dd>${what()}</dd>
        </div>`,
      )}
    </dl>
  <//>`;
}
