/** A message's text: as its author said it, or where it says what they do (`/me waves`), behind their name. */

import { actionIn } from "../lib/plain.js";
import { Folding } from "./folding.js";
import { html } from "./html.js";

/** @param {{name: string, text: string, formatted?: string}} props */
export function Said({ name, text, formatted }) {
  const action = actionIn({ body: text, html: formatted });
  if (!action) return html`<${Folding} text=${text} formatted=${formatted} />`;
  return html`<div class="action"><bdi class="actor">${name}</bdi> <${Folding} text=${action.body} formatted=${action.html} /></div>`;
}
