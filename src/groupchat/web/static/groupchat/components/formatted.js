/** A message's HTML, and what makes it work: hidden text opens, code can be copied, what is wide scrolls. */

import { gettext } from "../lib/i18n.js";
import { useLayoutEffect, useMemo, useRef } from "../vendor/preact-hooks.js";
import { say } from "./chat.js";
import { html } from "./html.js";
import { follow, placeAt } from "./route.js";
import { trustedHtml } from "./trusted.js";

/** @type {ResizeObserver|undefined} one for all that is wide; it forgets what is gone */
let widths;

/** @param {{source: string}} props the `html` of a message: nothing else may come here */
export function Formatted({ source }) {
  const element = useRef(null);
  const inner = useMemo(() => ({ __html: trustedHtml(source) }), [source]);
  useLayoutEffect(() => dress(element.current), [source]);
  return html`<div class="body formatted" dir="auto" ref=${element} onClick=${pressed} onKeyDown=${typed} dangerouslySetInnerHTML=${inner}></div>`;
}

/** What a stored message need not hold, before it is painted. */
function dress(element) {
  for (const link of element.querySelectorAll("a[href^=http]")) if (!placeAt(link.href)) link.target = "_blank";
  for (const spoiler of element.querySelectorAll(".spoiler:not(.spoiler *)")) close(spoiler);
  for (const code of element.querySelectorAll("pre")) frame(code);
  for (const table of element.querySelectorAll("table")) {
    const box = document.createElement("div");
    box.className = "wide";
    table.replaceWith(box);
    box.append(table);
    scrollByKeys(box);
  }
}

function frame(code) {
  const box = document.createElement("div");
  box.className = "code-block";
  const head = document.createElement("div");
  head.className = "code-head";
  const language = document.createElement("span");
  language.textContent = code.dataset.language ?? "";
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "code-copy";
  copy.textContent = gettext("Copy");
  head.append(language, copy);
  code.replaceWith(box);
  box.append(head, code);
  scrollByKeys(code);
}

/** What is wider than its place can be reached by keys, and only then. */
function scrollByKeys(box) {
  widths ??= new ResizeObserver((entries) => entries.forEach(({ target }) => measure(target)));
  widths.observe(box);
  measure(box);
}

function measure(box) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}

function close(spoiler) {
  spoiler.tabIndex = 0;
  spoiler.setAttribute("role", "button");
  spoiler.setAttribute("aria-label", gettext("Hidden text: show it"));
}

function open(spoiler) {
  spoiler.classList.add("shown");
  for (const name of ["role", "aria-label"]) spoiler.removeAttribute(name);
}

function pressed(event) {
  const spoiler = closedSpoiler(event.target);
  const place = placeAt(event.target.closest("a")?.href ?? "");
  if (spoiler) {
    event.preventDefault(); // a link in it was not to be seen
    open(spoiler);
  } else if (place) follow(event, place.slug, place.number);
  else if (event.target.closest(".code-copy")) copyCode(event.target.closest(".code-block").querySelector("pre"));
}

function typed(event) {
  const spoiler = closedSpoiler(event.target);
  if (!spoiler || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  event.stopPropagation();
  open(spoiler);
}

function closedSpoiler(element) {
  return element.closest(".spoiler[role=button]");
}

async function copyCode(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    say(gettext("Copied."));
  } catch {
    getSelection()?.selectAllChildren(code); // the browser's own keys copy it from here
  }
}
