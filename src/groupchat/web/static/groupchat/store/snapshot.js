/** The last state of the page, kept on this device: the room list and the ends of the rooms that were open, to be there without a network. */

import { KINDS, PARTS } from "../lib/kinds.js";
import { liveWindow } from "../lib/replica/windows.js";

export const KEY = "page";
export const KEEP_AFTER_MILLISECONDS = 2_000;
export const MOST_ROOMS = 10; // whose messages are kept
export const MOST_MESSAGES = 50; // of each
const FORMAT = ["2", ...KINDS, ...PARTS].join(" "); // the number rises when an older page could not be read any more

/**
 * @param {import("../lib/replica/client.js").ClientReplica} replica
 * @param {ReadonlyArray<number>} recent ids of rooms, the last opened last
 */
export function pack(replica, recent) {
  const people = new Map(replica.me ? [[replica.me.id, replica.me]] : []);
  const withMessages = new Set(recent.slice(-MOST_ROOMS));
  const rooms = replica.joinedRooms().map((room) => {
    for (const person of room.info.people ?? []) addPerson(person);
    const window = withMessages.has(room.id) && room.position !== null ? tail(liveWindow(room.windows)) : null;
    for (const { author } of window?.messages ?? []) addPerson(author);
    for (const { actor } of window?.notices ?? []) addPerson(actor);
    const { info, membership, position, floor, firstNumber, lastNumber, lastMessageAt, lastReadNumber } = room;
    const { uncounted } = room.reading;
    return { info, membership, position, floor, firstNumber, lastNumber, lastMessageAt, lastReadNumber, uncounted: [...uncounted], window };
  });

  function addPerson(id) {
    if (replica.people.has(id)) people.set(id, replica.people.get(id));
  }

  return { format: FORMAT, epoch: replica.epoch, me: replica.me, isOwner: replica.isOwner, blocks: [...replica.blocks], agenda: replica.agenda, position: replica.position, people: [...people.values()], rooms };
}

/** Put what was kept into a replica that knows nothing yet. False where there is nothing, or nothing that this version reads. */
export function unpack(replica, kept) {
  if (kept?.format !== FORMAT || kept.epoch === null) return false;
  replica.epoch = kept.epoch;
  replica.me = kept.me;
  replica.isOwner = kept.isOwner;
  replica.blocks = new Set(kept.blocks ?? []);
  replica.agenda = kept.agenda ?? null;
  replica.position = kept.position;
  replica.seen = kept.position;
  replica.frameCame({ type: "people", people: kept.people });
  for (const { info, membership, position, floor = 0, firstNumber, lastNumber, lastMessageAt = "", lastReadNumber, uncounted, window } of kept.rooms) {
    const room = replica.room(info.id);
    Object.assign(room, { info, membership, floor, firstNumber, lastNumber, lastMessageAt });
    Object.assign(room.reading, { firstNumber, uncounted: new Set(uncounted) });
    room.reading.take(membership, true);
    room.readUpTo(lastReadNumber);
    if (window) Object.assign(room, { position, seen: position, windows: [window] });
    replica.onRoom(room);
  }
  replica.known = true;
  return true;
}

function tail(window) {
  if (!window || window.messages.length <= MOST_MESSAGES) return window;
  const from = window.to - MOST_MESSAGES + 1;
  return {
    ...window,
    from,
    messages: window.messages.slice(-MOST_MESSAGES),
    notices: window.notices.filter(({ after }) => after >= from),
  };
}
