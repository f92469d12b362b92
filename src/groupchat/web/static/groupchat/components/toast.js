/** A short word over the timeline, below the header; with one thing that can be done about it, perhaps. */

import { useEffect } from "../vendor/preact-hooks.js";
import { toast } from "./chat.js";
import { html } from "./html.js";

const SHOWN = 5_000; // ms
const SHOWN_WITH_ACTION = 8_000;

export function Toast() {
  const shown = toast.value;
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => {
      if (toast.peek() === shown) toast.value = null;
    }, shown.action ? SHOWN_WITH_ACTION : SHOWN);
    return () => clearTimeout(timer);
  }, [shown]);

  function act() {
    toast.value = null;
    shown.action.run();
  }

  return html`<div class="toast-place" role="status">
    ${shown &&
    html`<div class="toast" key=${shown.key}>
      <span>${shown.text}</span>
      ${shown.action && html`<button class="toast-action" type="button" onClick=${act}>${shown.action.label}</button>`}
    </div>`}
  </div>`;
}
