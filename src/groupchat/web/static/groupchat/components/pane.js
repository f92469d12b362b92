/** What stands beside the timeline: on a narrower page it lies over it and keeps the focus, on a phone it stands in its place. */

import { gettext } from "../lib/i18n.js";
import { useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { closeSide } from "./overlays.js";
import { isNarrow } from "./route.js";

/** @param {{title: string, close: string, opener?: string, children: any}} props `opener`: id of what the focus goes back to, where it is not what had it before */
export function Pane({ title, close, opener = "", children }) {
  const heading = useRef(null);

  useLayoutEffect(() => {
    const before = document.activeElement;
    heading.current.focus({ preventScroll: true });
    // A moment later: what lay under it can't take the focus before. Another pane in its place has it already.
    return () =>
      queueMicrotask(() => {
        if (document.querySelector(".side")) return;
        const back = document.getElementById(opener) ?? before;
        if (back instanceof HTMLElement) back.focus({ preventScroll: true });
      });
  }, []);

  function pressed(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closeSide();
  }

  return html`<div class="side-veil" onClick=${closeSide}></div>
    <aside class="side" aria-labelledby="side-title" onKeyDown=${pressed}>
      <div class="side-head">
        <button class="icon-button" type="button" aria-label=${close} title=${gettext("Close")} onClick=${closeSide}>
          <${Icon} name=${isNarrow.value ? "back" : "close"} flip=${isNarrow.value} />
        </button>
        <h2 id="side-title" tabindex="-1" dir="auto" ref=${heading}>${title}</h2>
      </div>
      <div class="side-body" tabindex="0" role="region" aria-labelledby="side-title">${children}</div>
    </aside>`;
}
