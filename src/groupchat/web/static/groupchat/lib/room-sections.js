/** The list of rooms in the order in which one looks for them: what is unread, what one pinned, then what was talked in last. */

export const MOST_RECENT = 20; // rooms in the last section before one asks for all of them

/** @typedef {"unread"|"pinned"|"rooms"} Name in the order in which they stand */

/**
 * @template T
 * @typedef {{name: Name, rooms: T[], more: number}} Section `more`: how many are left out at its end
 */

/**
 * Where a room belongs by what is in it.
 * @template T
 * @param {T} room @param {{isUnread: (room: T) => boolean, isPinned: (room: T) => boolean}} options
 * @returns {Name}
 */
export function sectionOf(room, { isUnread, isPinned }) {
  if (isUnread(room)) return "unread";
  return isPinned(room) ? "pinned" : "rooms";
}

/**
 * @template T
 * @param {ReadonlyArray<T>} rooms by name
 * @param {{isUnread: (room: T) => boolean, isPinned: (room: T) => boolean, writtenAt: (room: T) => string,
 *          isFixed?: (room: T) => Name|null, all?: boolean}} options
 *   `isFixed`: the section in which a room stays whatever happens in it: the open one does not go away under the pointer;
 *   `all`: every room, by name
 * @returns {Section<T>[]} sections without rooms are left out
 */
export function sectionsOf(rooms, { isUnread, isPinned, writtenAt, isFixed = () => null, all = false }) {
  /** @type {{unread: T[], pinned: T[], rooms: T[]}} */
  const found = { unread: [], pinned: [], rooms: [] };
  for (const room of rooms) found[isFixed(room) ?? sectionOf(room, { isUnread, isPinned })].push(room);
  const recent = (list) => [...list].sort((one, other) => compare(writtenAt(other), writtenAt(one)));
  const shown = all ? found.rooms : recent(found.rooms).filter((room, index) => index < MOST_RECENT || isFixed(room) !== null);
  /** @type {Section<T>[]} */
  const sections = [
    { name: "unread", rooms: recent(found.unread), more: 0 },
    { name: "pinned", rooms: found.pinned, more: 0 },
    { name: "rooms", rooms: shown, more: found.rooms.length - shown.length },
  ];
  return sections.filter((section) => section.rooms.length > 0);
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}
