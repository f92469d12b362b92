/**
 * A small model of the server, after docs/protocol.md: rooms with their counters, people with theirs, and connections over a line that
 * loses, doubles and reorders. What the real one does is tested elsewhere; here it is the truth that a client must arrive at.
 */

const MOST_CHANGES = 25; // entities; more is a reset

export class ModelServer {
  /** @param {{now: () => number, random: any}} options */
  constructor({ now, random }) {
    this.now = now;
    this.random = random;
    this.epoch = "epoch-1";
    this.people = new Map();
    this.mySeq = new Map();
    this.memberships = new Map(); // "person room" → membership, as its person sees it
    this.rooms = new Map();
    this.connections = new Set();
    /** Chances of what goes wrong on the line; all 0 on a good one. */
    this.faults = { drop: 0, double: 0, late: 0, reorder: 0, refuse: 0 };
  }

  addPerson(id, kind = "user") {
    this.people.set(id, { id, kind, handle: `p${id}`, name: `Person ${id}`, version: 1 });
    this.mySeq.set(id, 0);
  }

  at() {
    return new Date(this.now()).toISOString();
  }

  // --- actions -------------------------------------------------------------------------------------------------

  createRoom(id, person, { kind = "public" } = {}) {
    const info = { id, seq: 1, slug: `room-${id}`, name: `Room ${id}`, kind, topic: "", first_number: 1, created_at: this.at() };
    this.rooms.set(id, { id, seq: 1, info, lastNumber: 0, messages: new Map(), members: new Map(), notices: new Map(), posted: new Map(), bodies: new Map() });
    this.setMember(id, person, "joined", "owner");
  }

  setMember(id, person, state, role = null) {
    const room = this.rooms.get(id);
    const had = room.members.get(person);
    if (had?.state === state) return;
    this.change(room, () => {
      const member = { person, seq: room.seq, role: role ?? had?.role ?? "member", state };
      room.members.set(person, member);
      return { members: [member] };
    });
    const mine = this.memberships.get(`${person} ${id}`);
    const read = mine?.last_read_number ?? room.lastNumber;
    this.changeMine(person, id, { role: role ?? had?.role ?? "member", state, last_read_number: read });
    if (state !== "joined") for (const connection of this.connections) if (connection.person === person) connection.subscriptions.delete(id);
  }

  post(id, author, body, clientMessageId) {
    const room = this.rooms.get(id);
    const key = `${author} ${clientMessageId}`;
    const first = room.posted.get(key);
    if (first) return { ...first, duplicate: true };
    if (room.members.get(author)?.state !== "joined") this.setMember(id, author, "joined");
    let answer;
    this.change(room, () => {
      const number = ++room.lastNumber;
      const message = { number, seq: room.seq, author, body, at: this.at(), client_message_id: clientMessageId };
      room.messages.set(number, message);
      answer = { room: id, number, seq: room.seq, at: message.at };
      room.bodies.set(key, body);
      room.posted.set(key, answer);
      return { messages: [message] };
    });
    const mine = this.memberships.get(`${author} ${id}`);
    this.memberships.set(`${author} ${id}`, { ...mine, last_read_number: answer.number }); // without a new seq, as the real one
    return { ...answer, duplicate: false };
  }

  edit(id, number, changes) {
    const room = this.rooms.get(id);
    const had = room.messages.get(number);
    if (!had || had.deleted_at) return;
    this.change(room, () => {
      const message = { ...had, ...changes, seq: room.seq };
      room.messages.set(number, message);
      return { messages: [message] };
    });
  }

  setInfo(id, actor, kind, text) {
    const room = this.rooms.get(id);
    this.change(room, () => {
      room.info = { ...room.info, seq: room.seq, ...(kind === "topic" ? { topic: text } : { name: text }) };
      const notice = { after: room.lastNumber, kind, seq: room.seq, actor, text, at: this.at() };
      room.notices.set(`${notice.after} ${kind}`, notice);
      return { info: room.info, notices: [notice] };
    });
  }

  retain(id, first) {
    const room = this.rooms.get(id);
    if (first <= room.info.first_number || first > room.lastNumber + 1) return;
    this.change(room, () => {
      room.info = { ...room.info, seq: room.seq, first_number: first };
      for (const number of room.messages.keys()) if (number < first) room.messages.delete(number);
      for (const [key, notice] of room.notices) if (notice.after < first) room.notices.delete(key);
      return { info: room.info };
    });
  }

  read(id, person, number) {
    const mine = this.memberships.get(`${person} ${id}`);
    const read = Math.min(number, this.rooms.get(id).lastNumber);
    if (mine && read > mine.last_read_number) this.changeMine(person, id, { last_read_number: read });
    return { last_read_number: this.memberships.get(`${person} ${id}`)?.last_read_number ?? 0, seq: this.mySeq.get(person) };
  }

  rename(person, name) {
    const had = this.people.get(person);
    this.people.set(person, { ...had, name, version: had.version + 1 });
    for (const connection of this.connections) connection.push({ type: "people", people: [this.people.get(person)] });
  }

  change(room, make) {
    room.seq += 1;
    const frame = { type: "changes", room: room.id, since: room.seq - 1, to: room.seq, last_number: room.lastNumber, ...make() };
    frame.last_number = room.lastNumber;
    for (const connection of this.connections) if (connection.subscriptions.has(room.id)) connection.push(this.named(frame));
  }

  changeMine(person, id, changes) {
    const seq = this.mySeq.get(person) + 1;
    this.mySeq.set(person, seq);
    const had = this.memberships.get(`${person} ${id}`) ?? { room: id, notify: "everything" };
    this.memberships.set(`${person} ${id}`, { ...had, ...changes, seq });
    for (const connection of this.connections) if (connection.person === person && connection.greeted) connection.push(this.mine(person, seq - 1));
  }

  // --- reading -------------------------------------------------------------------------------------------------

  state(id, person) {
    const room = this.rooms.get(id);
    const mine = this.memberships.get(`${person} ${id}`);
    return { room: room.info, seq: room.seq, last_number: room.lastNumber, me: mine?.state === "joined" ? mine : null };
  }

  changes(id, since) {
    const room = this.rooms.get(id);
    const newer = (entities) => [...entities.values()].filter(({ seq }) => seq > since).sort((a, b) => a.seq - b.seq);
    const found = { messages: newer(room.messages), members: newer(room.members), notices: newer(room.notices) };
    const count = found.messages.length + found.members.length + found.notices.length;
    if (since > room.seq || count > MOST_CHANGES) return { type: "reset", room: id };
    const frame = { type: "changes", room: id, since, to: room.seq, last_number: room.lastNumber };
    if (room.info.seq > since) frame.info = room.info;
    for (const [name, list] of Object.entries(found)) if (list.length) frame[name] = list;
    return this.named(frame);
  }

  mine(person, since) {
    const to = this.mySeq.get(person);
    if (since > to) return { type: "reset", me: person };
    const memberships = this.membershipsOf(person)
      .filter(({ seq }) => seq > since)
      .sort((a, b) => a.seq - b.seq);
    const rooms = memberships.filter(({ state }) => state === "joined").map(({ room }) => this.state(room, person));
    return { type: "changes", me: person, since, to, memberships, rooms };
  }

  membershipsOf(person) {
    return [...this.memberships].filter(([key]) => key.startsWith(`${person} `)).map(([, membership]) => membership);
  }

  page(id, { before, after, around, limit }) {
    const room = this.rooms.get(id);
    const first = room.info.first_number;
    let low = room.lastNumber - limit + 1;
    let high = room.lastNumber;
    if (before != null) [low, high] = [Math.min(before - 1, high) - limit + 1, Math.min(before - 1, high)];
    else if (after != null) [low, high] = [Math.max(after + 1, first), Math.max(after + 1, first) + limit - 1];
    else if (around != null) {
      low = Math.max(Math.min(around, room.lastNumber) - Math.floor(limit / 2), first);
      high = low + limit - 1;
      low = Math.min(low, room.lastNumber - limit + 1);
    }
    low = Math.max(low, first);
    high = Math.min(high, room.lastNumber);
    const messages = [];
    for (let number = low; number <= high; number += 1) messages.push(room.messages.get(number));
    const from = low <= first ? 0 : low;
    const notices = [...room.notices.values()].filter((notice) => notice.after >= from && notice.after <= high);
    return { room: id, seq: room.seq, first_number: first, last_number: room.lastNumber, messages, notices };
  }

  members(id, { after, limit }) {
    const room = this.rooms.get(id);
    const joined = [...room.members.values()].filter((member) => member.state === "joined").sort((a, b) => a.person - b.person);
    const behind = joined.filter((member) => member.person > after);
    const members = behind.slice(0, limit);
    return { room: id, seq: room.seq, count: joined.length, members, next: behind.length > limit ? members.at(-1).person : null };
  }

  mayRead(id, person) {
    const room = this.rooms.get(id);
    return room && (room.info.kind === "public" || room.members.get(person)?.state === "joined");
  }

  /** The people whom a frame names go before it. */
  named(frame) {
    return structuredClone(frame);
  }

  /** What the sweep does: the end of every counter again, so that what was lost last is noticed. */
  sweep() {
    for (const connection of this.connections) {
      if (!connection.greeted) continue;
      for (const id of connection.subscriptions) {
        const { seq } = this.rooms.get(id);
        connection.push(this.changes(id, Math.max(0, seq - 1)));
      }
      connection.push(this.mine(connection.person, Math.max(0, this.mySeq.get(connection.person) - 1)));
    }
  }

  /** Another life of the counters: everyone must begin anew. */
  restore() {
    this.epoch = `epoch-${Number(this.epoch.split("-")[1]) + 1}`;
    for (const room of this.rooms.values()) {
      const entities = [...room.messages.values(), ...room.members.values(), ...room.notices.values()];
      // Lower counters than before: old positions would hide everything.
      for (const entity of entities) entity.seq = 2;
      room.info = { ...room.info, seq: 1 };
      room.seq = 2;
    }
    for (const connection of [...this.connections]) connection.cut(1012);
  }
}

const COMMANDS = {
  subscribe(server, connection, command) {
    const id = command.room ?? [...server.rooms.values()].find(({ info }) => info.slug === command.slug)?.id;
    if (!server.mayRead(id, connection.person)) throw { code: "not_found", message: "There is no such room." };
    connection.subscriptions.add(id);
    return server.state(id, connection.person);
  },
  unsubscribe(server, connection, { room }) {
    connection.subscriptions.delete(room);
    return {};
  },
  "room.join"(server, connection, { room }) {
    server.setMember(room, connection.person, "joined");
    return COMMANDS.subscribe(server, connection, { room });
  },
  "room.enter"(server, connection, { name }) {
    const { id } = [...server.rooms.values()].find(({ info }) => info.name === name);
    return { ...COMMANDS["room.join"](server, connection, { room: id }), created: false };
  },
  "room.leave"(server, connection, { room }) {
    server.setMember(room, connection.person, "left");
    return {};
  },
  "room.rename"(server, connection, { room, name }) {
    server.setInfo(room, connection.person, "renamed", name);
    return { seq: server.rooms.get(room).seq };
  },
  "room.topic"(server, connection, { room, topic }) {
    server.setInfo(room, connection.person, "topic", topic);
    return { seq: server.rooms.get(room).seq };
  },
  "message.post"(server, connection, { room, body, client_message_id }) {
    if (body.startsWith("refuse")) throw { code: "invalid", message: "This is refused." };
    const done = server.rooms.get(room).posted.has(`${connection.person} ${client_message_id}`);
    if (!done && !server.mayRead(room, connection.person)) throw { code: "forbidden", message: "You are not in this room." };
    return server.post(room, connection.person, body, client_message_id);
  },
  "message.edit"(server, connection, { room, number, body }) {
    server.edit(room, number, { body, edited_at: server.at() });
    return { seq: server.rooms.get(room).seq };
  },
  "message.delete"(server, connection, { room, number }) {
    server.edit(room, number, { body: "", deleted_at: server.at() });
    return { seq: server.rooms.get(room).seq };
  },
  messages: (server, connection, command) => server.page(command.room, command),
  members: (server, connection, command) => server.members(command.room, command),
  read: (server, connection, { room, number }) => server.read(room, connection.person, number),
  ping: () => ({}),
};
const READABLE = new Set(["messages", "members", "changes"]);

/**
 * One end of a line. Frames wait in `queue` until `deliver` takes them out, perhaps in another order. What was read for an answer while
 * other changes went out, and the doubles of frames, are in `late` for a while.
 */
class Connection {
  constructor(server, person, socket) {
    Object.assign(this, { server, person, socket, subscriptions: new Set(), queue: [], late: [], greeted: false });
    server.connections.add(this);
  }

  push(frame) {
    if (!this.greeted) return;
    // What ends a subscription is its last frame: it is written, or the subscription goes on.
    if (frame.members?.some(({ person, state }) => person === this.person && state !== "joined")) return void this.queue.push({ frame });
    const { drop, double } = this.server.faults;
    // People have no counter to notice a loss by: the server sends them on the same line as the frames that name them.
    if (frame.type !== "people" && this.server.random.chance(drop)) return;
    this.queue.push({ frame });
    if (this.server.random.chance(double)) this.late.push({ frame });
  }

  heard(command) {
    const { server, ref } = { server: this.server, ref: command.ref };
    if (command.type === "hello") return this.greet(command);
    if (server.random.chance(server.faults.refuse)) {
      const code = server.random.pick(["unavailable", "rate_limited"]);
      // Unavailable may mean that it was done after all.
      if (code === "unavailable" && server.random.chance(0.5)) this.carryOut(command);
      const retry_after = code === "rate_limited" ? 0.2 : undefined;
      return this.reply({ type: "error", ref, error: { code, message: "Not now.", retry_after } });
    }
    return this.reply({ ...this.carryOut(command), ref });
  }

  carryOut(command) {
    try {
      if (READABLE.has(command.type) && command.room && !this.server.mayRead(command.room, this.person)) {
        throw { code: "not_found", message: "There is no such room." };
      }
      if (command.type === "changes") {
        return command.room ? this.server.changes(command.room, command.since) : this.server.mine(this.person, command.since);
      }
      return { type: "reply", result: structuredClone(COMMANDS[command.type](this.server, this, command)) };
    } catch (error) {
      if (error instanceof Error) throw error;
      return { type: "error", error };
    }
  }

  reply(frame) {
    const line = this.server.random.chance(this.server.faults.late) ? this.late : this.queue;
    line.push({ frame: structuredClone(frame) });
  }

  greet(hello) {
    const { server, person } = this;
    this.greeted = true;
    const joined = server.membershipsOf(person).filter(({ state }) => state === "joined");
    for (const { room } of joined) this.subscriptions.add(room);
    const people = [...server.people.values()];
    this.queue.push({ frame: { type: "people", people }, barrier: true });
    const rooms = joined.map(({ room }) => server.state(room, person));
    const reply = { type: "hello", ref: hello.ref, protocol: 1, server: "0", epoch: server.epoch, me: server.people.get(person), is_owner: false };
    this.queue.push({ frame: structuredClone({ ...reply, seq: server.mySeq.get(person), rooms, limits: {} }), barrier: true });
    const sameLife = hello.epoch === server.epoch;
    for (const [id, position] of Object.entries(hello.positions ?? {})) {
      if (!this.subscriptions.has(Number(id)) || position === server.rooms.get(Number(id)).seq) continue;
      this.queue.push({ frame: sameLife ? server.changes(Number(id), position) : { type: "reset", room: Number(id) }, barrier: true });
    }
    this.queue.push({ frame: { type: "caught_up" }, barrier: true });
  }

  /** Take one frame off the line. False where there is none. */
  deliver() {
    if (this.late.length > 0 && (this.queue.length === 0 || this.server.random.chance(0.1))) this.queue.push(this.late.shift());
    if (this.queue.length === 0) return false;
    const free = this.queue.findIndex(({ barrier }) => barrier);
    const reach = free === -1 ? this.queue.length : free;
    const index = reach > 1 && this.server.random.chance(this.server.faults.reorder) ? this.server.random.below(Math.min(reach, 4)) : 0;
    const [{ frame }] = this.queue.splice(index, 1);
    this.socket.onmessage({ data: JSON.stringify(frame) });
    return true;
  }

  cut(code = 1006) {
    if (!this.server.connections.delete(this)) return;
    this.queue = [];
    this.late = [];
    this.socket.onclose({ code });
  }
}

/** A WebSocket class that connects this person to the model. `opened` holds the live one. */
export function socketTo(server, person) {
  return class ModelSocket {
    static opened = null;

    constructor() {
      this.connection = new Connection(server, person, this);
      ModelSocket.opened = this.connection;
      queueMicrotask(() => this.onopen?.());
    }

    send(text) {
      if (server.connections.has(this.connection)) this.connection.heard(JSON.parse(text));
    }

    close() {
      server.connections.delete(this.connection);
      this.connection.queue = [];
      this.connection.late = [];
    }
  };
}
