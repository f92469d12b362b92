/** A text field as high as its text; the style sheet says where it stops growing. */

const native = CSS.supports("field-sizing", "content");

/** @param {HTMLTextAreaElement} field */
export function fit(field) {
  if (native || !field) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
