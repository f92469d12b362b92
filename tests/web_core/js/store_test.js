import { effect } from "/static/groupchat/vendor/signals-core.js";
import { memoryStorage } from "/static/groupchat/lib/storage.js";
import { leadAlone, noChannel } from "/static/groupchat/lib/tabs.js";
import { createStore } from "/static/groupchat/store/app.js";
import { replay } from "/static/groupchat/store/replay.js";
import { equal, ok, rejects, settle } from "./check.js";
import { FakeClock, randomFrom } from "./fakes.js";
import { ModelServer, socketTo } from "./model_server.js";

/** A server with a room of 200 messages, of which person 1 has read 150; its line delivers by itself. */
async function world({ storage = memoryStorage(), server, person = 1, start = true } = {}) {
  const clock = new FakeClock();
  const random = randomFrom(3);
  if (!server) {
    server = new ModelServer({ now: clock.now, random });
    for (const id of [1, 2, 3]) server.addPerson(id);
    server.createRoom(1, 1);
    server.createRoom(2, 3);
    server.createRoom(3, 3, { kind: "private" });
    for (let number = 1; number <= 200; number += 1) server.post(1, 2, `message ${number}`, `m${number}`);
    server.read(1, 1, 150);
    for (let number = 1; number <= 5; number += 1) server.post(2, 3, `other ${number}`, `o${number}`);
  }
  const WebSocket = socketTo(server, person);
  const erased = { count: 0 };
  const store = createStore({
    url: "model",
    WebSocket,
    storage,
    lead: leadAlone(),
    channel: noChannel(),
    clock,
    random,
    randomBytes: random.bytes,
    locale: "en",
    onErased: () => (erased.count += 1),
  });
  async function flow() {
    await settle();
    while (WebSocket.opened?.deliver()) await settle();
  }
  if (start) await flow();
  return { clock, server, store, storage, WebSocket, flow, erased };
}

async function opened(it, where) {
  const opening = it.store.open(where);
  await it.flow();
  const room = await opening;
  await it.flow();
  return room;
}

function shown(room) {
  const timeline = room.timeline.value;
  return timeline && [timeline.from, timeline.to, timeline.atStart, timeline.atEnd];
}

export async function the_list_of_rooms_has_names_and_unread_counts() {
  const { store } = await world();
  equal(store.connection.value.state, "caught_up");
  equal(store.me.value.id, 1);
  equal(store.rooms.value.map(({ id, unread }) => [id, unread.value]), [[1, 50]]);
  equal(store.unread.value, 50);
}

export async function who_looks_from_the_beginning_sees_the_rooms_come() {
  const it = await world({ start: false });
  const lists = [];
  effect(() => void lists.push(it.store.rooms.value.map(({ id }) => id).join()));
  await it.flow();
  it.server.setMember(2, 1, "joined");
  await settle();
  it.WebSocket.opened.deliver();
  it.WebSocket.opened.deliver(); // the change is here, the answer to subscribe is not
  await settle();
  equal([...new Set(lists)], ["", "1", "1,2"]);
}

export async function a_room_opens_at_its_first_unread_message() {
  const it = await world();
  const room = await opened(it, { slug: "room-1" });
  equal(room.newMessagesAt.value, 151);
  equal(room.target.value, { at: "new", number: 151 });
  ok(shown(room)[0] < 151 && shown(room)[1] > 151);
  equal(room.unread.value, 50, "opening marks nothing as read");
  it.server.post(1, 2, "more", "more");
  await it.flow();
  equal(room.newMessagesAt.value, 151, "the line stays where it was");
  equal(room.rows.value.filter(({ kind }) => kind === "new").length, 1);
}

export async function a_room_without_unread_messages_opens_at_its_end_and_grows() {
  const it = await world();
  it.server.read(1, 1, 200);
  await it.flow();
  const room = await opened(it, { id: 1 });
  equal([room.newMessagesAt.value, room.target.value.at], [null, "end"]);
  equal(shown(room), [151, 200, false, true]);
  it.server.post(1, 2, "more", "more");
  await it.flow();
  equal(shown(room), [151, 201, false, true]);
  equal(room.unread.value, 1);
}

export async function history_loads_both_ways_and_the_far_end_can_be_dropped() {
  const it = await world();
  const room = await opened(it, { id: 1, around: 100 });
  equal(room.target.value, { at: "message", number: 100 });
  equal(shown(room), [75, 124, false, false]);
  const both = [room.loadBefore(), room.loadBefore(), room.loadAfter()];
  equal(room.loading.value, { before: true, after: true, around: false });
  await it.flow();
  equal(await Promise.all(both), [true, true, true]);
  equal(shown(room), [25, 174, false, false], "two calls share one page");
  room.keepOnly(100, 174);
  equal(shown(room), [100, 174, false, false]);
  for (const load of [() => room.loadAfter(), () => room.loadBefore(), () => room.loadBefore()]) {
    const done = load();
    await it.flow();
    await done;
  }
  equal(shown(room), [1, 200, true, true]);
  equal(await room.loadBefore(), false);
  equal(await room.loadAfter(), false);
  room.keepOnly(1, 100);
  equal(shown(room), [1, 100, true, false]);
  room.loadNewest();
  await it.flow();
  equal(shown(room), [151, 200, false, true]);
}

export async function a_permalink_to_nowhere_shows_the_nearest() {
  const it = await world();
  const room = await opened(it, { id: 1, around: 9999 });
  equal(room.target.value, { at: "message", number: 200 });
  const done = room.loadAround(3);
  await it.flow();
  equal(await done, 3);
  equal(shown(room)[0], 1);
}

export async function a_message_is_on_screen_at_once_and_its_row_stays() {
  const it = await world();
  it.server.read(1, 1, 200);
  await it.flow();
  const room = await opened(it, { id: 1 });
  room.setDraft("hello");
  const posting = room.post("hello 🎉");
  const [row] = room.rows.value.slice(-1);
  equal([row.kind, row.pending.body, it.store.unsent.value], ["pending", "hello 🎉", 1]);
  const seen = [];
  const stop = effect(() => void seen.push(room.rows.value.at(-1).key));
  await it.flow();
  stop();
  await posting;
  equal([...new Set(seen)], [row.key], "the same element all the time");
  equal(room.rows.value.at(-1).message.body, "hello 🎉");
  equal([room.pending.value, it.store.unsent.value, room.unread.value], [[], 0, 0]);
}

export async function bad_messages_are_refused_before_they_are_queued() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  await rejects(room.post("x".repeat(8001)), "too_long");
  await rejects(room.post("🎉".repeat(8001)), "too_long");
  await rejects(room.post(" \u200b "), "invalid");
  equal(it.store.unsent.value, 0);
  room.post("🎉".repeat(8000));
  await it.flow();
  equal(it.server.rooms.get(1).lastNumber, 201);
}

export async function read_marks_rise_here_at_once_and_there_a_moment_later() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  room.markRead(160);
  room.markRead(155);
  room.markRead(170);
  equal([room.unread.value, it.store.unread.value], [30, 30]);
  equal(it.server.memberships.get("1 1").last_read_number, 150);
  await it.clock.pass(600);
  await it.flow();
  equal(it.server.memberships.get("1 1").last_read_number, 170);
  room.markRead(999);
  equal(room.unread.value, 0, "not further than there is");
  await it.clock.pass(600);
  equal(it.server.memberships.get("1 1").last_read_number, 200);
}

export async function another_devices_read_mark_arrives() {
  const it = await world();
  it.server.read(1, 1, 180);
  await it.flow();
  equal(it.store.room(1).unread.value, 20);
}

export async function a_mark_that_was_made_offline_is_sent_after_a_reload() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  room.markRead(190);
  await it.store.flush();
  await it.store.stop();
  const next = await world({ storage: it.storage, server: it.server });
  equal(next.store.room(1).unread.value, 10);
  await next.clock.pass(600);
  await next.flow();
  equal(it.server.memberships.get("1 1").last_read_number, 190);
}

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

export async function a_rename_reaches_who_shows_the_name() {
  const it = await world();
  const names = [];
  effect(() => void names.push(it.store.person(2).value?.name));
  it.server.rename(2, "Another");
  await it.flow();
  equal(names, ["Person 2", "Another"]);
  ok(it.store.people().some(({ name }) => name === "Another"));
}

export async function edits_deletions_names_and_topics_come_as_changes() {
  const it = await world();
  it.server.read(1, 1, 200);
  await it.flow();
  const room = await opened(it, { id: 1 });
  room.post("mine");
  await it.flow();
  const mine = () => room.timeline.value.messages.at(-1);
  ok(room.mayEdit(mine()) && room.mayRemove(mine()) && room.mayManage());
  const other = room.timeline.value.messages[0];
  ok(!room.mayEdit(other) && room.mayRemove(other));
  room.edit(201, "edited");
  room.setTopic("about");
  room.rename("A new name");
  await it.flow();
  equal([mine().body, room.info.value.topic, room.info.value.name], ["edited", "about", "A new name"]);
  equal(room.rows.value.filter(({ kind }) => kind === "notice").map(({ notice }) => notice.kind), ["topic", "renamed"]);
  room.remove(201);
  await it.flow();
  ok(mine().deleted_at && !room.mayEdit(mine()));
}

export async function without_a_network_the_page_opens_with_what_was_kept() {
  const it = await world();
  const room = await opened(it, { id: 1, around: 200 });
  room.setDraft("half a sentence");
  await it.store.flush();
  await it.store.stop();
  const offline = await world({ storage: it.storage, server: it.server, start: false });
  offline.WebSocket.prototype.send = () => {};
  await offline.store.ready;
  await settle();
  equal([offline.store.known.value, offline.store.me.value.name], [true, "Person 1"]);
  const kept = await offline.store.open({ slug: "room-1" });
  equal(kept.timeline.value.to, 200);
  equal(kept.timeline.value.messages.length, 50);
  equal([kept.draft.value, offline.store.person(2).value.name], ["half a sentence", "Person 2"]);
  kept.post("written offline");
  await settle();
  await offline.store.stop();
  it.server.post(1, 2, "meanwhile", "meanwhile");
  const online = await world({ storage: it.storage, server: it.server });
  await online.flow();
  const texts = [...it.server.rooms.get(1).messages.values()].slice(-2).map(({ body }) => body);
  equal(texts, ["meanwhile", "written offline"]);
  equal(online.store.unsent.value, 0);
}

export async function what_was_kept_of_another_person_is_not_shown_to_this_one() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  room.setDraft("a draft of person 1");
  room.markRead(190);
  await it.store.flush();
  await it.store.stop();
  const other = await world({ storage: it.storage, server: it.server, person: 3 });
  equal(other.store.me.value.id, 3);
  equal(other.store.rooms.value.map(({ id }) => id), [2, 3]);
  const hidden = other.store.room(1);
  equal([hidden.timeline.value, hidden.info.value, hidden.draft.value], [null, null, ""]);
  await other.clock.pass(5_000);
  equal(it.server.memberships.has("3 1"), false);
}

export async function another_epoch_begins_anew() {
  const it = await world();
  const room = await opened(it, { id: 1, around: 100 });
  it.server.restore();
  await it.clock.pass(5_000);
  await it.flow();
  equal(it.store.connection.value.state, "caught_up");
  equal(room.copy.position, it.server.rooms.get(1).seq);
  ok(room.timeline.value.from <= 100 && room.timeline.value.to >= 100, "the same place is shown");
}

export async function signing_out_leaves_nothing() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  room.setDraft("a draft");
  await room.post("unsent");
  await it.store.flush();
  equal(it.store.unsent.value, 1);
  await it.store.signOut();
  await it.clock.pass(60_000);
  const { storage, store } = it;
  equal([await storage.unsent("1"), await storage.drafts("1"), await storage.kept("page")], [[], [], undefined]);
  equal([store.me.value, store.rooms.value, store.unsent.value, room.timeline.value, it.erased.count], [null, [], 0, null, 1]);
  equal(store.connection.value, { state: "stopped", reason: "closed" });
}

export async function a_trace_gives_the_state_that_the_page_would_have() {
  const it = await world();
  const trace = [];
  const { opened: connection } = it.WebSocket;
  const { onmessage } = connection.socket;
  connection.socket.onmessage = (event) => {
    trace.push({ in: JSON.parse(event.data) });
    onmessage(event);
  };
  const heard = connection.heard.bind(connection);
  connection.heard = (command) => {
    trace.push({ cmd: command });
    return heard(command);
  };
  const hello = { type: "hello", ref: 0, protocol: 1, epoch: it.server.epoch, me: it.server.people.get(1), is_owner: false, seq: it.server.mySeq.get(1), rooms: [it.server.state(1, 1)] };
  const room = await opened(it, { id: 1 });
  room.loadMembers();
  room.loadBefore();
  it.server.edit(1, 160, { body: "edited" });
  it.server.post(1, 1, "mine", "mine");
  it.server.setInfo(1, 3, "topic", "a topic");
  await it.flow();
  const state = replay([{ cmd: { type: "hello", ref: 0, protocol: 1 }, reply: hello }, { in: { type: "caught_up" } }, ...trace]);
  const { copy } = room;
  equal(state.rooms[1].windows, copy.windows);
  equal([state.rooms[1].position, state.rooms[1].last_number, state.rooms[1].last_read_number], [copy.position, 201, 201]);
  equal(state.rooms[1].members.map(({ person }) => person), [1, 2]);
  equal([state.rooms[1].member_count, state.rooms[1].members_complete, state.wanted], [2, true, []]);
  equal([state.my_position, state.epoch, state.me.id], [it.server.mySeq.get(1), it.server.epoch, 1]);
}
