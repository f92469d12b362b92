/** Light, dark, or as the system is; kept on this device. `../theme.js` applies it before the first paint. */

import { signal } from "../vendor/signals-core.js";

const KEY = "groupchat-theme";

export const theme = signal(document.documentElement.dataset.theme ?? "system");

export function setTheme(name) {
  theme.value = name;
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  try {
    if (name === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, name);
  } catch {
    // No storage: it holds until the page is closed.
  }
}
