/** Ranges of numbers, [from, to] with both ends in it: in order, and none touches the next. */

/** @typedef {ReadonlyArray<readonly [number, number]>} Ranges */

/** The same numbers as such ranges. @param {Ranges} ranges @returns {[number, number][]} */
export function joined(ranges) {
  /** @type {[number, number][]} */
  const found = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = found[found.length - 1];
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}

/** @param {Ranges} ranges @param {number} number */
export function holds(ranges, number) {
  return ranges.some(([from, to]) => from <= number && number <= to);
}

/** @param {Ranges} ranges */
export function countOf(ranges) {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
