/** The list above a field while somebody writes `@`, `#`, `:` or `/`: arrows choose, Tab and Enter take, Escape closes it. */

import { begunAt } from "../lib/completing.js";
import { ngettext } from "../lib/i18n.js";
import { useId, useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { kinds } from "./completions.js";
import { html } from "./html.js";
import { change } from "./marking.js";

/** @typedef {import("./completions.js").Choice} Choice */

/** @param {{field: {current: HTMLTextAreaElement|null}, room: any}} props */
export function Completion({ field, room }) {
  const begun = useSignal(/** @type {import("../lib/completing.js").Begun|null} */ (null));
  const at = useSignal(0);
  const shown = useRef(/** @type {Choice[]} */ ([]));
  /** What Escape closed stays closed until something else is begun. */
  const closed = useRef("");

  function look() {
    const { current } = field;
    const isCaret = current.selectionStart === current.selectionEnd && document.activeElement === current;
    const found = isCaret ? begunAt(current.value, current.selectionStart) : null;
    if (!found || placeOf(found) !== closed.current) closed.current = "";
    const next = closed.current ? null : found;
    if (next?.query !== begun.peek()?.query) at.value = 0;
    begun.value = next;
  }

  /** Walking through what stands there opens nothing. */
  function moved() {
    if (begun.peek()) look();
  }

  function take(choice) {
    const { from, to } = begun.peek();
    const { current } = field;
    // One blank is enough where one follows.
    const insert = current.value[to] === " " && choice.insert.endsWith(" ") ? choice.insert.slice(0, -1) : choice.insert;
    begun.value = null;
    shown.current = [];
    choice.taken?.();
    const end = from + insert.length + (insert === choice.insert ? 0 : 1);
    change(current, { from, to, insert, select: [end, end] });
    begun.value = null; // what was put there begins nothing
  }

  function pressed(event) {
    moved(); // the text may have gone without a word: sent, say
    const { current: choices } = shown;
    if (!begun.peek() || choices.length === 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const active = Math.min(at.peek(), choices.length - 1);
    if (event.key === "ArrowDown") at.value = (active + 1) % choices.length;
    else if (event.key === "ArrowUp") at.value = (active - 1 + choices.length) % choices.length;
    else if (event.key === "Escape") {
      closed.current = placeOf(begun.peek());
      begun.value = null;
    } else if (event.key === "Tab" || (event.key === "Enter" && !isThere(choices[active], begun.peek()))) take(choices[active]);
    else {
      if (event.key === "Enter") begun.value = null;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  useLayoutEffect(() => {
    const { current } = field;
    current.addEventListener("keydown", pressed, { capture: true });
    current.addEventListener("input", look);
    current.addEventListener("blur", look);
    document.addEventListener("selectionchange", moved);
    look();
    return () => {
      current.removeEventListener("keydown", pressed, { capture: true });
      current.removeEventListener("input", look);
      current.removeEventListener("blur", look);
      document.removeEventListener("selectionchange", moved);
    };
  }, []);

  const { value } = begun;
  if (!value) return null;
  const { Kind } = kinds[value.sign];
  return html`<${Kind} key=${value.sign} query=${value.query} room=${room} show=${(choices) => html`<${List} kind=${value.sign} choices=${choices} at=${at} shown=${shown} field=${field} take=${take} />`} />`;
}

/** Whether it stands there already as it would be put: Enter is the field's own then. */
function isThere(choice, { sign, query }) {
  return choice.insert.trim() === sign + query;
}

function placeOf({ sign, from }) {
  return `${sign}${from}`;
}

function List({ kind, choices, at, shown, field, take }) {
  const id = useId();
  const element = useRef(null);
  const active = Math.min(at.value, choices.length - 1);

  useLayoutEffect(() => {
    shown.current = choices;
  });
  useLayoutEffect(() => () => void (shown.current = []), []);

  // The field keeps the focus: it says which of the list is meant.
  useLayoutEffect(() => {
    const { current } = field;
    if (active < 0) return undefined;
    current.setAttribute("aria-autocomplete", "list");
    current.setAttribute("aria-controls", id);
    current.setAttribute("aria-activedescendant", `${id}-${active}`);
    element.current.children[active]?.scrollIntoView({ block: "nearest" });
    return () => ["aria-autocomplete", "aria-controls", "aria-activedescendant"].forEach((name) => current.removeAttribute(name));
  }, [active]);

  // A field at the top of the timeline has no place above it.
  useLayoutEffect(() => {
    const list = element.current;
    const bounds = field.current.closest(".timeline")?.getBoundingClientRect();
    delete list.dataset.below;
    if (bounds && list.getBoundingClientRect().top < bounds.top) list.dataset.below = "";
  }, [choices.length]);

  return html`<ul class="completion" ref=${element} id=${id} role="listbox" aria-label=${kinds[kind].label()} hidden=${choices.length === 0} onMouseDown=${stay}>
      ${choices.map(
        (choice, index) => html`<li key=${choice.key} id=${`${id}-${index}`} role="option" aria-selected=${index === active ? "true" : "false"} onMouseMove=${() => (at.value = index)} onClick=${() => take(choice)}>
          ${choice.show()}
        </li>`,
      )}
    </ul>
    <p class="quietly" role="status">${choices.length > 0 && ngettext("{count} suggestion", "{count} suggestions", choices.length)}</p>`;
}

/** The field keeps its focus, and a phone its keyboard. */
function stay(event) {
  event.preventDefault();
}
