/** The marks of formatted text in a field: their keys, their bar, and links by pasting. */

import { gettext } from "../lib/i18n.js";
import { asCode, continued, isLinkFor, linked, marked } from "../lib/marking.js";
import { signal } from "../vendor/signals-core.js";
import { keep, kept } from "./device.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

const BAR = "groupchat-marks";

/** Whether the bar is shown; kept on this device. */
const isShown = signal(kept(BAR) === "shown");

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
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  const { value, selectionStart: from, selectionEnd: to } = field;
  let edit = null;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const mark = marks.find(({ key, shift = false }) => key === event.key.toLowerCase() && shift === event.shiftKey);
    if (mark && (from < to || !mark.needsWords)) edit = mark.edit(value, from, to);
  } else if (event.key === "Enter" && event.shiftKey) edit = continued(value, from, to);
  if (!edit) return false;
  event.preventDefault();
  change(field, edit);
  return true;
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

/** The button that shows and hides the bar. */
export function MarksButton() {
  return html`<button class="marks-button" type="button" aria-label=${gettext("Formatting")} title=${gettext("Formatting")} aria-expanded=${isShown.value ? "true" : "false"} aria-controls="marks" onClick=${toggle}><${Icon} name="letters" /></button>`;
}

/** @param {{field: {current: HTMLTextAreaElement|null}}} props */
export function MarksBar({ field }) {
  function press(mark) {
    const { value, selectionStart, selectionEnd } = field.current;
    change(field.current, mark.edit(value, selectionStart, selectionEnd));
  }
  return html`<div class="marks" id="marks" role="group" aria-label=${gettext("Formatting")} hidden=${!isShown.value}>
    ${marks.map((mark) => html`<button key=${mark.name} class=${`mark mark-${mark.name}`} type="button" aria-label=${mark.label()} title=${mark.label()} onMouseDown=${stay} onClick=${() => press(mark)}>${mark.sign}</button>`)}
  </div>`;
}

/** The field keeps its focus, and a phone its keyboard. */
function stay(event) {
  event.preventDefault();
}

function toggle() {
  isShown.value = !isShown.value;
  keep(BAR, isShown.value ? "shown" : null);
}
