/** A dialog of the browser's own: it traps the focus, closes with Esc, and gives the focus back. */

import { gettext } from "../lib/i18n.js";
import { useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { closeDialog } from "./overlays.js";

/** @param {{title: string, name: string, bare?: boolean, children: any}} props `bare`: without the title's line */
export function Dialog({ title, name, bare = false, children }) {
  const element = useRef(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    // What stands beside a message comes and goes with it: the message itself stays.
    const before = opener?.closest(".message") ?? opener;
    // Where the opener goes by what is done here, the keyboard stays in its pane.
    const around = opener?.closest(".side-body");
    const shown = element.current;
    shown.showModal();
    const first = shown.querySelector("[data-autofocus]");
    first?.focus();
    return () => {
      shown.close();
      const back = before?.isConnected ? before : around;
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    };
  }, []);

  function pressed(event) {
    // A press on the veil lands on the dialog element itself, outside of its box.
    if (event.target !== element.current) return;
    const box = element.current.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) closeDialog();
  }

  function cancelled(event) {
    event.preventDefault();
    closeDialog();
  }

  return html`
    <dialog class=${`dialog ${name}-dialog`} ref=${element} aria-label=${title} onMouseDown=${pressed} onCancel=${cancelled}>
      ${!bare &&
      html`<div class="dialog-head">
        <h2 dir="auto">${title}</h2>
        <button class="icon-button" type="button" aria-label=${gettext("Close")} onClick=${closeDialog}><${Icon} name="close" /></button>
      </div>`}
      ${children}
    </dialog>
  `;
}
