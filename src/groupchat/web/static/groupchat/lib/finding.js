/** People by what one remembers of them: the beginning of a word of their name, or of their handle. */

/** @typedef {import("./types.js").Person} Person */

/**
 * Those who match, the better first: a name that begins so, then a handle, then another word of the name; else in order of name.
 * @param {ReadonlyArray<Person>} people @param {string} text an `@` before it is left out; empty: everybody @param {string} [locale]
 * @returns {Person[]}
 */
export function matching(people, text, locale = undefined) {
  const wanted = folded(text.trim().replace(/^@/u, ""));
  const collator = new Intl.Collator(locale, { sensitivity: "base", numeric: true });
  return people
    .map((person) => ({ person, score: score(person, wanted) }))
    .filter((found) => found.score > 0)
    .sort((one, other) => other.score - one.score || collator.compare(one.person.name, other.person.name) || one.person.id - other.person.id)
    .map((found) => found.person);
}

function score({ name, handle }, wanted) {
  const called = folded(name);
  if (called.startsWith(wanted)) return 3;
  if (folded(handle).startsWith(wanted)) return 2;
  return called.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 1 : 0;
}

/** Without case and without accents: who types `jose` means José. */
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
