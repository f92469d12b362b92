/** Completion while one writes: what does it comes with the first sign that asks for it. */

import { ignore } from "../lib/ignore.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { html } from "./html.js";
import { lazy, load } from "./loading.js";

const BEGINS = /(?:^|[^\p{L}\p{N}])[@#:]\S*$|^\/\S*$/u;

/** @param {{field: {current: HTMLTextAreaElement|null}, room: any}} props */
export function Completing({ field, room }) {
  const module = lazy.value;
  useEffect(() => {
    const { current } = field;
    if (module) return undefined;
    // Where it does not come one writes on without it, and the next letter asks again.
    const look = () => void (BEGINS.test(current.value.slice(0, current.selectionStart)) && load().catch(ignore));
    current.addEventListener("input", look);
    return () => current.removeEventListener("input", look);
  }, [module]);
  return module && html`<${module.Completion} field=${field} room=${room} />`;
}
