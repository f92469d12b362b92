import { equal, ok } from "./check.js";
import { opened, world } from "./store_world.js";

/** Room 1 on screen, its last 50 messages loaded, and nothing unread. */
async function reading() {
  const it = await world();
  it.server.read(1, 1, 200);
  await it.flow();
  const room = await opened(it, { id: 1 });
  const asked = () => it.asked.splice(0);
  it.asked = [];
  const line = it.WebSocket.opened;
  const { heard } = line;
  line.heard = (command) => {
    if (command.type === "messages") it.asked.push([command.around, command.limit]);
    return heard.call(line, command);
  };
  return { ...it, room, asked };
}

export async function what_stands_in_the_timeline_is_not_asked_for() {
  const it = await reading();
  equal(it.room.quotes.find(180).body, "message 180");
  await it.room.quotes.fetch(180);
  equal(it.asked(), []);
}

export async function what_does_not_is_fetched_once_and_alone() {
  const it = await reading();
  equal(it.room.quotes.find(20), undefined);
  const both = [it.room.quotes.fetch(20), it.room.quotes.fetch(20), it.room.quotes.fetch(21)];
  await it.flow();
  await Promise.all(both);
  await it.flow();
  equal([it.room.quotes.find(20).body, it.room.quotes.find(21).body], ["message 20", "message 21"]);
  equal(it.asked(), [[20, 1], [21, 1]]);
  equal([it.room.timeline.value.from, it.room.replica.windows.length], [151, 1], "the timeline stays as it is");
}

export async function it_follows_its_original() {
  const it = await reading();
  it.room.quotes.fetch(20);
  await it.flow();
  it.server.edit(1, 20, { body: "changed", edited_at: it.server.at() });
  await it.flow();
  equal(it.room.quotes.find(20).body, "changed");
  it.WebSocket.opened.cut();
  it.server.remove(1, 20);
  it.store.retryNow();
  await it.flow();
  ok(it.room.quotes.find(20).deleted_at, "after a resume, too");
}

export async function what_changes_while_it_is_on_its_way_is_not_lost() {
  const it = await reading();
  const line = it.WebSocket.opened;
  it.room.quotes.fetch(20);
  await Promise.resolve();
  // The page was read before the change and comes behind it.
  const page = it.server.page(1, { around: 20, limit: 1 });
  it.room.replica.pageAsked();
  it.server.edit(1, 20, { body: "newer", edited_at: it.server.at() });
  while (line.deliver()) await it.flow();
  ok(it.room.replica.quoteCame(it.room.replica.generation, page, 20));
  it.room.publish();
  equal(it.room.quotes.find(20).body, "newer");
}

export async function what_retention_took_is_no_more() {
  const it = await reading();
  it.room.quotes.fetch(20);
  await it.flow();
  it.server.retain(1, 100);
  await it.flow();
  equal([it.room.quotes.find(20), it.room.quotes.find(50)], [null, null]);
}

export async function after_a_reset_it_is_asked_for_anew() {
  const it = await reading();
  it.room.quotes.fetch(20);
  await it.flow();
  it.server.restore();
  it.store.retryNow();
  await it.flow();
  await it.clock.pass(3_000);
  await it.flow();
  equal(it.room.quotes.find(20), undefined);
  it.room.quotes.fetch(20);
  await it.flow();
  equal(it.room.quotes.find(20).body, "message 20");
}

export async function an_answer_says_what_it_answers_also_after_a_reload_without_a_line() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  room.writing.write("of course");
  room.writing.startAnswer(30);
  await it.store.flush();
  await it.store.stop();
  const next = await world({ storage: it.storage, server: it.server, start: false });
  await next.store.ready;
  next.WebSocket.opened?.cut();
  await next.flow();
  const again = await opened(next, { id: 1 });
  equal([again.writing.text.value, again.writing.answer.value], ["of course", 30]);
  again.post("of course", { answer: again.writing.answer.value });
  again.writing.write("");
  again.writing.endAnswer();
  next.store.retryNow();
  await next.flow();
  const { body, reply_to } = it.server.rooms.get(1).messages.get(201);
  equal([body, reply_to], ["of course", 30]);
  await next.store.flush();
  equal(await next.storage.drafts("7"), []);
}

export async function in_another_life_of_the_counters_a_number_is_another_message() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  it.WebSocket.opened.cut();
  room.post("of course", { answer: 30 });
  await it.clock.pass(1);
  it.server.restore();
  it.store.retryNow();
  await it.flow();
  await it.clock.pass(3_000);
  await it.flow();
  const last = [...it.server.rooms.get(1).messages.values()].at(-1);
  equal([last.body, "reply_to" in last], ["of course", false]);
}

export async function what_a_message_said_before() {
  const it = await reading();
  const room = it.room;
  room.post("fxied");
  await it.flow();
  ok(!room.mayCompare(room.timeline.value.messages.at(-1)), "it was never edited");
  room.edit(201, "fixed");
  await it.flow();
  const message = room.timeline.value.messages.at(-1);
  equal([message.versions, room.mayCompare(message)], [1, true]);
  const asked = room.acts.versions(201);
  await it.flow();
  equal((await asked).map(({ body }) => body), ["fxied"]);
  it.server.edit(1, 190, { body: "another's", edited_at: it.server.at() });
  await it.flow();
  const others = room.quotes.find(190);
  equal([others.versions, room.mayCompare(others)], [1, room.mayRemove(others)]);
}
