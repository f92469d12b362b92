/** The list of keys. */

import { t } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const command = mac ? "⌘" : "Ctrl";
const option = mac ? "⌥" : "Alt";

const keys = [
  [[command, "K"], "keys.switch"],
  [[option, "↑"], "keys.previous"],
  [[option, "↓"], "keys.next"],
  [["Enter"], "keys.send"],
  [["Shift", "Enter"], "keys.break"],
  [["↑"], "keys.last"],
  [["↑", "↓"], "keys.walk"],
  [["E"], "keys.edit"],
  [["Del"], "keys.remove"],
  [["Esc"], "keys.close"],
  [["?"], "keys.this"],
];

export function KeysDialog() {
  return html`<${Dialog} title=${t("keys.title")} name="keys">
    <dl class="keys">
      ${keys.map(
        ([names, what]) => html`<div key=${what}>
          <dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt>
          <dd>${t(what)}</dd>
        </div>`,
      )}
    </dl>
  <//>`;
}
