/** The list of rooms in the order in which one looks for them: what is unread, then what was talked in last. */

export const MOST_RECENT = 20; // rooms in the last section before one asks for all of them

/**
 * @template T
 * @typedef {{name: "unread"|"rooms", rooms: T[], more: number}} Section `more`: how many are left out at its end
 */

/**
 * @template T
 * @param {ReadonlyArray<T>} rooms by name
 * @param {{isUnread: (room: T) => boolean, writtenAt: (room: T) => string, isFixed?: (room: T) => "unread"|"rooms"|null, all?: boolean}} options
 *   `isFixed`: the section in which a room stays whatever happens in it: the open one does not go away under the pointer;
 *   `all`: every room, by name
 * @returns {Section<T>[]} sections without rooms are left out
 */
export function sectionsOf(rooms, { isUnread, writtenAt, isFixed = () => null, all = false }) {
  const recent = (list) => [...list].sort((one, other) => compare(writtenAt(other), writtenAt(one)));
  const leads = (room) => (isFixed(room) ?? (isUnread(room) ? "unread" : "rooms")) === "unread";
  const others = rooms.filter((room) => !leads(room));
  const shown = all ? others : recent(others).slice(0, MOST_RECENT);
  const sections = [
    { name: /** @type {const} */ ("unread"), rooms: recent(rooms.filter(leads)), more: 0 },
    { name: /** @type {const} */ ("rooms"), rooms: shown, more: others.length - shown.length },
  ];
  return sections.filter((section) => section.rooms.length > 0);
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}
