/** The mark: a bubble whose inside is an open door with the light on. The style sheet says in which colours. */

import { html } from "./html.js";

export function Mark() {
  return html`<svg class="mark" viewBox="0 0 64 64" width="28" height="28" aria-hidden="true">
    <path class="mark-bubble" d="M17 4h30a13 13 0 0 1 13 13v22a13 13 0 0 1-13 13H27.500L14.200 61.200A2 2 0 0 1 11 59.600v-9A13 13 0 0 1 4 39V17A13 13 0 0 1 17 4z" />
    <path class="mark-door" d="M21 52V26a11 11 0 0 1 22 0v26z" />
    <path class="mark-light" d="M34.500 52V15.290A11 11 0 0 1 43 26v26z" />
  </svg>`;
}
