/** What a room is called. */

/** A conversation has the names of the others in it. @param {import("../lib/types.js").RoomInfo|null} info @param {any} lent */
export function named(info, { me, people }) {
  if (!info?.people) return info;
  const others = info.people.filter((id) => id !== me.value?.id).map((id) => people.person(id).value?.name);
  return others.every(Boolean) ? { ...info, name: others.join(", ") } : info;
}
