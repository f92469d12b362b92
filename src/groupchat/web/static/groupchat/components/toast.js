/** A short word over the timeline, below the header. */

import { useEffect } from "../vendor/preact-hooks.js";
import { toast } from "./chat.js";
import { html } from "./html.js";

const SHOWN = 5000; // ms

export function Toast() {
  const shown = toast.value;
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => {
      if (toast.peek() === shown) toast.value = null;
    }, SHOWN);
    return () => clearTimeout(timer);
  }, [shown]);
  return html`<div class="toast-place" role="status">${shown && html`<p class="toast" key=${shown.key}>${shown.text}</p>`}</div>`;
}
