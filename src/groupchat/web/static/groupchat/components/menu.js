/** A menu over everything, at what opened it: the arrows walk, Enter chooses, Esc and a press elsewhere close it. */

import { useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { html } from "./html.js";
import { walk } from "./list-keys.js";

const APART = 4; // px from what opened it
const EDGE = 8; // px that stay free at the edge of the window

/**
 * @param {{anchor: HTMLElement, label: string, items: {key: string, label: string, danger?: boolean, run: () => void}[], onClose: () => void}} props
 *   `anchor`: what opened it; the focus goes back there, before what was chosen is done
 */
export function Menu({ anchor, label, items, onClose }) {
  const element = useRef(/** @type {HTMLElement|null} */ (null));

  useLayoutEffect(() => {
    const { current } = element;
    current.showPopover();
    place(current, anchor);
    /** @type {HTMLElement} */ (current.firstElementChild).focus({ preventScroll: true });
    // What it stands at moves away.
    const moved = () => onClose();
    window.addEventListener("scroll", moved, true);
    window.addEventListener("resize", moved);
    return () => {
      window.removeEventListener("scroll", moved, true);
      window.removeEventListener("resize", moved);
    };
  }, []);

  function leave() {
    anchor.focus({ preventScroll: true });
    onClose();
  }

  function pressed(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // what lies under it stays open
      leave();
    } else if (event.key === "Tab") leave();
    else walk(event, "[role=menuitem]");
  }

  function choose(item) {
    leave();
    item.run();
  }

  function toggled(event) {
    if (event.newState === "closed") onClose();
  }

  return html`<div class="menu" popover="auto" role="menu" aria-label=${label} ref=${element} onKeyDown=${pressed} onToggle=${toggled}>
    ${items.map(
      (item) => html`<button key=${item.key} class=${item.danger ? "menu-item danger" : "menu-item"} type="button" role="menuitem" tabindex="-1" onClick=${() => choose(item)}>${item.label}</button>`,
    )}
  </div>`;
}

/** Below the anchor, or above where there is no room; at its end, and within the window. */
function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const isRightToLeft = getComputedStyle(anchor).direction === "rtl";
  const below = at.bottom + APART;
  const top = below + height + EDGE <= window.innerHeight ? below : at.top - APART - height;
  const left = isRightToLeft ? at.left : at.right - width;
  menu.style.top = `${Math.max(EDGE, top)}px`;
  menu.style.left = `${Math.min(Math.max(EDGE, left), window.innerWidth - width - EDGE)}px`;
}
