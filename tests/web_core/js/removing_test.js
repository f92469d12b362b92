import { REMOVES_AFTER_MILLISECONDS } from "/static/groupchat/store/removing.js";
import { equal, ok } from "./check.js";
import { opened, world } from "./store_world.js";

async function reading() {
  const it = await world();
  it.server.read(1, 1, 200);
  await it.flow();
  const room = await opened(it, { id: 1 });
  const { number } = it.server.post(1, 1, "mine", "mine-to-go");
  await it.flow();
  const shown = () => room.timeline.value.messages.find((message) => message.number === number);
  const stored = () => it.server.rooms.get(1).messages.get(number);
  return { ...it, room, number, shown, stored };
}

export async function it_is_gone_here_at_once_and_everywhere_later() {
  const it = await reading();
  const gone = it.room.removing.soon(it.number);
  equal([it.shown().body, Boolean(it.shown().deleted_at), it.stored().body], ["", true, "mine"]);
  await it.clock.pass(REMOVES_AFTER_MILLISECONDS);
  await it.flow();
  equal(await gone, true);
  equal([it.shown().body, Boolean(it.stored().deleted_at), it.room.removing.waiting.value.size], ["", true, 0]);
}

export async function it_can_be_taken_back() {
  const it = await reading();
  const gone = it.room.removing.soon(it.number);
  it.room.removing.keep(it.number);
  equal(await gone, false);
  equal(it.shown().body, "mine");
  await it.clock.pass(2 * REMOVES_AFTER_MILLISECONDS);
  await it.flow();
  equal(it.stored().body, "mine");
}

export async function with_the_page_it_goes_at_once() {
  const it = await reading();
  const gone = it.room.removing.soon(it.number);
  const flushed = it.store.flush();
  await it.flow();
  await flushed;
  equal([await gone, Boolean(it.stored().deleted_at)], [true, true]);
}

export async function what_is_refused_is_there_again() {
  const it = await reading();
  const gone = it.room.removing.soon(it.number);
  it.WebSocket.opened.cut();
  await it.clock.pass(REMOVES_AFTER_MILLISECONDS);
  const failure = await gone.then(() => null, (error) => error);
  ok(failure !== null);
  equal(it.shown().body, "mine");
}
