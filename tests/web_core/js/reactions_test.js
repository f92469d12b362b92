import { findEmoji, labelOf, quickOnes, toned, usedNow } from "/static/groupchat/lib/emoji.js";
import { knowingMine } from "/static/groupchat/lib/replica/windows.js";
import { equal, ok } from "./check.js";
import { opened, world } from "./store_world.js";

const LIST = {
  groups: [
    ["Smileys", [["😀", "grinning face", "happy smile"], ["👋", "waving hand", "bye hello", ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"]]]],
    ["Things", [["🎉", "party popper", "celebrate hooray tada"], ["🥳", "partying face", "celebrate party"], ["☕", "hot beverage", "café coffee"]]],
  ],
};

async function reading() {
  const it = await world();
  it.server.read(1, 1, 200);
  await it.flow();
  const room = await opened(it, { id: 1 });
  const message = () => room.timeline.value.messages.at(-1);
  const shown = () => room.reactionsOf(message()).map(({ emoji, count, mine }) => [emoji, count, mine]);
  return { ...it, room, message, shown };
}

export async function it_is_shown_at_once_and_counted_once() {
  const it = await reading();
  it.server.react(1, 200, 2, "🎉", true);
  await it.flow();
  equal(it.shown(), [["🎉", 1, false]]);
  const done = it.room.react(200, "🎉", true);
  equal(it.shown(), [["🎉", 2, true]], "before the server has spoken");
  await it.flow();
  await done;
  equal(it.shown(), [["🎉", 2, true]]);
  equal(it.room.reactionsOf(it.message())[0].people, [2, 1]);
  it.room.react(200, "🎉", false);
  it.room.react(200, "👀", true);
  equal(it.shown(), [["🎉", 1, false], ["👀", 1, true]]);
  await it.flow();
  equal(it.shown(), [["🎉", 1, false], ["👀", 1, true]]);
}

export async function what_is_refused_is_undone() {
  const it = await reading();
  it.WebSocket.opened.cut();
  let failure = null;
  const asked = it.room.react(200, "🎉", true).catch((error) => (failure = error));
  equal(it.shown(), [["🎉", 1, true]]);
  await it.flow();
  await asked;
  ok(failure !== null);
  equal(it.shown(), []);
}

export async function who_looks_in_joins_by_it() {
  const it = await world();
  const room = await opened(it, { id: 2 });
  ok(!room.replica.joined);
  const done = room.react(5, "🎉", true);
  await it.flow();
  await done;
  await it.flow();
  ok(room.replica.joined);
  equal(room.reactionsOf(room.timeline.value.messages.at(-1)).map(({ count, mine }) => [count, mine]), [[1, true]]);
}

/** A state of the message 200 in which person 1 is not among those who are named. */
function cut(it, { seq, count, mine = undefined }) {
  return { ...it.message(), seq, reactions: [{ emoji: "🎉", count, people: [2] }], ...(mine && { mine }) };
}

export async function among_those_who_are_not_named_one_knows_oneself() {
  const it = await reading();
  const { seq } = it.message();
  const told = cut(it, { seq: seq + 1, count: 9, mine: ["🎉"] });
  equal(it.room.reactionsOf(told)[0].mine, true);
  const live = knowingMine(cut(it, { seq: seq + 2, count: 10 }), told);
  equal([it.room.reactionsOf(live)[0].mine, live.mine_at], [true, seq + 1], "what all are told says nothing of it");
  const later = knowingMine(cut(it, { seq: seq + 3, count: 11 }), live);
  equal(later.mine_at, seq + 1);
  equal(knowingMine(cut(it, { seq: seq + 4, count: 12, mine: [] }), later).mine, []);
  const whole = { ...it.message(), seq: seq + 5, reactions: [{ emoji: "🎉", count: 1, people: [2] }] };
  equal(knowingMine(whole, later), whole, "where all are named there is nothing to know");
  equal(it.room.reactionsOf(cut(it, { seq: seq + 6, count: 9 }))[0].mine, false);
}

export async function what_was_done_here_since_counts() {
  const it = await reading();
  const done = it.room.react(200, "🎉", true);
  await it.flow();
  await done;
  const { seq } = it.message();
  const live = knowingMine(cut(it, { seq, count: 9 }), cut(it, { seq: seq - 1, count: 8, mine: [] }));
  equal(it.room.reactionsOf(live)[0], { emoji: "🎉", count: 9, people: [2], mine: true });
  equal(it.room.reactionsOf(cut(it, { seq: seq + 1, count: 8, mine: [] }))[0].mine, false, "on another device, later");
}

export function emoji_are_found_by_words() {
  const found = (text) => findEmoji(LIST, text).map(([emoji]) => emoji);
  equal(found("party"), ["🎉", "🥳"]);
  equal(found("party pop"), ["🎉"]);
  equal(found("celeb"), ["🎉", "🥳"]);
  equal(found("CAFE"), ["☕"]);
  equal(found(":tada:"), ["🎉"]);
  equal(found("🎉"), ["🎉"]);
  equal([found("  "), found("nothing")], [[], []]);
}

export function tones_labels_and_those_used_last() {
  const [, wave] = LIST.groups[0][1];
  equal([toned(wave, 0), toned(wave, 3), toned(LIST.groups[0][1][0], 3)], ["👋", "👋🏽", "😀"]);
  equal([labelOf(LIST, "👋🏿"), labelOf(LIST, "x")], ["waving hand", undefined]);
  equal(usedNow(["a", "b", "c"], "b", 3), ["b", "a", "c"]);
  equal(usedNow(["a", "b", "c"], "d", 3), ["d", "a", "b"]);
  equal(quickOnes(["🥳", "👍"]), ["🥳", "👍", "❤️", "😂", "🎉", "👀"]);
}
