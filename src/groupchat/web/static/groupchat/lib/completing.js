/** What is being typed before the caret that can be completed, and what somebody may mean by it. Pure, and fast with ten thousand people. */

/**
 * `sign` with which it begins, `from` and `to`: its place in the text, `query`: what stands behind the sign.
 * @typedef {{sign: "@"|"#"|":"|"/", from: number, to: number, query: string}} Begun
 */

const LONGEST = 48; // units: nobody finds by more
const FEWEST_OF_EMOJI = 2; // `:)` and `a:b` ask for none
const BEGUN = /(?:^|[\s([{"'«„“‘>])([@#:])([^\s@#:]*)$/u;
const COMMAND = /^\/([\p{L}\p{N}_-]*)$/u;

/** What is begun at the caret, or null. Within code there is nothing to complete. @param {string} text @param {number} caret @returns {Begun|null} */
export function begunAt(text, caret) {
  const before = text.slice(0, caret);
  const command = COMMAND.exec(before);
  if (command) return { sign: "/", from: 0, to: caret, query: command[1] };
  const found = BEGUN.exec(before.slice(-LONGEST - 1));
  if (!found || isInCode(before)) return null;
  const sign = /** @type {"@"|"#"|":"} */ (found[1]);
  const query = found[2];
  if (sign === ":" && (query.length < FEWEST_OF_EMOJI || !/^(?:[\p{L}\p{N}]|[+-]1)/u.test(query))) return null;
  return { sign, from: caret - query.length - 1, to: caret, query };
}

/** Between marks of code that are open: three for lines, one in its line. */
function isInCode(before) {
  if ((before.match(/^```/gm)?.length ?? 0) % 2) return true;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return !line.startsWith("```") && (line.match(/`/g)?.length ?? 0) % 2 === 1;
}

/** Without case and without accents: who types `jose` means José. */
export function folded(text) {
  // Most names have none, and this is all that takes time with ten thousand of them.
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * How well a name is meant by some letters, both folded: 0 not at all, 6 it is this very name, then its beginning, the beginnings of
 * its words (`al` for Ada Lovelace), a place within, letters in this order.
 */
export function closeness(name, wanted) {
  if (name === wanted) return 6;
  const at = name.indexOf(wanted);
  if (at === 0) return 5;
  if (at > 0 && !/[\p{L}\p{N}]/u.test(name[at - 1])) return 4;
  if (hasInitials(name, wanted)) return 3;
  if (at > 0) return 2;
  let place = -1;
  for (const letter of wanted) {
    place = name.indexOf(letter, place + 1);
    if (place < 0) return 0;
  }
  return 1;
}

function hasInitials(name, wanted) {
  if (wanted.length < 2 || name[0] !== wanted[0]) return false;
  let at = 0;
  for (let index = 0; index < name.length && at < wanted.length; index += 1) {
    if ((index === 0 || " .-_".includes(name[index - 1])) && name[index] === wanted[at]) at += 1;
  }
  return at === wanted.length;
}

/** What was folded of whom; a name that changes comes with another object. @type {WeakMap<object, string[]>} */
const known = new WeakMap();

/**
 * The best of a list, the best first; what is as good stays in its order. With nothing typed, the first.
 * @template {object} T
 * @param {Iterable<T>} list @param {string} query @param {(one: T) => string[]} namesOf by any of which it may be meant
 * @param {number} most @param {(one: T) => number} [before] whose is higher stands before all others, however well those fit
 * @returns {T[]}
 */
export function best(list, query, namesOf, most, before = () => 0) {
  const wanted = folded(query);
  /** @type {{one: T, points: number}[]} */
  const found = [];
  for (const one of list) {
    const close = wanted ? closest(one, wanted, namesOf) : 1;
    if (close === 0) continue;
    const points = before(one) * 10 + close;
    if (found.length === most && found[most - 1].points >= points) continue;
    let place = found.length;
    while (place > 0 && found[place - 1].points < points) place -= 1;
    found.splice(place, 0, { one, points });
    if (found.length > most) found.pop();
  }
  return found.map(({ one }) => one);
}

function closest(one, wanted, namesOf) {
  let names = known.get(one);
  if (!names) known.set(one, (names = namesOf(one).map(folded)));
  let close = 0;
  for (const name of names) close = Math.max(close, closeness(name, wanted));
  return close;
}

/** A room as a link, which every reader's page shows: its name, and where it is. @param {string} name @param {string} address with its scheme */
export function linkToRoom(name, address) {
  const words = name.replace(/[\\`*_~|[\]()<>]/g, "\\$&");
  return `[#${words}](${address.replace(/[()]/g, (sign) => (sign === "(" ? "%28" : "%29"))})`;
}
