/** A message's text as it was written; addresses of the web become links, everything else stays text. */

import { html } from "./html.js";

const ADDRESS = /https?:\/\/[^\s<>"'`\\^{}|]+/giu;

export function Body({ text }) {
  return html`<div class="body" dir="auto">${partsOf(text).map((part) =>
    part.href ? html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>` : part.text,
  )}</div>`;
}

/** The text in pieces: `{text}`, or `{text, href}` for an address. Joined they are the text again. */
export function partsOf(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTail(match[0]);
    const href = checked(address);
    if (!href) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** What ends a sentence does not belong to the address in it; a closing bracket does if it was opened inside. */
function withoutTail(address) {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1];
    if (".,;:!?*_~…»”’".includes(last)) end -= 1;
    else if (last === ")" && count(address, ")", end) > count(address, "(", end)) end -= 1;
    else if (last === "]" && count(address, "]", end) > count(address, "[", end)) end -= 1;
    else break;
  }
  return address.slice(0, end);
}

function count(text, character, end) {
  let found = 0;
  for (let i = 0; i < end; i += 1) if (text[i] === character) found += 1;
  return found;
}

function checked(address) {
  try {
    const url = new URL(address);
    return (url.protocol === "https:" || url.protocol === "http:") && url.hostname ? url.href : null;
  } catch {
    return null;
  }
}
