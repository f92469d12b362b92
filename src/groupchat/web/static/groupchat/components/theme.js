/** Light, dark, or as the system is, and more contrast; kept on this device. `../theme.js` applies both before the first paint. */

import { signal } from "../vendor/signals-core.js";

const THEME = "groupchat-theme";
const CONTRAST = "groupchat-contrast";
const { dataset } = document.documentElement;

export const theme = signal(dataset.theme ?? "system");
export const moreContrast = signal(dataset.contrast === "more");

/** @param {string} name "system", "light" or "dark" */
export function setTheme(name) {
  theme.value = name;
  set("theme", name === "system" ? null : name);
  keep(THEME, name === "system" ? null : name);
}

/** @param {boolean} more */
export function setContrast(more) {
  moreContrast.value = more;
  set("contrast", more ? "more" : null);
  keep(CONTRAST, more ? "more" : null);
}

function set(name, value) {
  if (value === null) delete dataset[name];
  else dataset[name] = value;
}

function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // No storage: it holds until the page is closed.
  }
}
