/** A message's text; one that is longer than 24 lines is folded until somebody wants it. */

import { gettext } from "../lib/i18n.js";
import { useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.js";
import { Body } from "./body.js";
import { html } from "./html.js";

const MOST_LINES = 24;
const MAYBE_LONG = 600; // characters: fewer are no 24 lines, so nothing is measured

export function Folding({ text, formatted }) {
  const What = text.length > MAYBE_LONG || lines(text) > MOST_LINES ? Foldable : Body;
  return html`<${What} text=${text} formatted=${formatted} />`;
}

function Foldable({ text, formatted }) {
  const element = useRef(null);
  const [isLong, setLong] = useState(lines(text) > MOST_LINES);
  const [isOpen, setOpen] = useState(false);

  useLayoutEffect(() => {
    const { current } = element;
    const most = MOST_LINES * parseFloat(getComputedStyle(current).lineHeight);
    // A line or two more are shown: to fold them would save nothing.
    setLong(current.scrollHeight > most * 1.1);
  }, [text, formatted]);

  return html`<div class=${isLong && !isOpen ? "fold folded" : "fold"} ref=${element}><${Body} text=${text} formatted=${formatted} /></div>
    ${isLong && html`<button class="fold-button" type="button" aria-expanded=${isOpen ? "true" : "false"} onClick=${() => setOpen(!isOpen)}>${isOpen ? gettext("Show less") : gettext("Show all")}</button>`}`;
}

function lines(text) {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
