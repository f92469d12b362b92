/** Completion while one writes: what does it comes with the first sign that asks for it. */

import { useEffect } from "../vendor/preact-hooks.js";
import { signal } from "../vendor/signals-core.js";
import { html } from "./html.js";

const BEGINS = /(?:^|[^\p{L}\p{N}])[@#:]\S*$|^\/\S*$/u;

/** @type {{value: typeof import("./completion.js")|null}} */
const loaded = signal(null);

/** @param {{field: {current: HTMLTextAreaElement|null}, room: any}} props */
export function Completing({ field, room }) {
  const module = loaded.value;
  useEffect(() => {
    const { current } = field;
    if (module) return undefined;
    const look = () => void (BEGINS.test(current.value.slice(0, current.selectionStart)) && load());
    current.addEventListener("input", look);
    return () => current.removeEventListener("input", look);
  }, [module]);
  return module && html`<${module.Completion} field=${field} room=${room} />`;
}

async function load() {
  try {
    loaded.value = await import("./completion.js");
  } catch {
    // Without a connection one writes on without it; the next letter asks again.
  }
}
