/** Input methods (Japanese, Chinese, Korean …): their keys choose a word, and mean nothing to us. */

const TAKEN_BY_THE_METHOD = 229; // the key code of a key that the input method took

/**
 * Whether this key belongs to an input method. On Safari the Enter that confirms a word comes after `compositionend`, and says so
 * by its code alone.
 * @param {{isComposing?: boolean, keyCode?: number}} event
 */
export function isComposing(event) {
  return Boolean(event.isComposing) || event.keyCode === TAKEN_BY_THE_METHOD;
}

/**
 * Keep such keys from every handler on the page, and from sending a form.
 * @param {Document} page
 */
export function leaveKeysToInputMethods(page) {
  page.addEventListener(
    "keydown",
    (event) => {
      if (!isComposing(event)) return;
      event.stopImmediatePropagation();
      if (event.key === "Enter" && !event.isComposing) event.preventDefault(); // the word is there: nothing is left to confirm
    },
    { capture: true },
  );
}
