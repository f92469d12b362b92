/** A store on a model of the server, and how a test moves it. */

import { memoryStorage } from "/static/groupchat/lib/storage.js";
import { leadAlone, noChannel } from "/static/groupchat/lib/tabs.js";
import { createStore } from "/static/groupchat/store/app.js";
import { settle } from "./check.js";
import { FakeClock, randomFrom } from "./fakes.js";
import { socketTo } from "./model_line.js";
import { ModelServer } from "./model_server.js";

/** A store whose line ends at the model; `more` are options that not every test needs. */
export function storeOn({ WebSocket, clock, random, storage = memoryStorage(), ...more }) {
  const { bytes: randomBytes } = random;
  return createStore({ url: "model", WebSocket, storage, lead: leadAlone(), channel: noChannel(), clock, random, randomBytes, ...more });
}

/** A server with a room of 200 messages, of which person 1 has read 150; its line delivers by itself. */
export async function world({ storage = memoryStorage(), server, person = 1, start = true } = {}) {
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
  const store = storeOn({ WebSocket, clock, random, storage, locale: "en", onErased: () => (erased.count += 1) });
  async function flow() {
    await settle();
    while (WebSocket.opened?.deliver()) await settle();
  }
  if (start) await flow();
  return { clock, server, store, storage, WebSocket, flow, erased };
}

export async function opened(it, where) {
  const opening = it.store.open(where);
  await it.flow();
  const room = await opening;
  await it.flow();
  return room;
}

export function shown(room) {
  const timeline = room.timeline.value;
  return timeline && [timeline.from, timeline.to, timeline.atStart, timeline.atEnd];
}
