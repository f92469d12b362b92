import { memoryStorage } from "/static/groupchat/lib/storage.js";
import { TELL_AFTER_MILLISECONDS, WRITES_FOR_MILLISECONDS } from "/static/groupchat/store/shared-draft.js";
import { equal } from "./check.js";
import { opened, world } from "./store_world.js";

/** Two devices of person 1, and what the server keeps for them. */
async function devices({ storage = memoryStorage() } = {}) {
  const phone = await world();
  const desk = await world({ server: phone.server, storage });
  return { phone: await device(phone), desk: await device(desk), server: phone.server };
}

async function device(it) {
  const room = await opened(it, { id: 1 });
  return { ...it, room, text: () => room.writing.text.value };
}

async function pass(milliseconds, ...all) {
  for (const one of all) await one.clock.pass(milliseconds);
  for (const one of [...all, ...all]) await one.flow();
}

const kept = (server) => server.memberships.get("1 1").draft ?? "";

export async function what_is_written_on_one_device_stands_on_the_other_and_goes_when_it_is_sent() {
  const { phone, desk, server } = await devices();
  phone.room.writing.write("not y");
  phone.room.writing.write("not yet");
  await pass(TELL_AFTER_MILLISECONDS - 1, phone, desk);
  equal([kept(server), desk.text()], ["", ""], "not with every letter");
  await pass(1, phone, desk);
  equal([kept(server), desk.text(), desk.room.writing.replaced.value], ["not yet", "not yet", 1]);
  await desk.clock.pass(1_000);
  await desk.flow();
  equal(await desk.storage.drafts("1"), [{ owner: "1", room: 1, text: "not yet", edit: null, answer: null, base: "not yet" }]);
  phone.room.writing.write("");
  await pass(0, phone, desk);
  equal([kept(server), desk.text()], ["", ""]);
}

export async function sent_while_it_is_being_told_it_does_not_come_back() {
  const { phone, desk, server } = await devices();
  phone.room.writing.write("not yet");
  await phone.clock.pass(TELL_AFTER_MILLISECONDS);
  phone.room.writing.write("");
  await pass(0, phone, desk);
  equal([kept(server), phone.text(), desk.text()], ["", "", ""]);
}

export async function where_somebody_has_written_nothing_is_overwritten() {
  const { phone, desk, server } = await devices();
  desk.room.writing.write("mine");
  phone.room.writing.write("another");
  await pass(TELL_AFTER_MILLISECONDS, phone);
  await desk.flow();
  equal([desk.text(), kept(server)], ["mine", "another"]);
  await pass(TELL_AFTER_MILLISECONDS + WRITES_FOR_MILLISECONDS, desk, phone);
  equal([desk.text(), kept(server), phone.text()], ["mine", "another", "another"], "each stands where it was written");
  phone.room.writing.write("");
  await pass(0, phone, desk);
  await pass(TELL_AFTER_MILLISECONDS, desk, phone);
  equal([desk.text(), kept(server), phone.text()], ["mine", "mine", "mine"], "now there is nothing that it could erase");
}

export async function a_device_that_comes_back_erases_nothing_newer() {
  const { phone, desk, server } = await devices();
  phone.room.writing.write("old idea");
  await pass(TELL_AFTER_MILLISECONDS, phone, desk);
  desk.WebSocket.opened.cut();
  await desk.flow();
  desk.room.writing.write("old idea, and more");
  await desk.clock.pass(TELL_AFTER_MILLISECONDS);
  phone.room.writing.write("a long new text of today");
  await pass(TELL_AFTER_MILLISECONDS, phone);
  await pass(60_000, desk, phone);
  desk.room.writing.write("old idea, and more!");
  await pass(TELL_AFTER_MILLISECONDS + WRITES_FOR_MILLISECONDS, desk, phone);
  equal([desk.text(), kept(server), phone.text()], ["old idea, and more!", "a long new text of today", "a long new text of today"]);
  desk.room.writing.write("");
  await pass(0, desk, phone);
  equal([desk.text(), kept(server)], ["", "a long new text of today"], "nothing comes under hands that may go on");
  await pass(WRITES_FOR_MILLISECONDS, desk, phone);
  equal([desk.text(), kept(server), phone.text()], Array(3).fill("a long new text of today"));
}

export async function what_was_written_before_the_changes_of_a_new_connection_are_here_waits_for_them() {
  const { phone, desk, server } = await devices();
  desk.WebSocket.opened.cut();
  await desk.flow();
  phone.room.writing.write("of today");
  await pass(TELL_AFTER_MILLISECONDS, phone);
  desk.room.writing.write("x");
  await desk.clock.pass(TELL_AFTER_MILLISECONDS);
  await pass(60_000, desk, phone);
  equal([desk.text(), kept(server), phone.text()], ["x", "of today", "of today"]);
}

export async function sent_after_the_connection_ended_over_its_telling_it_does_not_come_back() {
  const { phone, desk, server } = await devices();
  phone.room.writing.write("hello");
  await phone.clock.pass(TELL_AFTER_MILLISECONDS);
  phone.WebSocket.opened.cut(); // it stands on the server, and neither answer nor push has come
  await phone.flow();
  equal([kept(server), phone.room.writing.base], ["hello", ""]);
  phone.room.writing.write("");
  await pass(60_000, phone, desk);
  equal([kept(server), phone.text(), desk.text()], ["", "", ""]);
}

export async function what_is_refused_stays_here_in_silence() {
  const { phone, desk, server } = await devices();
  const { command } = phone.room.writing.draft;
  phone.room.writing.draft.command = () => Promise.reject({ code: "limit_reached" });
  phone.room.writing.write("too much");
  await pass(TELL_AFTER_MILLISECONDS, phone, desk);
  equal([phone.text(), kept(server), desk.text()], ["too much", "", ""]);
  phone.room.writing.draft.command = command;
  phone.room.writing.write("less");
  await pass(TELL_AFTER_MILLISECONDS, phone, desk);
  equal([phone.text(), kept(server), desk.text()], ["less", "less", "less"]);
}

export async function what_was_written_without_a_connection_is_told_with_the_next_one() {
  const { phone, desk, server } = await devices();
  phone.WebSocket.opened.cut();
  await phone.flow();
  phone.room.writing.write("offline");
  await phone.clock.pass(TELL_AFTER_MILLISECONDS);
  await pass(60_000, phone, desk);
  await pass(TELL_AFTER_MILLISECONDS, phone, desk);
  equal([kept(server), desk.text()], ["offline", "offline"]);
}

export async function after_a_reload_the_newer_one_stands_there_and_ones_own_is_not_lost() {
  const storage = memoryStorage();
  const { phone, desk, server } = await devices({ storage });
  phone.room.writing.write("first");
  await pass(TELL_AFTER_MILLISECONDS, phone, desk);
  await desk.store.stop();
  phone.room.writing.write("second");
  await pass(TELL_AFTER_MILLISECONDS, phone);
  const again = await device(await world({ server, storage }));
  equal(again.text(), "second", "it was untouched here");
  again.room.writing.write("mine");
  await again.store.stop();
  const once = await device(await world({ server, storage }));
  equal([once.text(), kept(server)], ["mine", "second"]);
  await pass(TELL_AFTER_MILLISECONDS, once);
  equal(kept(server), "mine");
}
