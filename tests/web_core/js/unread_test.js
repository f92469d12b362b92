import { world, opened } from "./store_world.js";
import { equal } from "./check.js";

/** Rooms 1 (200 messages, 150 read) and 2, both of this person. */
async function inTwoRooms() {
  const it = await world();
  it.server.setMember(2, 1, "joined");
  await it.flow();
  return it;
}

function lineOf(room) {
  const { value } = room.rows;
  return value[value.findIndex(({ kind }) => kind === "new") + 1]?.message?.number ?? null;
}

export async function what_came_while_one_was_offline_stays_unread_behind_a_message_that_waited() {
  const it = await inTwoRooms();
  const room = await opened(it, { id: 1 });
  room.markRead(200);
  await it.clock.pass(600);
  await it.flow();
  it.WebSocket.opened.cut();
  room.post("written without a line");
  await it.clock.pass(1);
  it.store.close(room);
  for (let count = 1; count <= 30; count += 1) it.server.post(1, 2, `meanwhile ${count}`, `w${count}`);
  it.store.open({ id: 2 });
  it.store.retryNow();
  await it.flow();
  equal([it.store.unsent.value, it.server.rooms.get(1).messages.get(231).body], [0, "written without a line"]);
  equal([room.unread.value, it.store.unread.value], [30, 30]);
  await opened(it, { id: 1 });
  equal([room.newMessagesAt.value, lineOf(room)], [201, 201]);
  room.markRead(230);
  equal(room.unread.value, 0);
}

export async function a_post_after_a_reload_says_what_had_been_seen_when_it_was_written() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  room.markRead(170);
  room.post("written without a line");
  await it.store.flush();
  await it.store.stop();
  it.server.post(1, 2, "meanwhile", "w");
  const next = await world({ storage: it.storage, server: it.server });
  equal(it.server.memberships.get("1 1").last_read_number, 170);
  equal(next.store.room(1).unread.value, 31);
}

export async function who_looks_in_has_seen_what_there_was() {
  const it = await world();
  const room = await opened(it, { id: 2 });
  room.post("hello");
  await it.flow();
  equal([room.unread.value, it.server.memberships.get("1 2").last_read_number], [0, 6]);
}

export async function a_deleted_message_is_not_unread_on_any_device() {
  const it = await inTwoRooms();
  const phone = await world({ server: it.server });
  const unread = () => [it.store.room(1).unread.value, phone.store.room(1).unread.value, phone.store.unread.value];
  const remove = (...numbers) => numbers.forEach((number) => it.server.remove(1, number));
  const room = await opened(it, { id: 1 });
  remove(151, 160);
  await it.flow();
  await phone.flow();
  equal(unread(), [48, 48, 48]);
  equal(lineOf(room), 152, "the line follows");

  it.WebSocket.opened.cut();
  remove(170, 10);
  it.store.retryNow();
  await it.flow();
  await phone.flow();
  equal(unread(), [47, 47, 47], "after a resume");

  it.WebSocket.opened.cut();
  remove(...Array.from({ length: 26 }, (_, index) => 175 + index)); // more than a resume brings
  it.store.retryNow();
  await it.flow();
  await phone.flow();
  equal(unread(), [21, 21, 21], "after a reset");

  const tablet = await world({ server: it.server });
  equal(tablet.store.room(1).unread.value, 21, "on a device that knew nothing");
  room.markRead(171);
  await it.clock.pass(600);
  await it.flow();
  await phone.flow();
  equal(unread(), [3, 3, 3], "172 to 174");
  it.store.close(room);
  remove(172, 173, 174);
  await it.flow();
  await phone.flow();
  equal(unread(), [0, 0, 0]);
  await opened(it, { id: 1 });
  equal([room.newMessagesAt.value, room.target.value.at], [null, "end"]);
}

export async function what_is_not_unread_is_kept_over_a_reload() {
  const it = await world();
  it.server.remove(1, 160);
  it.server.post(1, 1, "mine", "mine");
  await it.flow();
  equal(it.store.room(1).unread.value, 49);
  await it.store.flush();
  await it.store.stop();
  const next = await world({ storage: it.storage, server: it.server, start: false });
  await next.store.ready;
  equal([next.store.room(1).unread.value, next.store.connection.value.state], [49, "connecting"]);
}

export async function a_mark_of_another_life_is_not_sent() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  room.markRead(190);
  it.server.epoch = "epoch-2";
  it.store.retryNow();
  await it.flow();
  await it.clock.pass(2_000);
  await it.flow();
  equal([it.server.memberships.get("1 1").last_read_number, room.unread.value], [150, 50]);
}
