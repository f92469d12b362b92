/** A message's text: formatted by the server, or as it was written, with the addresses of the web and of mail as links. */

import { partsOf } from "../lib/links.js";
import { isFewEmoji } from "../lib/plain.js";
import { Formatted } from "./formatted.js";
import { html } from "./html.js";
import { follow, placeAt } from "./route.js";

/** @param {{text: string, formatted?: string}} props `formatted`: the message's HTML, where it has some */
export function Body({ text, formatted }) {
  if (formatted) return html`<${Formatted} source=${formatted} />`;
  const classes = isFewEmoji(text) ? "body large" : "body";
  return html`<div class=${classes} dir="auto">${partsOf(text).map((part) => (part.href ? html`<${Link} ...${part} />` : part.text))}</div>`;
}

function Link({ text, href }) {
  if (href.startsWith("mailto:")) return html`<a href=${href}>${text}</a>`;
  const place = placeAt(href);
  if (place) return html`<a href=${href} onClick=${(event) => follow(event, place.slug, place.number)}>${text}</a>`;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}
