/** A person's initials in a colour of their own. The name stands beside it, so it says nothing to a screen reader. */

import { initials, personHue } from "../lib/text.js";
import { html } from "./html.js";

export function Avatar({ person, id = person?.id ?? 0, size = "normal" }) {
  return html`<span class=${`avatar ${size}`} style=${{ "--hue": String(personHue(id)) }} aria-hidden="true">${person ? initials(person.name) : ""}</span>`;
}
