/** A menu that what opened it can't hold: it stands over everything, wherever its button is, and stays when that is hidden. */

import { signal } from "../vendor/signals-core.js";
import { html } from "./html.js";
import { Menu } from "./menu.js";

/** @type {import("../vendor/signals-core.js").Signal<{anchor: HTMLElement, label: string, items: {key: string, label: string, danger?: boolean, run: () => void}[]}|null>} */
export const menu = signal(null);

/** @param {HTMLElement} anchor @param {string} label @param {{key: string, label: string, danger?: boolean, run: () => void}[]} items */
export function openMenu(anchor, label, items) {
  menu.value = { anchor, label, items };
}

export function OpenMenu() {
  const open = menu.value;
  return open && html`<${Menu} key=${open.label} ...${open} onClose=${() => menu.peek() === open && (menu.value = null)} />`;
}
