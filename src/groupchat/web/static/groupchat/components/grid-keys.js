/** A grid that is one stop of the Tab key: the arrows walk through it as it stands on the screen, Home and End to its ends. */

/** @param {KeyboardEvent} event on the grid @param {string} selector of what can be walked to */
export function walkGrid(event, selector) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const grid = /** @type {HTMLElement} */ (event.currentTarget);
  const stops = /** @type {HTMLElement[]} */ ([...grid.querySelectorAll(selector)]);
  const here = /** @type {HTMLElement} */ (document.activeElement);
  const at = stops.indexOf(here);
  if (at < 0) return;
  const aside = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const steps = { ArrowRight: at + aside, ArrowLeft: at - aside, Home: 0, End: stops.length - 1, ArrowDown: beyond(stops, at, 1), ArrowUp: beyond(stops, at, -1) };
  if (!(event.key in steps)) return;
  event.preventDefault();
  stops[steps[event.key]]?.focus();
}

/** The nearest one in the next line, or the one before. */
function beyond(stops, at, step) {
  const here = stops[at].getBoundingClientRect();
  let line = null;
  let best = -1;
  let apart = Infinity;
  for (let index = at + step; index >= 0 && index < stops.length; index += step) {
    const { top, left } = stops[index].getBoundingClientRect();
    if (Math.abs(top - here.top) < 1) continue;
    if (line !== null && Math.abs(top - line) >= 1) break;
    line = top;
    if (Math.abs(left - here.left) < apart) {
      apart = Math.abs(left - here.left);
      best = index;
    }
  }
  return best;
}
