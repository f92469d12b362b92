/** Light, dark, or as the system is, more contrast, and how dense; kept on this device. `../theme.js` applies them before the first paint. */

import { effect, signal } from "../vendor/signals-core.js";
import { keep, kept } from "./device.js";

const THEME = "groupchat-theme";
const TAKEN = "groupchat-look"; // the choice for all devices that this one took over last
const CONTRAST = "groupchat-contrast";
const DENSITY = "groupchat-density";
const { dataset } = document.documentElement;

export const theme = signal(dataset.theme ?? "system");
export const moreContrast = signal(dataset.contrast === "more");
export const isCompact = signal(dataset.density === "compact");

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

/** @param {boolean} compact messages without pictures, with the name in the line */
export function setCompact(compact) {
  isCompact.value = compact;
  set("density", compact ? "compact" : null);
  keep(DENSITY, compact ? "compact" : null);
}

/**
 * Take over what one chose for all devices, once for each choice: what is changed on this device afterwards holds here.
 * @param {{value: {theme: string, more_contrast: boolean}|null}} look a signal
 */
export function followLook(look) {
  effect(() => {
    if (look.value === null) return;
    const chosen = JSON.stringify([look.value.theme, look.value.more_contrast]);
    if (kept(TAKEN) === chosen) return;
    keep(TAKEN, chosen);
    setTheme(look.value.theme);
    setContrast(look.value.more_contrast);
  });
}

function set(name, value) {
  if (value === null) delete dataset[name];
  else dataset[name] = value;
}
