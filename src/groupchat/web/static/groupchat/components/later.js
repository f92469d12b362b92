/** A part of the page that only some need: it comes with what opens on demand, and nothing is drawn until then. */

import { useEffect } from "../vendor/preact-hooks.js";
import { html } from "./html.js";
import { lazy, load, tellMissing } from "./loading.js";

/** @param {{part: string, [prop: string]: any}} props `part`: its name in `lazy.js`; the others are its own */
export function Later({ part, ...props }) {
  const Part = lazy.value?.parts[part];
  useEffect(() => {
    if (!Part) load().catch(tellMissing);
  }, [Part]);
  return Part ? html`<${Part} ...${props} />` : null;
}
