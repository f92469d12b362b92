import { effect } from "/static/groupchat/vendor/signals-core.js";
import { replay } from "/static/groupchat/store/replay.js";
import { equal, ok, rejects, settle } from "./check.js";
import { opened, shown, world } from "./store_world.js";

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

export async function a_permalink_to_nowhere_says_so_and_shows_the_end() {
  const it = await world();
  const room = await opened(it, { id: 1, around: 9999 });
  equal([room.missing.value, room.target.value], [9999, { at: "end", number: null }]);
  equal(shown(room), [151, 200, false, true]);
  for (const number of [0, 201, 1e30]) {
    room.missing.value = null;
    const gone = room.loadAround(number);
    await it.flow();
    equal([await gone, room.missing.value, room.failure.value], [null, number, null]);
  }
  room.missing.value = null;
  const done = room.loadAround(3);
  await it.flow();
  equal([await done, room.missing.value], [3, null]);
  equal(shown(room)[0], 1);
}

export async function a_message_is_on_screen_at_once_and_its_row_stays() {
  const it = await world();
  it.server.read(1, 1, 200);
  await it.flow();
  const room = await opened(it, { id: 1 });
  room.writing.write("hello");
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
  room.configure({ topic: "about", name: "A new name" });
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
  room.writing.write("half a sentence");
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
  equal([kept.writing.text.value, offline.store.person(2).value.name], ["half a sentence", "Person 2"]);
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

export async function what_a_guest_had_left_to_send_goes_out_under_the_account_whose_they_are() {
  const it = await world();
  await opened(it, { id: 1, around: 200 });
  await it.store.flush();
  await it.store.stop();
  const offline = await world({ storage: it.storage, server: it.server, start: false });
  offline.WebSocket.prototype.send = () => {};
  await offline.store.ready;
  const kept = await offline.store.open({ slug: "room-1" });
  kept.writing.write("half a sentence");
  kept.post("written as a guest");
  await settle();
  await offline.store.flush();
  await offline.store.stop();
  it.server.mergedInto.set(1, 3);
  it.server.setMember(1, 3, "joined");
  const account = await world({ storage: it.storage, server: it.server, person: 3 });
  await account.flow();
  equal(account.store.me.value.id, 3);
  const last = [...it.server.rooms.get(1).messages.values()].at(-1);
  equal([last.body, last.author, account.store.unsent.value], ["written as a guest", 3, 0]);
}

export async function what_was_kept_of_another_person_is_not_shown_to_this_one() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  room.writing.write("a draft of person 1");
  room.markRead(190);
  await it.store.flush();
  await it.store.stop();
  const other = await world({ storage: it.storage, server: it.server, person: 3 });
  equal(other.store.me.value.id, 3);
  equal(other.store.rooms.value.map(({ id }) => id), [2, 3]);
  const hidden = other.store.room(1);
  equal([hidden.timeline.value, hidden.info.value, hidden.writing.text.value], [null, null, ""]);
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
  equal(room.replica.position, it.server.rooms.get(1).seq);
  ok(room.timeline.value.from <= 100 && room.timeline.value.to >= 100, "the same place is shown");
}

export async function signing_out_leaves_nothing() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  room.writing.write("a draft");
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
  const { replica } = room;
  equal(state.rooms[1].windows, replica.windows);
  equal([state.rooms[1].position, state.rooms[1].last_number, state.rooms[1].last_read_number], [replica.position, 201, 150]);
  equal([state.rooms[1].unread, state.rooms[1].first_unread], [50, 151]);
  equal(state.rooms[1].members.map(({ person }) => person), [1, 2]);
  equal([state.rooms[1].member_count, state.rooms[1].members_complete, state.wanted], [2, true, []]);
  equal([state.my_position, state.epoch, state.me.id], [it.server.mySeq.get(1), it.server.epoch, 1]);
}
