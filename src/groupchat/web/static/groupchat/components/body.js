/** A message's text as it was written; addresses of the web and of mail become links, everything else stays text. */

import { partsOf } from "../lib/links.js";
import { html } from "./html.js";

export function Body({ text }) {
  return html`<div class="body" dir="auto">${partsOf(text).map((part) => (part.href ? html`<${Link} ...${part} />` : part.text))}</div>`;
}

function Link({ text, href }) {
  if (href.startsWith("mailto:")) return html`<a href=${href}>${text}</a>`;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}
