/** Who is in a room, as far as a client knows them. */

import { isNewer } from "./windows.js";

/** @param {any} room the replica @param {ReadonlyArray<import("../types.js").Member>} seen */
export function mergeMembers(room, seen) {
  if (room.members === null) return;
  let changed = null;
  for (const member of seen) {
    const had = (changed ?? room.members).get(member.person);
    if (!isNewer(member, had)) continue;
    (changed ??= new Map(room.members)).set(member.person, member);
    if (room.memberCount !== null && member.seq > room.countedAt) room.memberCount += difference(had, member);
  }
  if (changed) room.members = changed;
}

/** By how much the count of those who are in the room changes. One whom we had not seen was out before, or else is leaving. */
function difference(had, member) {
  const before = had ? had.state === "joined" : member.state !== "joined";
  return Number(member.state === "joined") - Number(before);
}
