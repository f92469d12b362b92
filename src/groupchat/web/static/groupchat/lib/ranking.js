/** What somebody means by a few letters. */

/**
 * Those whose name has these letters in this order: the better the nearer to the front and to each other, else in their order.
 * @template T
 * @param {ReadonlyArray<T>} list @param {string} text @param {(one: T) => string[]} namesOf by any of which it may be meant
 * @returns {T[]}
 */
export function ranked(list, text, namesOf) {
  const wanted = text.toLowerCase();
  return list
    .map((one) => ({ one, points: Math.max(0, ...namesOf(one).map((name) => score(name.toLowerCase(), wanted))) }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points)
    .map(({ one }) => one);
}

function score(name, wanted) {
  if (name === wanted) return 5;
  const whole = name.indexOf(wanted);
  if (whole === 0) return 4;
  if (whole > 0) return name[whole - 1].match(/[\p{L}\p{N}]/u) ? 2 : 3;
  let at = -1;
  for (const letter of wanted) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return 0;
  }
  return 1;
}
