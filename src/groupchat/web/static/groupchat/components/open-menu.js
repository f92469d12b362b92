/** A menu that what opened it can't hold: it stands over everything, wherever its button is, and stays when that is hidden. */

import { signal } from "../vendor/signals-core.js";

/** What is open: its button, its name, what it offers. */
export const menu = signal(/** @type {{anchor: HTMLElement, label: string, items: {key: string, label: string, danger?: boolean, run: () => void}[]}|null} */ (null));

/** @param {HTMLElement} anchor @param {string} label @param {{key: string, label: string, danger?: boolean, run: () => void}[]} items */
export function openMenu(anchor, label, items) {
  menu.value = { anchor, label, items };
}
