/** The list of keys. */

import { t } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** What is printed on the key. */
function labelOf(key) {
  const printed = { command: mac ? "⌘" : t("key.control"), option: mac ? "⌥" : "Alt", shift: mac ? "⇧" : t("key.shift"), delete: t("key.delete") };
  return printed[key] ?? key;
}

/** The keys that go to a room, as they are printed. */
export function shortcut() {
  return mac ? "⌘K" : `${labelOf("command")}+K`;
}

/** @type {[names: string[], what: string][]} */
const keys = [
  [["command", "K"], "keys.switch"],
  [["option", "↑"], "keys.previous"],
  [["option", "↓"], "keys.next"],
  [["Enter"], "keys.send"],
  [["shift", "Enter"], "keys.break"],
  [["↑"], "keys.last"],
  [["↑", "↓"], "keys.walk"],
  [["E"], "keys.edit"],
  [["delete"], "keys.remove"],
  [["Esc"], "keys.close"],
  [["?"], "keys.this"],
];

export function KeysDialog() {
  return html`<${Dialog} title=${t("keys.title")} name="keys">
    <dl class="keys">
      ${keys.map(
        ([names, what]) => html`<div key=${what}>
          <dt>${names.map((name) => html`<kbd>${labelOf(name)}</kbd>`)}</dt>
          <dd>${t(what)}</dd>
        </div>`,
      )}
    </dl>
  <//>`;
}
