import { equal, ok, rejects, settle } from "./check.js";
import { opened, world } from "./store_world.js";

export async function a_public_room_can_be_looked_into_without_joining() {
  const it = await world();
  const room = await opened(it, { slug: "room-2" });
  equal([room.membership.value, room.unread.value, room.timeline.value.to], [null, 0, 5]);
  equal(it.store.rooms.value.map(({ id }) => id), [1], "it is not in the list");
  it.server.post(2, 3, "live", "live");
  await it.flow();
  equal(room.timeline.value.to, 6);
  room.markRead(6);
  await it.clock.pass(1_000);
  equal(it.server.memberships.has("1 2"), false, "looking writes nothing");
  room.post("now I am in");
  await it.flow();
  equal(it.store.rooms.value.map(({ id }) => id), [1, 2]);
  equal(room.unread.value, 0);
  const left = room.leave();
  await it.flow();
  await left;
  equal([room.gone.value, it.store.rooms.value.length], ["left", 1]);
  const back = room.join();
  await it.flow();
  await back;
  await it.flow();
  equal([room.gone.value, room.timeline.value.to], [null, 7]);
}

export async function who_enters_a_room_while_the_page_connects_is_in_it_once_connected() {
  const it = await world({ start: false });
  const entering = it.store.enter("Room 2");
  await it.flow();
  const { room, created } = await entering;
  equal([room.id, created], [2, false]);
  it.WebSocket.opened.cut();
  await rejects(it.store.enter("Room 1"), "offline"); // then people are told at once
}

export async function closing_a_room_that_was_looked_into_ends_the_subscription() {
  const it = await world();
  const room = await opened(it, { id: 2 });
  it.store.close(room);
  await it.flow();
  equal([...it.WebSocket.opened.subscriptions], [1]);
  equal(room.timeline.value, null);
  const again = await opened(it, { id: 2 });
  equal([again === room, again.timeline.value.to], [true, 5]);
}

export async function a_room_that_is_closed_while_it_opens_again_is_heard_in_the_end() {
  const it = await world();
  const one = it.store.open({ id: 2 });
  const two = it.store.open({ slug: "room-2" });
  await settle();
  it.WebSocket.opened.deliver(); // the answer to the first
  await settle();
  it.store.close(await one);
  await it.flow();
  const room = await two;
  await it.flow();
  it.server.post(2, 3, "live", "live");
  await it.flow();
  equal(room.timeline.value.to, 6);
}

export async function out_and_in_again_in_any_order_ends_inside() {
  // The room's last frame is held back; one's own counter tells of the return before it.
  const it = await world();
  const room = await opened(it, { id: 1 });
  const { opened: line } = it.WebSocket;
  it.server.setMember(1, 1, "left");
  it.server.setMember(1, 1, "joined");
  const order = (frame) => (frame.me ? 0 : 1);
  line.queue.sort((a, b) => order(a.frame) - order(b.frame));
  line.queue = line.queue.filter(({ frame }) => !frame.memberships?.some(({ state }) => state === "left"));
  await it.flow();
  equal([room.gone.value, it.store.rooms.value.length], [null, 1]);
  it.server.post(1, 2, "heard", "heard");
  await it.flow();
  equal(room.lastNumber.value, 201);
  equal([...line.subscriptions], [1]);
}

export async function the_late_answer_to_leaving_does_not_take_one_out_again() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  const { opened: line } = it.WebSocket;
  const leaving = room.leave();
  const answer = line.queue.pop();
  await it.flow();
  equal(room.gone.value, "left");
  it.server.setMember(1, 1, "joined");
  await it.flow();
  line.queue.push(answer);
  await it.flow();
  await leaving;
  equal([room.gone.value, it.store.rooms.value.length], [null, 1]);
}

export async function rooms_that_are_not_there_are_refused() {
  const it = await world();
  const nowhere = rejects(it.store.open({ slug: "nowhere" }), "not_found");
  const hidden = rejects(it.store.open({ id: 3 }), "not_found");
  await it.flow();
  await Promise.all([nowhere, hidden]);
}

export async function a_room_joined_on_another_device_appears_and_is_heard() {
  const it = await world();
  it.server.setMember(3, 1, "joined");
  await it.flow();
  equal(it.store.rooms.value.map(({ id }) => id), [1, 3]);
  it.server.post(3, 3, "psst", "psst");
  await it.flow();
  equal(it.store.room(3).unread.value, 1);
}

export async function being_removed_takes_the_room_out_and_says_so() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.server.setMember(1, 1, "kicked");
  await it.flow();
  equal([room.gone.value, room.timeline.value, it.store.rooms.value], ["kicked", null, []]);
  it.server.setMember(1, 1, "joined");
  await it.flow();
  equal([room.gone.value, it.store.rooms.value.length], [null, 1]);
  ok(room.timeline.value, "it is shown again by itself");
}

export async function removal_while_away_is_noticed() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  it.server.setMember(1, 1, "left");
  await it.clock.pass(2_000);
  await it.flow();
  equal([it.store.connection.value.state, room.gone.value], ["caught_up", "gone"]);
}

export async function members_come_in_pages_owners_first_then_by_name() {
  const it = await world();
  for (let id = 10; id < 260; id += 1) it.server.addPerson(id);
  for (let id = 10; id < 260; id += 1) it.server.setMember(1, id, "joined");
  it.WebSocket.opened.cut();
  await it.clock.pass(2_000);
  await it.flow();
  const room = await opened(it, { id: 1 });
  equal(room.members.value, null);
  for (let page = 0; page < 3; page += 1) {
    const loading = room.loadMembers();
    room.loadMembers();
    equal(room.members.value?.loading ?? true, true);
    await it.flow();
    await loading;
  }
  const { people, count, complete, loading } = room.members.value;
  equal([count, complete, loading], [252, true, false]);
  equal([people.length, people[0].person, people[1].person, people[2].person], [252, 1, 2, 10]);
  it.server.setMember(1, 10, "left");
  await it.flow();
  equal([room.members.value.count, room.members.value.people.some(({ person }) => person === 10)], [251, false]);
}

export async function a_room_that_one_deletes_is_gone_with_the_answer() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  let listed = null;
  const done = room.deleteRoom().then(() => (listed = it.store.rooms.value.includes(room)));
  await it.flow();
  await done;
  equal([room.gone.value, listed], ["gone", false]);
  const restoring = room.restore();
  await it.flow();
  await restoring;
  await it.flow();
  equal([room.gone.value, it.store.rooms.value.includes(room)], [null, true]);
  it.server.post(1, 2, "heard", "heard");
  await it.flow();
  equal(room.lastNumber.value, 201);
}
