/** The marks of formatted text in a field: their keys, their bar, and links by pasting. `marks.js` asks for it. */

import { gettext } from "../lib/i18n.js";
import { asCode, continued, isLinkFor, linked, marked } from "../lib/marking.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/**
 * `key`: where it has one, with Ctrl (or ⌘), and Shift where `shift`; `sign`: what its button shows.
 * @type {{name: string, key?: string, shift?: boolean, sign: any, label: () => string, edit: (text: string, from: number, to: number) => import("../lib/marking.js").Edit, needsWords?: boolean}[]}
 */
const marks = [
  { name: "bold", key: "b", sign: "B", label: () => gettext("Bold"), edit: (...where) => marked(...where, "**") },
  { name: "italic", key: "i", sign: "I", label: () => gettext("Italic"), edit: (...where) => marked(...where, "*") },
  { name: "struck", key: "x", shift: true, sign: "S", label: () => gettext("Struck through"), edit: (...where) => marked(...where, "~~") },
  { name: "code", key: "e", sign: "<>", label: () => gettext("Code"), edit: asCode },
  // Without words Ctrl+K finds rooms, as everywhere.
  { name: "link", key: "k", sign: html`<${Icon} name="link" />`, label: () => gettext("Link"), edit: (...where) => linked(...where), needsWords: true },
  { name: "hidden", sign: "▒", label: () => gettext("Hidden until pressed"), edit: (...where) => marked(...where, "||") },
];

/** Lines for the list of keys: what is pressed, and what for. @type {[string[], () => string][]} */
export const markKeys = marks.flatMap(({ key, shift, label }) => (key ? [[["command", ...(shift ? ["shift"] : []), key.toUpperCase()], label]] : []));

/** A key in a field: true where it was one of these. @param {KeyboardEvent} event */
export function markByKey(event) {
  const edit = editOf(event);
  if (!edit) return false;
  event.preventDefault();
  change(/** @type {HTMLTextAreaElement} */ (event.target), edit);
  return true;
}

/** The same for a key that was taken before this was here; what was none after all is the line break that it is elsewhere. @param {KeyboardEvent} event */
export function markAs(event) {
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  const { selectionStart: from, selectionEnd: to } = field;
  const edit = editOf(event);
  if (edit) change(field, edit);
  else if (event.key === "Enter") change(field, { from, to, insert: "\n", select: [from + 1, from + 1] });
}

function editOf(event) {
  const { value, selectionStart: from, selectionEnd: to } = /** @type {HTMLTextAreaElement} */ (event.target);
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const mark = marks.find(({ key, shift = false }) => key === event.key.toLowerCase() && shift === event.shiftKey);
    return mark && (from < to || !mark.needsWords) ? mark.edit(value, from, to) : null;
  }
  return event.key === "Enter" && event.shiftKey ? continued(value, from, to) : null;
}

/** An address that is pasted over words becomes their link. @param {ClipboardEvent} event */
export function linkByPaste(event) {
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  const { value, selectionStart: from, selectionEnd: to } = field;
  const pasted = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (!isLinkFor(pasted, value.slice(from, to))) return;
  event.preventDefault();
  change(field, linked(value, from, to, pasted));
}

/** The same for what was pasted before this was here. @param {HTMLTextAreaElement} field @param {string} pasted */
export function linkTo(field, pasted) {
  const { value, selectionStart: from, selectionEnd: to } = field;
  if (isLinkFor(pasted, value.slice(from, to))) change(field, linked(value, from, to, pasted));
  else change(field, { from, to, insert: pasted, select: [from + pasted.length, from + pasted.length] });
}

/** By the browser's own typing, so that Ctrl+Z takes it back. @param {HTMLTextAreaElement} field @param {import("../lib/marking.js").Edit} edit */
export function change(field, { from, to, insert, select }) {
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  if (!document.execCommand(insert ? "insertText" : "delete", false, insert)) {
    field.setRangeText(insert);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  field.setSelectionRange(...select);
}

/** @param {{field: {current: HTMLTextAreaElement|null}}} props */
export function MarksBar({ field }) {
  function press(mark) {
    const { value, selectionStart, selectionEnd } = field.current;
    change(field.current, mark.edit(value, selectionStart, selectionEnd));
  }
  return html`<div class="marks" id="marks" role="group" aria-label=${gettext("Formatting")}>
    ${marks.map((mark) => html`<button key=${mark.name} class=${`mark mark-${mark.name}`} type="button" aria-label=${mark.label()} title=${mark.label()} onMouseDown=${stay} onClick=${() => press(mark)}>${mark.sign}</button>`)}
  </div>`;
}

/** The field keeps its focus, and a phone its keyboard. */
function stay(event) {
  event.preventDefault();
}
