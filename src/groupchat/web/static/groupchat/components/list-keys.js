/** A list that is one stop of the Tab key: the arrows, Home and End walk through it. */

/** @param {KeyboardEvent} event on the list @param {string} selector of what can be walked to */
export function walk(event, selector) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const stops = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(selector)]);
  const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (at < 0) return;
  const steps = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: stops.length - 1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  stops[steps[event.key]]?.focus();
}
