/** A person's picture, or their initials in a colour of their own; a guest's ring is not closed. The name stands beside it, so it says nothing to a screen reader. */

import { initials, personHue } from "../lib/text.js";
import { html } from "./html.js";
import { Picture } from "./picture.js";

/** @param {{person: any, id?: number, size?: "tiny"|"small"|"normal"|"big"|"huge", onClick?: () => void}} props `onClick`: as the name beside it does */
export function Avatar({ person, id = person?.id ?? 0, size = "normal", onClick = undefined }) {
  const classes = person?.kind === "guest" ? `avatar ${size} guest` : `avatar ${size}`;
  const big = size === "big" || size === "huge";
  return html`<span class=${classes} onClick=${onClick} style=${{ "--hue": String(personHue(id)) }} aria-hidden="true">
    ${person?.avatar ? html`<${Picture} of=${person.avatar} big=${big} />` : person ? initials(person.name) : ""}
  </span>`;
}
