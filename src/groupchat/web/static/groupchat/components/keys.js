/** What is printed on keys. */

import { pgettext } from "../lib/i18n.js";

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** What is printed on the key. */
export function labelOf(key) {
  const printed = { command: mac ? "⌘" : pgettext("key", "Ctrl"), option: mac ? "⌥" : "Alt", shift: mac ? "⇧" : pgettext("key", "Shift"), delete: pgettext("key", "Del") };
  return printed[key] ?? key;
}

/** The keys that go to a room, as they are printed. */
export function shortcut() {
  return mac ? "⌘K" : `${labelOf("command")}+K`;
}
