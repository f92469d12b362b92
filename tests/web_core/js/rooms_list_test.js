import { MOST_RECENT, moved, sectionsOf } from "/static/groupchat/lib/room-sections.js";
import { LEAVES_AFTER_MILLISECONDS } from "/static/groupchat/store/rooms.js";
import { equal, rejects } from "./check.js";
import { opened, world } from "./store_world.js";

const at = (minute) => `2026-03-02T08:${String(minute).padStart(2, "0")}:00.000Z`;
const options = { isUnread: (room) => room.unread, isPinned: (room) => room.pinned === true, isDirect: (room) => room.direct === true, writtenAt: (room) => room.at };
const names = (sections) => sections.map(({ name, rooms, more }) => [name, rooms.map((room) => room.name).join(" "), more]);

export function unread_rooms_lead_and_the_last_written_in_come_first() {
  const rooms = [
    { name: "a", at: at(1), unread: false },
    { name: "b", at: at(2), unread: true },
    { name: "c", at: at(3), unread: false },
    { name: "d", at: at(4), unread: true },
  ];
  equal(names(sectionsOf(rooms, options)), [["unread", "d b", 0], ["rooms", "c a", 0]]);
  equal(names(sectionsOf(rooms, { ...options, all: true })), [["unread", "d b", 0], ["rooms", "a c", 0]], "all of them are by name");
  equal(names(sectionsOf(rooms.slice(0, 1), options)), [["rooms", "a", 0]], "a section without rooms is left out");
}

export function pinned_rooms_stand_by_name_between_the_unread_and_the_others() {
  const rooms = [
    { name: "a", at: at(1), unread: false, pinned: true },
    { name: "b", at: at(2), unread: true, pinned: true },
    { name: "c", at: at(3), unread: false, pinned: true },
    { name: "d", at: at(4), unread: false },
  ];
  equal(names(sectionsOf(rooms, options)), [["unread", "b", 0], ["pinned", "a c", 0], ["rooms", "d", 0]]);
}

export function pinned_rooms_stand_as_one_put_them_and_behind_them_by_name() {
  const rooms = ["a", "b", "c", "d"].map((name) => ({ name, at: at(1), unread: false, pinned: true, place: { c: 1, b: 2 }[name] ?? 0 }));
  equal(names(sectionsOf(rooms, { ...options, placeOf: (room) => room.place })), [["pinned", "c b a d", 0]]);
  equal([moved([1, 2, 3], 3, 0), moved([1, 2, 3], 1, 1), moved([1, 2, 3], 1, 2), moved([1], 1, 0)], [[3, 1, 2], [2, 1, 3], [2, 3, 1], [1]]);
}

export function conversations_stand_above_the_rooms_the_last_one_first_and_like_rooms_where_they_are_unread_or_pinned() {
  const rooms = [
    { name: "Ada", at: at(1), unread: false, direct: true },
    { name: "Grace", at: at(2), unread: false, direct: true },
    { name: "Kay", at: at(3), unread: true, direct: true },
    { name: "lunch", at: at(4), unread: false },
    { name: "Zoe", at: at(5), unread: false, direct: true, pinned: true },
  ];
  equal(names(sectionsOf(rooms, options)), [["unread", "Kay", 0], ["pinned", "Zoe", 0], ["direct", "Grace Ada", 0], ["rooms", "lunch", 0]]);
  equal(names(sectionsOf(rooms, { ...options, all: true }))[2], ["direct", "Ada Grace", 0]);
}

export function of_many_conversations_only_the_last_ones_are_listed_too() {
  const rooms = Array.from({ length: MOST_RECENT + 2 }, (_, index) => ({ name: String(index), at: at(index), unread: false, direct: true }));
  const [{ name, rooms: listed, more }] = sectionsOf(rooms, options);
  equal([name, listed.length, more], ["direct", MOST_RECENT, 2]);
}

export async function a_room_is_pinned_on_all_devices() {
  const it = await world();
  const other = await world({ server: it.server });
  const [room] = it.store.rooms.value;
  equal(room.pinned.value, false);
  const pinned = room.pin(true);
  await it.flow();
  await pinned;
  await other.flow();
  equal([room.pinned.value, other.store.rooms.value[0].pinned.value], [true, true]);
}

export function the_open_room_stays_where_it_was() {
  const rooms = [
    { name: "read meanwhile", at: at(1), unread: false },
    { name: "other", at: at(2), unread: false },
    { name: "unread", at: at(0), unread: true },
  ];
  const isFixed = (room) => (room === rooms[0] ? "unread" : null);
  equal(names(sectionsOf(rooms, { ...options, isFixed })), [["unread", "read meanwhile unread", 0], ["rooms", "other", 0]]);
}

export function only_so_many_are_listed_before_one_asks_for_all() {
  const rooms = Array.from({ length: MOST_RECENT + 3 }, (_, index) => ({ name: String(index), at: at(index), unread: false }));
  const [{ rooms: listed, more }] = sectionsOf(rooms, options);
  equal([listed.length, listed[0].name, more], [MOST_RECENT, String(MOST_RECENT + 2), 3]);
  equal(sectionsOf(rooms, { ...options, all: true })[0].rooms.length, MOST_RECENT + 3);
  const isFixed = (room) => (room.name === "0" ? "rooms" : null);
  equal(sectionsOf(rooms, { ...options, isFixed })[0].rooms.at(-1).name, "0", "the open one is among them");
}

export async function a_room_knows_when_somebody_last_wrote_in_it() {
  const it = await world();
  const [room] = it.store.rooms.value;
  const before = room.lastMessageAt.value;
  await it.clock.pass(60_000);
  it.server.post(1, 2, "later", "later");
  await it.flow();
  equal(room.lastMessageAt.value > before, true);
}

export async function leaving_can_be_undone_for_some_seconds() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  const unread = room.unread.value;
  const left = it.store.leaveSoon(room);
  equal([it.store.rooms.value.length, it.store.unread.value], [0, 0], "on this page one is out at once");
  await it.clock.pass(LEAVES_AFTER_MILLISECONDS - 1);
  await it.flow();
  equal(it.server.memberships.get("1 1").state, "joined");
  const again = await opened(it, { id: 1 });
  equal([await left, again.unread.value, it.store.rooms.value.length], [false, unread, 1], "nothing had happened");
  await it.clock.pass(LEAVES_AFTER_MILLISECONDS);
  await it.flow();
  equal(it.server.memberships.get("1 1").state, "joined");
}

export async function who_does_not_think_better_of_it_has_left() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  const left = it.store.leaveSoon(room);
  await it.clock.pass(LEAVES_AFTER_MILLISECONDS);
  await it.flow();
  equal([await left, room.gone.value, it.server.memberships.get("1 1").state], [true, "left", "left"]);
}

export async function who_closes_the_page_has_left_too() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  const left = it.store.leaveSoon(room);
  it.store.flush();
  await it.flow();
  equal([await left, it.server.memberships.get("1 1").state], [true, "left"]);
}

export async function leaving_that_fails_is_told_and_the_room_is_back() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  const left = it.store.leaveSoon(room);
  it.WebSocket.opened.cut();
  const refused = rejects(left, "offline");
  it.store.flush();
  await refused;
  equal(it.store.rooms.value.length, 1);
}
