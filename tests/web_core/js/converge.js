/** Random lives of a few clients on a bad line; at the end each must know exactly what the server knows. */

import { memoryStorage } from "/static/groupchat/lib/storage.js";
import { equal, ok, settle } from "./check.js";
import { FakeClock, randomFrom } from "./fakes.js";
import { socketTo } from "./model_line.js";
import { ModelServer } from "./model_server.js";
import { storeOn } from "./store_world.js";

const FAULTS = { drop: 0.1, double: 0.15, late: 0.3, reorder: 0.3, refuse: 0.05 };
const ROOMS = [1, 2, 3, 4];
const PEOPLE = [1, 2, 3];

/** One device of a person: its store, over reloads. */
class Device {
  constructor(world, person) {
    Object.assign(this, { world, person, storage: memoryStorage(), written: [], open: null });
    this.begin();
  }

  begin() {
    const { server, clock, random } = this.world;
    this.WebSocket = socketTo(server, this.person);
    this.store = storeOn({ WebSocket: this.WebSocket, clock, random, storage: this.storage, locale: "en" });
  }

  async reload() {
    await this.store.flush();
    await this.store.stop();
    this.WebSocket.opened?.cut();
    this.open = null;
    this.begin();
    await settle();
  }
}

export async function live({ seed, steps = 120, restores = true }) {
  const random = randomFrom(seed);
  const clock = new FakeClock();
  const server = new ModelServer({ now: clock.now, random });
  const world = { server, clock, random };
  for (const person of PEOPLE) server.addPerson(person);
  for (const id of ROOMS) server.createRoom(id, PEOPLE[id % PEOPLE.length], { kind: id === 4 ? "private" : "public" });
  server.setMember(4, 1, "joined");
  for (let count = 0; count < 120; count += 1) server.post(random.pick(ROOMS.slice(0, 3)), 3, `old ${count}`, `old${count}`);

  // Two devices of one person, one of another; the third person acts at the server.
  const devices = [new Device(world, 1), new Device(world, 1), new Device(world, 2)];
  world.devices = devices;
  await settle();
  for (let step = 0; step < steps; step += 1) {
    server.faults = FAULTS;
    if (restores && random.chance(0.01)) server.restore();
    else if (random.chance(0.25)) actAtServer(world, step);
    else await actOnDevice(world, random.pick(devices), step);
    for (let count = random.below(16); count > 0; count -= 1) {
      random.pick(devices).WebSocket.opened?.deliver();
      await settle(); // a browser runs what a frame started before it hands over the next one
    }
    await settle();
    if (random.chance(0.3)) await clock.pass(random.below(3_000));
    for (const device of devices) checkAlways(device);
  }
  await comeToRest(world, devices);
  for (const device of devices) checkEnd(world, device);
  checkOnce(world, devices);
  return { messages: ROOMS.map((id) => server.rooms.get(id).lastNumber), written: devices.map(({ written }) => written.length) };
}

function actAtServer({ server, random, devices }, step) {
  // Half of it where a page is on the way: that is where something could get lost.
  const awaited = devices.flatMap(({ store }) => [...store.inspect().rooms.values()].filter((room) => room.pagesOnTheWay > 0));
  const id = awaited.length && random.chance(0.5) ? random.pick(awaited).id : random.pick(ROOMS);
  const room = server.rooms.get(id);
  const first = room.info.first_number;
  // Mostly where people look, so that what arrives meets what is loaded.
  const recent = Math.max(first, room.lastNumber - random.below(6));
  const number = random.chance(0.7) ? recent : first + random.below(Math.max(1, room.lastNumber - first + 1));
  const person = random.pick(PEOPLE);
  random.pick([
    () => server.post(room.id, 3, `at the server ${step}`, `s${step}`),
    () => server.post(room.id, 3, `at the server ${step}`, `s${step}`),
    () => {
      for (let count = 0; count < 30; count += 1) server.post(room.id, 3, `burst ${step} ${count}`, `b${step}-${count}`);
    },
    () => server.edit(room.id, number, { body: `edited ${step}`, edited_at: server.at() }),
    () => server.edit(room.id, number, { body: `edited ${step}`, edited_at: server.at() }),
    () => server.edit(room.id, number, { body: `edited ${step}`, edited_at: server.at() }),
    () => server.remove(room.id, number),
    () => server.setInfo(room.id, 3, random.pick(["renamed", "topic"]), `text ${step}`),
    () => server.setMember(room.id, person, random.pick(["joined", "left", "kicked"])),
    () => server.retain(room.id, Math.min(number, first + 10)),
    () => server.setHistory(room.id, random.pick(["all", "joined"])),
    () => server.read(room.id, person, number),
    () => server.memberships.get(`${person} ${room.id}`)?.state === "joined" && server.readAhead(room.id, person, [[number, number]]),
    () => server.memberships.get(`${person} ${room.id}`)?.state === "joined" && server.markUnread(room.id, person, number - 1),
    () => server.post(room.id, 3, `an answer ${step}`, `a${step}`, null, number),
    () => server.rename(person, `name ${step}`),
  ])();
}

async function actOnDevice({ random, clock }, device, step) {
  const { store } = device;
  const room = device.open;
  const ignore = () => {};
  const inRoom = [
    () => room.loadBefore().catch(ignore),
    () => room.loadBefore().catch(ignore),
    () => room.loadAfter().catch(ignore),
    () => room.loadAround(1 + random.below(room.lastNumber.value + 2)).catch(ignore),
    () => room.loadNewest().catch(ignore),
    () => {
      const shown = room.timeline.value;
      if (shown && shown.to > shown.from) room.keepOnly(shown.from + random.below(shown.to - shown.from), shown.to - random.below(2));
    },
    () => room.loadMembers().catch(ignore),
    () => write(device, room, step),
    () => write(device, room, step),
    () => write(device, room, step),
    () => room.quotes.fetch(1 + random.below(room.lastNumber.value || 1)),
    () => room.markRead(room.timeline.value?.to ?? 0),
    () => room.markNewMessages(),
    () => room.reading.beyond([1, 2].map(() => 1 + random.below(room.lastNumber.value || 1))),
    () => room.markUnread(1 + random.below(room.lastNumber.value || 1)).catch(ignore),
    () => room.reading.letGo(),
    () => room.threads.show(1 + random.below(room.lastNumber.value || 1)).catch(ignore),
    () => room.threads.loadBefore().catch(ignore),
    () => room.threads.hide(),
    () => {
      const mine = room.timeline.value?.messages.findLast((message) => room.mayEdit(message));
      if (mine) random.pick([() => room.edit(mine.number, `mine edited ${step}`), () => room.remove(mine.number)])().catch(ignore);
    },
    () => room.configure({ topic: `topic ${step}` }).catch(ignore),
    () => room.join().catch(ignore),
    () => room.leave().catch(ignore),
    () => {
      store.close(room);
      device.open = device.wanted = null;
    },
  ];
  const anywhere = [
    () => {
      const wanted = random.pick(ROOMS);
      const around = random.chance(0.3) ? 1 + random.below(80) : undefined;
      const where = random.chance(0.5) ? { id: wanted } : { slug: `room-${wanted}` };
      if (device.open) store.close(device.open);
      device.open = null;
      device.wanted = wanted;
      store.open({ ...where, around }).then((opened) => {
        if (device.wanted === opened.id) device.open = opened;
        else if (device.open !== opened) store.close(opened);
      }, ignore);
    },
    () => device.WebSocket.opened?.cut(random.pick([1006, 1012, 4200, 4102])),
    () => ({ local: clock.pass(random.below(40_000)) }),
    () => store.wake(),
    () => (random.chance(0.3) ? { local: device.reload() } : undefined),
  ];
  const done = random.pick(room && random.chance(0.85) ? inRoom : anywhere)();
  // What waits for the server must not be waited for here: the line is moved by hand.
  if (done?.local) await done.local;
}

function write(device, room, step) {
  const bad = device.world.random.chance(0.1);
  const body = `${bad ? "refuse" : "written"} ${device.world.random.below(1e9)} ${step}`;
  const answer = device.world.random.chance(0.3) && room.lastNumber.value ? 1 + device.world.random.below(room.lastNumber.value) : null;
  const kept = room.post(body, { answer });
  if (!bad) device.written.push({ room: room.id, body, person: device.person });
  kept.catch(() => device.written.splice(device.written.findIndex((other) => other.body === body), 1));
}

/** No more faults: everything that was sent arrives, everyone is connected, the sweep has been everywhere. */
async function comeToRest({ server, clock }, devices) {
  server.faults = { drop: 0, double: 0, late: 0, reorder: 0, refuse: 0 };
  for (let round = 0; round < 60; round += 1) {
    let moved = false;
    if (round % 10 === 5) server.sweep();
    for (const device of devices) {
      let delivered = 0;
      while (device.WebSocket.opened?.deliver()) {
        if (++delivered > 2_000) throw new Error(`no rest: ${JSON.stringify(device.WebSocket.opened.queue.slice(0, 3))}`);
        moved = true;
        await settle();
      }
      if (device.store.connection.value.state === "offline") device.store.retryNow();
    }
    await settle();
    if (!moved) await clock.pass(3_000);
  }
}

/** What must be true at any moment: no hole, no overlap, nothing negative. */
function checkAlways(device) {
  for (const room of device.store.inspect().rooms.values()) {
    let end = -1;
    for (const window of room.windows) {
      ok(window.from > end + 1 || end === -1, `room ${room.id}: windows touch`);
      equal(window.messages.map(({ number }) => number), range(window.from, window.to), `room ${room.id}: numbers`);
      ok(window.to <= room.lastNumber, `room ${room.id}: behind the last number`);
      end = window.to;
    }
    ok(room.unread >= 0, "unread");
  }
}

function checkEnd({ server }, device) {
  const { store, person } = device;
  const replica = device.store.inspect();
  const where = `device of ${person}`;
  equal(store.connection.value.state, "caught_up", where);
  equal(replica.position, server.mySeq.get(person), `${where}: own position`);
  const joined = server.membershipsOf(person).filter(({ state }) => state === "joined");
  const known = JSON.stringify([...replica.rooms.values()].map(({ id, info, membership, gone, subscribed }) => [id, info?.seq, membership, gone, subscribed]));
  equal(store.rooms.value.map(({ id }) => id).sort(), joined.map(({ room }) => room).sort(), `${where}: rooms ${known}`);
  for (const [id, known] of replica.people) equal(known, server.people.get(id), `${where}: person ${id}`);
  for (const room of replica.rooms.values()) {
    if (room.subscribed) checkRoom(server, room, `${where}, room ${room.id}`, device);
  }
  if (device.open && device.open.gone.value === null) {
    const { focus, failure, loading } = device.open.history;
    const state = JSON.stringify([focus.value, failure.value?.code, loading.value, device.open.replica.windows.length]);
    ok(device.open.timeline.value, `${where}: room ${device.open.id} is open and shows nothing: ${state}`);
  }
  equal(store.unsent.value, device.store.inspect().outbox.filter(({ state }) => state === "failed").length, `${where}: unsent but the refused`);
}

function checkRoom(server, room, where, device) {
  const { person } = device;
  const truth = server.rooms.get(room.id);
  const first = Math.max(truth.info.first_number, server.floorOf(room.id, device.WebSocket.opened));
  equal(room.position, truth.seq, `${where}: position`);
  equal(room.info, truth.info, `${where}: info`);
  equal([room.lastNumber, room.firstNumber], [truth.lastNumber, first], `${where}: numbers`);
  ok(room.windows.every((window) => window.from >= first), `${where}: nothing below ${first}`);
  const mine = server.memberships.get(`${person} ${room.id}`);
  if (mine?.state === "joined") {
    const unread = server.unread(room.id, person);
    equal([room.unread, room.firstUnread], [unread.length, unread[0] ?? null], `${where}: unread`);
  }
  for (const window of room.windows) {
    const what = `${where}, window ${window.from} to ${window.to}`;
    equal(window.messages, range(window.from, window.to).map((number) => truth.messages.get(number)), what);
    const notices = [...truth.notices.values()].filter(
      ({ after }) => (window.from <= after && after <= window.to) || (after === 0 && window.from === 1),
    );
    equal(byPlace(window.notices), byPlace(notices), `${what}: notices`);
    if (window.live) equal(window.to, truth.lastNumber, `${what}: live`);
  }
  for (const [number, message] of room.quoted) {
    if (number >= room.firstNumber) equal(message, truth.messages.get(number) ?? null, `${where}: message ${number}, which another answers`);
  }
  if (room.thread?.loaded) {
    const { root, message, messages, more } = room.thread;
    const all = server.answers(truth, root).filter(({ number }) => number >= first);
    equal(messages, more ? all.slice(-messages.length) : all, `${where}: thread ${root}`);
    equal(message, root >= first ? truth.messages.get(root) : null, `${where}: root ${root}`);
  }
  if (room.members === null) return;
  for (const member of room.members.values()) equal(member, truth.members.get(member.person), `${where}: member`);
  const joined = [...truth.members.values()].filter(({ state }) => state === "joined");
  if (room.membersComplete) equal(room.joinedCount, joined.length, `${where}: count of members`);
}

/** Each message that was written is there once, and each device's in the order of writing. */
function checkOnce({ server }, devices) {
  for (const device of devices) {
    for (const id of ROOMS) {
      const truth = server.rooms.get(id);
      const numbers = device.written
        .filter(({ room }) => room === id)
        .map(({ body, person }) => {
          const found = [...truth.posted].filter(([key]) => key.startsWith(`${person} `) && truth.bodies?.get(key) === body);
          return found.map(([, { number }]) => number);
        });
      for (const found of numbers) ok(found.length <= 1, `room ${id}: sent more than once`);
      const sent = numbers.flat();
      equal(sent, [...sent].sort((a, b) => a - b), `room ${id}: order of writing`);
      const refused = device.store.inspect().outbox.filter((item) => item.room === id && item.state === "failed" && !item.body.startsWith("refuse"));
      equal(sent.length + refused.length, numbers.length, `room ${id}: every message arrived or was refused`);
    }
  }
}

function range(from, to) {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function byPlace(notices) {
  return [...notices].sort((a, b) => a.after - b.after || a.seq - b.seq || (a.kind < b.kind ? -1 : 1));
}
