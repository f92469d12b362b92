/**
 * The browser's history as the page uses it: whatever opens is a step, so that going back closes it.
 *
 * An entry's state: `fromList`: the step before it is the list of rooms; `side`: the pane beside the timeline; `under`: the one that was
 * there before this step opened it; `dialog`: the key of the dialog over it; `opened`: which of the two this very step opened.
 */

/** @typedef {{fromList?: boolean, side?: string|null, under?: string|null, dialog?: string|null, opened?: "side"|"dialog"|null}} Entry */

const LONGEST_STEP = 1_000; // ms: a browser that has not gone back by then will not

/** A step back that the browser has not taken yet: what comes after it waits. @type {Promise<void>|null} */
let leaving = null;

/** @returns {Entry} */
export function entry() {
  return history.state ?? {};
}

/** @param {Entry} state */
export function push(state, address = location.pathname) {
  history.pushState(state, "", address);
}

/** @param {Entry} state */
export function replace(state, address = location.pathname) {
  history.replaceState(state, "", address);
}

/** A step back for something that is closed already. */
export function stepBack() {
  const step = new Promise((done) => {
    window.addEventListener("popstate", () => done(), { once: true });
    setTimeout(done, LONGEST_STEP);
  });
  leaving = step.then(() => {
    leaving = null;
  });
  history.back();
}

/** Whether the browser is on its way back because the page asked for it. */
export function isLeaving() {
  return leaving !== null;
}

/** Do it now, or when the step back has been taken: an entry that is written meanwhile would be the one that goes. @param {() => void} change */
export function whenThere(change) {
  // Again: what waited before this may have stepped back itself.
  if (leaving) leaving.then(() => whenThere(change));
  else change();
}
