/** What is typed while a dialog is on its way: it goes into the field that has the focus then, as if the dialog had been there. */

const KEPT = ["Enter", "ArrowDown", "ArrowUp"]; // beside letters

let isHolding = false;

/** Hold the keys until this is here, and a moment longer: the dialog is drawn behind it. @param {Promise<unknown>} coming */
export function holdKeys(coming) {
  if (isHolding) return;
  isHolding = true;
  /** @type {string[]} */
  const held = [];
  const hold = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || (event.key.length > 1 && !KEPT.includes(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    held.push(event.key);
  };
  document.addEventListener("keydown", hold, true);
  const release = () => {
    document.removeEventListener("keydown", hold, true);
    isHolding = false;
  };
  coming.then(
    () =>
      setTimeout(() => {
        release();
        held.forEach(type);
      }),
    release,
  );
}

/** @param {string} key */
function type(key) {
  const field = document.activeElement;
  if (key.length > 1) field?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    field.setRangeText(key, field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}
