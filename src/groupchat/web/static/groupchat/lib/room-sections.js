/** The list of rooms in the order in which one looks for them: what is unread, what one pinned, whom one talks to, then what was talked in last. */

export const MOST_RECENT = 20; // rooms, and as many conversations, before one asks for all of them

/** @typedef {"unread"|"pinned"|"direct"|"rooms"} Name in the order in which they stand */

/**
 * @template T
 * @typedef {{name: Name, rooms: T[], more: number}} Section `more`: how many are left out at its end
 */

/**
 * @template T
 * @typedef {{isUnread: (room: T) => boolean, isPinned: (room: T) => boolean, isDirect: (room: T) => boolean}} Traits
 *   `isDirect`: a conversation with people instead of a room with a name
 */

/**
 * Where a room belongs by what is in it.
 * @template T
 * @param {T} room @param {Traits<T>} traits
 * @returns {Name}
 */
export function sectionOf(room, { isUnread, isPinned, isDirect }) {
  if (isUnread(room)) return "unread";
  if (isPinned(room)) return "pinned";
  return isDirect(room) ? "direct" : "rooms";
}

/**
 * @template T
 * @param {ReadonlyArray<T>} rooms by name
 * @param {Traits<T> & {writtenAt: (room: T) => string, placeOf?: (room: T) => number, isFixed?: (room: T) => Name|null, all?: boolean}} options
 *   `placeOf`: among the pinned ones, as one put them; 0: behind those, by name;
 *   `isFixed`: the section in which a room stays whatever happens in it: the open one does not go away under the pointer;
 *   `all`: every room, by name
 * @returns {Section<T>[]} sections without rooms are left out
 */
export function sectionsOf(rooms, { isUnread, isPinned, isDirect, writtenAt, placeOf = () => 0, isFixed = () => null, all = false }) {
  /** @type {{unread: T[], pinned: T[], direct: T[], rooms: T[]}} */
  const found = { unread: [], pinned: [], direct: [], rooms: [] };
  for (const room of rooms) found[isFixed(room) ?? sectionOf(room, { isUnread, isPinned, isDirect })].push(room);
  const recent = (list) => [...list].sort((one, other) => compare(writtenAt(other), writtenAt(one)));
  const shown = (list) => (all ? list : recent(list).filter((room, index) => index < MOST_RECENT || isFixed(room) !== null));
  /** @type {(name: Name, list: T[]) => Section<T>} */
  const section = (name, list) => ({ name, rooms: list, more: found[name].length - list.length });
  const sections = [
    section("unread", recent(found.unread)),
    section("pinned", ordered(found.pinned, placeOf)),
    section("direct", shown(found.direct)),
    section("rooms", shown(found.rooms)),
  ];
  return sections.filter((each) => each.rooms.length > 0);
}

/** @template T @param {T[]} rooms by name @param {(room: T) => number} placeOf @returns {T[]} */
function ordered(rooms, placeOf) {
  const key = (room) => placeOf(room) || Infinity;
  return [...rooms].sort((one, other) => compare(key(one), key(other)));
}

/**
 * The list with one of its rooms where another one is; the others keep their order.
 * @template T @param {ReadonlyArray<T>} rooms @param {T} room @param {number} to @returns {T[]}
 */
export function moved(rooms, room, to) {
  const others = rooms.filter((each) => each !== room);
  return [...others.slice(0, to), room, ...others.slice(to)];
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}
