import { ChatFailure } from "/static/groupchat/lib/failure.js";
import { createDrafts } from "/static/groupchat/lib/drafts.js";
import { createOutbox } from "/static/groupchat/lib/outbox.js";
import { memoryStorage, openDatabase } from "/static/groupchat/lib/storage.js";
import { channelBetweenTabs, leadAlone, leadByLocks, noChannel } from "/static/groupchat/lib/tabs.js";
import { equal, eventually, ok, rejects, settle } from "./check.js";
import { FakeClock, randomFrom } from "./fakes.js";

let names = 0;
const NAME = `outbox-test-${crypto.randomUUID()}`;

/** A server that takes messages, and refuses as told. */
function server() {
  const taken = [];
  const commands = [];
  let number = 0;
  const replies = [];
  return {
    taken,
    commands,
    /** What the next posts meet: a failure's code, or a function. */
    replies,
    send: async (command) => {
      commands.push(command);
      const reply = replies.shift();
      if (typeof reply === "function") await reply(command);
      else if (reply) throw reply;
      const had = taken.find(({ client_message_id }) => client_message_id === command.client_message_id);
      if (!had) taken.push(command);
      number += 1;
      return { room: command.room, number, seq: number, at: "", duplicate: Boolean(had) };
    },
  };
}

function outbox({ storage = memoryStorage(), clock = new FakeClock(), lead = leadAlone(), channel = noChannel(), send, epoch, most, seed = 1 } = {}) {
  const random = randomFrom(seed);
  const changes = { count: 0, erased: 0 };
  const box = createOutbox({ storage, lead, channel, clock, random, randomBytes: random.bytes, send, epoch, most, onChange: () => (changes.count += 1), onErased: () => (changes.erased += 1) });
  return Object.assign(box, { changes, storage, clock });
}

async function ready(options) {
  const box = outbox(options);
  await box.setOwner("7");
  box.setReady(true);
  await settle();
  return box;
}

function bodies(commands) {
  return commands.map(({ body }) => body);
}

function states(box) {
  return box.items().map(({ body, state }) => `${body} ${state}`);
}

export async function messages_go_out_in_the_order_of_writing_one_room_beside_the_other() {
  const { send, taken } = server();
  const box = await ready({ send });
  for (const body of ["a", "b", "c"]) {
    box.enqueue({ room: 1, body });
    box.enqueue({ room: 2, body: body.toUpperCase() });
  }
  equal(box.items().length, 6, "on screen at once");
  await settle();
  equal(bodies(taken.filter(({ room }) => room === 1)), ["a", "b", "c"]);
  equal(bodies(taken.filter(({ room }) => room === 2)), ["A", "B", "C"]);
  equal(box.items().every(({ state }) => state === "sent"), true);
  equal(box.count(), 0);
  equal(await box.storage.unsent("7"), []);
}

export async function what_was_written_offline_goes_out_after_a_reload() {
  const { send, taken } = server();
  const storage = memoryStorage();
  const before = outbox({ storage, send });
  await before.setOwner("7");
  const ids = [await before.enqueue({ room: 1, body: "a" }), await before.enqueue({ room: 1, body: "b" })];
  equal(taken, []);
  const after = await ready({ storage, send, seed: 2 });
  equal(bodies(taken), ["a", "b"]);
  equal(taken.map(({ client_message_id }) => client_message_id), ids, "with the ids of the first writing");
  equal(after.count(), 0);
}

export async function a_message_keeps_what_its_writer_had_seen() {
  const { send, taken } = server();
  const storage = memoryStorage();
  const before = outbox({ storage, send, epoch: () => "one" });
  await before.setOwner("7");
  await before.enqueue({ room: 1, body: "a", seen: 12 });
  await before.enqueue({ room: 2, body: "nothing", seen: 0 });
  await before.enqueue({ room: 3, body: "looked in" });
  const after = await ready({ storage, send, seed: 2, epoch: () => "one" });
  equal(taken.map(({ seen }) => seen), [12, 0, undefined]);
  after.setReady(false);
  await after.enqueue({ room: 1, body: "b", seen: 13 });
  await ready({ storage, send, seed: 3, epoch: () => "two" });
  equal([taken.at(-1).body, taken.at(-1).seen], ["b", undefined], "a number of another life");
}

export async function a_lost_reply_is_asked_for_again_with_the_same_id() {
  const { send, taken, commands, replies } = server();
  const box = await ready({ send });
  replies.push((command) => {
    taken.push(command); // it was written, and the answer was lost
    box.setReady(false);
    throw new ChatFailure("lost", "");
  });
  box.enqueue({ room: 1, body: "a" });
  await settle();
  equal(states(box), ["a waiting"]);
  box.setReady(true);
  await settle();
  equal(commands.length, 2);
  equal(taken.length, 1);
  equal(commands[0].client_message_id, commands[1].client_message_id);
}

export async function a_rate_limit_holds_the_rooms_queue_and_no_other() {
  const { send, commands, replies } = server();
  const box = await ready({ send });
  replies.push(new ChatFailure("rate_limited", "slow", { retryAfter: 2 }));
  box.enqueue({ room: 1, body: "a" });
  await settle();
  box.enqueue({ room: 1, body: "b" });
  box.enqueue({ room: 2, body: "other" });
  await settle();
  equal(bodies(commands), ["a", "other"]);
  equal(box.items().filter(({ state }) => state === "waiting").map(({ holdUntil }) => holdUntil), [box.clock.now() + 2000, box.clock.now() + 2000]);
  await box.clock.pass(1_999);
  equal(commands.length, 2);
  await box.clock.pass(2);
  equal(bodies(commands), ["a", "other", "a", "b"]);
}

export async function unavailable_is_tried_again_with_growing_delays() {
  const { send, commands, replies } = server();
  const box = await ready({ send });
  for (let count = 0; count < 4; count += 1) replies.push(new ChatFailure(count % 2 ? "timeout" : "unavailable", ""));
  box.enqueue({ room: 1, body: "a" });
  await settle();
  const times = [box.clock.now()];
  for (let count = 0; count < 4; count += 1) {
    const { length } = commands;
    while (commands.length === length) await box.clock.pass(50);
    times.push(box.clock.now());
  }
  const waits = times.slice(1).map((time, index) => time - times[index]);
  ok(waits[3] > waits[1] && waits[2] > waits[0], `${waits}`);
  equal(states(box), ["a sent"]);
}

export async function a_refused_message_steps_aside_and_the_next_goes_on() {
  const { send, taken, replies } = server();
  const box = await ready({ send });
  for (const code of ["invalid", "forbidden", "too_long", "not_found", "limit_reached"]) replies.push(new ChatFailure(code, `is ${code}`, { why: "reader" }));
  const ids = [];
  for (const body of ["a", "b", "c", "d", "e", "f"]) ids.push(await box.enqueue({ room: 1, body }));
  await settle();
  equal(bodies(taken), ["f"]);
  equal(box.items().map(({ state, error }) => error?.code ?? state), ["invalid", "forbidden", "too_long", "not_found", "limit_reached", "sent"]);
  equal(box.count(), 5, "the refused are unsent");
  await box.retry(ids[0]);
  equal(await box.discard(ids[1]), true);
  await settle();
  equal(bodies(taken), ["f", "a"]);
  const reloaded = await ready({ storage: box.storage, send, seed: 2 });
  equal(states(reloaded), ["c failed", "d failed", "e failed"], "the reasons outlive a reload");
  equal(reloaded.items()[0].error, { code: "too_long", message: "is too_long", field: null, why: "reader" });
}

export async function signing_in_or_a_new_version_is_waited_for() {
  for (const code of ["unauthenticated", "wrong_version"]) {
    const { send, commands, replies } = server();
    const box = await ready({ send });
    replies.push(new ChatFailure(code, ""));
    box.enqueue({ room: 1, body: "a" });
    box.enqueue({ room: 2, body: "b" });
    await settle();
    await box.clock.pass(3_600_000);
    const { length } = commands;
    ok(length <= 2, "not again on this connection");
    equal(box.items().filter(({ state }) => state === "failed"), []);
    box.setReady(false);
    box.setReady(true);
    await settle();
    equal(box.count(), 0);
  }
}

export async function the_push_clears_it_as_well_as_the_reply() {
  const { send, replies, taken } = server();
  const box = await ready({ send });
  let answer;
  replies.push(() => new Promise((resolve) => (answer = resolve)));
  const id = await box.enqueue({ room: 1, body: "a" });
  await settle();
  box.acknowledged(id, { number: 1, seq: 5 });
  equal(states(box), ["a sent"]);
  await settle();
  equal(await box.storage.unsent("7"), []);
  box.settled(id);
  equal(box.items(), []);
  answer();
  await settle();
  equal(box.items(), [], "the late reply brings nothing back");
  equal(taken.length, 1);
}

export async function a_slow_look_into_the_storage_brings_nothing_back() {
  const { send } = server();
  const storage = memoryStorage();
  let hear;
  const channel = { post() {}, listen: (listener) => (hear = listener), close() {} };
  const box = await ready({ send, storage, channel });
  const id = await box.enqueue({ room: 1, body: "a" });
  await settle();
  const old = [{ ...box.items()[0], state: "waiting" }];
  storage.unsent = async () => old;
  box.settled(id);
  hear({ type: "changed", owner: "7" });
  await settle();
  equal(box.items(), []);
}

export async function an_outbox_belongs_to_one_person() {
  const { send, taken } = server();
  const storage = memoryStorage();
  const ada = outbox({ storage, send });
  await ada.setOwner("7");
  await ada.enqueue({ room: 1, body: "ada's" });
  const grace = outbox({ storage, send, seed: 2 });
  await grace.setOwner("9");
  grace.setReady(true);
  await settle();
  equal([taken, grace.items()], [[], []]);
  await grace.setOwner("7");
  await settle();
  equal(bodies(taken), ["ada's"]);
}

export async function a_guest_who_becomes_a_person_keeps_what_was_written() {
  const { send, taken } = server();
  const box = outbox({ send });
  await box.setOwner("guest");
  await box.enqueue({ room: 1, body: "a" });
  await box.setOwner("12", { adopt: "guest" });
  equal((await box.storage.unsent("12")).length, 1);
  box.setReady(true);
  await settle();
  equal(bodies(taken), ["a"]);
}

export async function the_outbox_is_bounded_and_says_so() {
  const { send } = server();
  const box = outbox({ send, most: 2 });
  await rejects(box.enqueue({ room: 1, body: "x" }), "offline");
  await box.setOwner("7");
  await box.enqueue({ room: 1, body: "a" });
  await box.enqueue({ room: 1, body: "b" });
  await rejects(box.enqueue({ room: 1, body: "c" }), "outbox_full");
  equal(states(box), ["a waiting", "b waiting"]);
}

export async function a_full_disk_refuses_the_message_and_keeps_the_rest() {
  const { send } = server();
  const storage = memoryStorage();
  const box = outbox({ send, storage });
  await box.setOwner("7");
  await box.enqueue({ room: 1, body: "a" });
  storage.addUnsent = () => Promise.reject(new DOMException("no space", "QuotaExceededError"));
  await rejects(box.enqueue({ room: 1, body: "b" }), "outbox_full");
  equal(states(box), ["a waiting"]);
}

// --- with the browser's own database, locks and channels -------------------------------------------------------

async function tab(name, send, { storage } = {}) {
  const own = storage ?? (await openDatabase(name));
  const box = outbox({ storage: own, send, lead: leadByLocks(navigator.locks, name), channel: channelBetweenTabs(BroadcastChannel, name), seed: ++names });
  await box.setOwner("7");
  return box;
}

export async function one_of_two_tabs_sends_for_both() {
  const name = `${NAME}-${++names}`;
  const one = server();
  const two = server();
  const first = await tab(name, one.send);
  const second = await tab(name, two.send);
  first.setReady(true);
  await eventually(async () => (await navigator.locks.query()).held.some((lock) => lock.name === `${name} outbox 7`), "the lead");
  second.setReady(true);
  await second.enqueue({ room: 1, body: "a" });
  await first.enqueue({ room: 1, body: "b" });
  await second.enqueue({ room: 1, body: "c" });
  await eventually(() => one.taken.length === 3, "the first tab sends all three");
  equal(bodies(one.taken), ["a", "b", "c"]);
  equal(two.taken, []);
  await eventually(() => second.items().length > 0 && second.items().every(({ state }) => state === "sent"), "the second tab hears of it");
  // The leading tab loses its line: the other one takes over.
  first.setReady(false);
  await first.enqueue({ room: 1, body: "d" });
  await eventually(() => two.taken.length === 1, "the second tab leads now");
  equal(bodies(two.taken), ["d"]);
  await eventually(() => first.items().every(({ state }) => state === "sent"), "the first tab hears of it");
  await eventually(async () => (await first.storage.unsent("7")).length === 0, "gone from the database");
  second.setReady(false);
}

export async function both_tabs_show_what_is_written_and_refused_in_either() {
  const name = `${NAME}-${++names}`;
  const { send, replies } = server();
  const first = await tab(name, send);
  const second = await tab(name, send);
  const id = await second.enqueue({ room: 1, body: "a" });
  await eventually(() => states(first).join() === "a waiting", "the other tab shows it");
  replies.push(new ChatFailure("forbidden", "no"));
  first.setReady(true);
  await eventually(() => states(second).join() === "a failed", "and its refusal");
  await second.retry(id);
  await eventually(() => states(second).join() === "a sent", "retried here, sent there");
  first.setReady(false);
  await first.enqueue({ room: 1, body: "b" });
  const other = await first.enqueue({ room: 1, body: "c" });
  await eventually(() => states(second).length === 3, "written there");
  await second.discard(other);
  await eventually(() => states(first).join() === "a sent,b waiting", "discarded here");
}

export async function signing_out_empties_all_tabs() {
  const name = `${NAME}-${++names}`;
  const { send } = server();
  const first = await tab(name, send);
  const second = await tab(name, send);
  await second.enqueue({ room: 1, body: "a" });
  await first.storage.putDraft("7", 1, { text: "draft", edit: null, answer: null });
  await first.storage.keep("page", { some: "thing" });
  await eventually(() => first.count() === 1, "both show it");
  first.forgetAll();
  await first.written();
  await first.storage.erase();
  await eventually(() => second.changes.erased === 1, "the other tab is told");
  equal(first.items(), []);
  equal([await first.storage.unsent("7"), await first.storage.drafts("7"), await first.storage.kept("page")], [[], [], undefined]);
}

export async function the_order_of_writing_survives_the_database() {
  const name = `${NAME}-${++names}`;
  const { send, taken } = server();
  const box = await tab(name, send);
  const wanted = Array.from({ length: 60 }, (_, index) => `message ${index}`);
  await Promise.all(wanted.map((body) => box.enqueue({ room: 1, body })));
  box.storage.close();
  const reloaded = await tab(name, send);
  equal(reloaded.items().map(({ body }) => body), wanted);
  reloaded.setReady(true);
  await eventually(() => taken.length === 60, "all are sent");
  equal(bodies(taken), wanted);
  await eventually(async () => (await reloaded.storage.unsent("7")).length === 0, "and gone from the database");
  reloaded.setReady(false);
}

export async function drafts_survive_a_reload_by_person_and_room() {
  const name = `${NAME}-${++names}`;
  const clock = new FakeClock();
  const storage = await openDatabase(name);
  const drafts = createDrafts({ storage, clock });
  await drafts.setOwner("7");
  drafts.set(1, { text: "ha" });
  drafts.set(1, { text: "half a sentence" });
  drafts.set(2, { text: "gone" });
  drafts.set(2, { text: "" });
  equal(await storage.drafts("7"), [], "not at every key");
  await clock.pass(400);
  await eventually(async () => (await storage.drafts("7")).length === 1, "written");
  drafts.set(3, { text: "unwritten yet" });
  await drafts.flush();
  const later = createDrafts({ storage, clock });
  equal((await later.setOwner("7")).sort(), [1, 3]);
  equal([later.get(1).text, later.get(2).text, later.get(3).text], ["half a sentence", "", "unwritten yet"]);
  await later.setOwner("9");
  equal(later.get(1), { text: "", edit: null, answer: null });
}

export async function an_open_edit_is_kept_beside_the_draft() {
  const name = `${NAME}-${++names}`;
  const storage = await openDatabase(name);
  const drafts = createDrafts({ storage, clock: new FakeClock() });
  await drafts.setOwner("7");
  const edit = { number: 3, seq: 9, body: "as it was", text: "as it is to be" };
  drafts.set(1, { edit });
  drafts.set(2, { text: "a draft", edit });
  drafts.set(2, { edit: null });
  await drafts.flush();
  const later = createDrafts({ storage, clock: new FakeClock() });
  await later.setOwner("7");
  equal([later.get(1), later.get(2)], [{ text: "", edit, answer: null, base: "" }, { text: "a draft", edit: null, answer: null, base: "" }]);
}
