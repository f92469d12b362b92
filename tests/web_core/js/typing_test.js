import { TYPING_AGAIN_MILLISECONDS, TYPING_EVERY_MILLISECONDS, TYPING_LASTS_MILLISECONDS } from "/static/groupchat/store/typing.js";
import { equal } from "./check.js";
import { opened, world } from "./store_world.js";

/** A room of persons 1 (whose store this is), 2 and 3, and what is told of typing. */
async function playing() {
  const it = await world();
  const room = await opened(it, { id: 1 });
  const line = it.WebSocket.opened;
  const told = [];
  const { heard } = line;
  line.heard = (command) => {
    if (command.type === "typing") told.push(command.room);
    return heard.call(line, command);
  };
  async function types(person) {
    line.push({ type: "typing", room: 1, person });
    await it.flow();
  }
  return { ...it, room, line, told, types };
}

export async function who_types_is_shown_for_some_seconds_in_the_order_of_beginning() {
  const it = await playing();
  await it.types(3);
  await it.clock.pass(1_000);
  await it.types(2);
  equal(it.room.typing.people.value, [3, 2]);
  await it.clock.pass(TYPING_LASTS_MILLISECONDS - 1_500);
  await it.types(3);
  await it.clock.pass(1_600);
  equal(it.room.typing.people.value, [3], "who goes on stays");
  await it.clock.pass(TYPING_LASTS_MILLISECONDS);
  equal(it.room.typing.people.value, []);
}

export async function with_the_message_it_ends_and_with_a_change_of_an_old_one_it_goes_on() {
  const it = await playing();
  await it.types(2);
  it.server.edit(1, 200, { body: "changed", edited_at: it.server.at() });
  await it.flow();
  equal(it.room.typing.people.value, [2]);
  it.server.post(1, 2, "here", "here");
  await it.flow();
  equal(it.room.typing.people.value, []);
}

export async function of_oneself_one_is_not_told() {
  const it = await playing();
  await it.types(1);
  equal(it.room.typing.people.value, []);
}

export async function without_a_connection_nobody_types() {
  const it = await playing();
  await it.types(2);
  it.line.cut();
  equal(it.room.typing.people.value, []);
  it.room.writes(); // and this harms nothing
  await it.flow();
}

export async function a_room_that_was_left_knows_of_nobody() {
  const it = await playing();
  await it.types(2);
  it.server.setMember(1, 1, "kicked");
  await it.flow();
  equal([it.room.gone.value, it.room.typing.people.value], ["kicked", []]);
}

export async function one_says_it_with_the_first_character_and_then_once_in_a_while() {
  const it = await playing();
  for (let key = 0; key < 5; key += 1) it.room.writes();
  equal(it.told, [1]);
  await it.clock.pass(TYPING_EVERY_MILLISECONDS - 1);
  it.room.writes();
  equal(it.told, [1]);
  await it.clock.pass(1);
  it.room.writes();
  equal(it.told, [1, 1]);
  it.room.post("sent");
  await it.flow();
  it.room.writes();
  equal(it.told, [1, 1], "the server would not take it");
  await it.clock.pass(TYPING_AGAIN_MILLISECONDS);
  it.room.writes();
  equal(it.told, [1, 1, 1], "another message is on its way");
}

export async function who_only_looks_in_does_not_say_it() {
  const it = await playing();
  const other = await opened(it, { id: 2 });
  other.writes();
  equal(it.told, []);
}
