/** The list of keys. */

import { gettext, pgettext } from "../lib/i18n.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { markKeys } from "./marking.js";
import { messageTools } from "./message-tools.js";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** What is printed on the key. */
function labelOf(key) {
  const printed = { command: mac ? "⌘" : pgettext("key", "Ctrl"), option: mac ? "⌥" : "Alt", shift: mac ? "⇧" : pgettext("key", "Shift"), delete: pgettext("key", "Del") };
  return printed[key] ?? key;
}

/** The keys that go to a room, as they are printed. */
export function shortcut() {
  return mac ? "⌘K" : `${labelOf("command")}+K`;
}

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
