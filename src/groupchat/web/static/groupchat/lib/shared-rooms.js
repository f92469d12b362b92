/** In which rooms one meets somebody, as far as this client knows who is in them. */

import { rankOf } from "./rights.js";

/**
 * @param {{info: import("./types.js").RoomInfo|null, members: ReadonlyMap<number, import("./types.js").Member>|null}} room
 *   `members`: those that were heard of, null where nobody asked
 * @param {number} person its id
 */
export function isKnownToBeIn({ info, members }, person) {
  const member = members?.get(person);
  return member ? rankOf(member) > 0 : Boolean(info?.people?.includes(person));
}
