/** The line to the model of the server: what each command does, and a connection that loses, doubles and reorders. */

const COMMANDS = {
  subscribe(server, connection, command) {
    const id = command.room ?? [...server.rooms.values()].find(({ info }) => info.slug === command.slug)?.id;
    if (!server.mayRead(id, connection.person)) throw { code: "not_found", message: "There is no such room." };
    connection.subscriptions.add(id);
    const state = server.state(id, connection.person);
    connection.floors.set(id, state.floor ?? 0);
    return state;
  },
  unsubscribe(server, connection, { room }) {
    connection.subscriptions.delete(room);
    connection.floors.delete(room);
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
  "room.delete": (server, connection, { room }) => server.end(room, true),
  "room.restore": (server, connection, { room }) => server.end(room, false),
  "room.settings"(server, connection, { room, name, topic, history }) {
    if (history !== undefined) server.setHistory(room, history);
    if (topic !== undefined) server.setInfo(room, connection.person, "topic", topic);
    if (name !== undefined) server.setInfo(room, connection.person, "renamed", name);
    const { seq, info } = server.rooms.get(room);
    return { seq, slug: info.slug };
  },
  "message.post"(server, connection, { room, body, client_message_id, seen, reply_to }) {
    if (body.startsWith("refuse")) throw { code: "invalid", message: "This is refused." };
    const done = server.rooms.get(room).posted.has(`${connection.person} ${client_message_id}`);
    if (!done && !server.mayRead(room, connection.person)) throw { code: "forbidden", message: "You are not in this room." };
    if (reply_to > server.rooms.get(room).lastNumber) throw { code: "invalid", field: "reply_to", message: "There is no such message." };
    return server.post(room, connection.person, body, client_message_id, seen, reply_to);
  },
  "message.edit"(server, connection, { room, number, body }) {
    server.edit(room, number, { body, edited_at: server.at() });
    return { seq: server.rooms.get(room).seq };
  },
  "message.react"(server, connection, { room, number, emoji, on }) {
    server.react(room, number, connection.person, emoji, on);
    return { seq: server.rooms.get(room).seq };
  },
  "message.reactions"(server, connection, { room, number, emoji }) {
    const found = server.rooms.get(room).messages.get(number)?.reactions?.find((one) => one.emoji === emoji);
    return { room, number, emoji, people: found?.people ?? [], next: null };
  },
  "message.delete"(server, connection, { room, number }) {
    server.remove(room, number);
    return { seq: server.rooms.get(room).seq };
  },
  "message.versions"(server, connection, { room, number }) {
    return { room, number, versions: server.rooms.get(room).versions.get(number) ?? [] };
  },
  messages: (server, connection, command) => server.page(command.room, command, server.floorOf(command.room, connection)),
  members: (server, connection, command) => server.members(command.room, command),
  "room.pin"(server, connection, { room, pinned }) {
    server.changeMine(connection.person, room, { pinned });
    return { pinned, seq: server.mySeq.get(connection.person) };
  },
  "draft.set"(server, connection, { room, text }) {
    server.changeMine(connection.person, room, { draft: text || undefined });
    return { seq: server.mySeq.get(connection.person) };
  },
  read(server, connection, { room, number, numbers, back }) {
    if (numbers) return server.readAhead(room, connection.person, numbers);
    return back ? server.markUnread(room, connection.person, number) : server.read(room, connection.person, number);
  },
  thread: (server, connection, command) => server.thread(command.room, command, server.floorOf(command.room, connection)),
  "thread.follow": (server, connection, { room, root, on }) => server.follow(room, connection.person, root, on),
  typing(server, connection, { room }) {
    for (const other of server.connections) if (other.subscriptions.has(room)) other.push({ type: "typing", room, person: connection.person });
    return {};
  },
  ping: () => ({}),
};
const READABLE = new Set(["messages", "members", "changes", "thread"]);

/**
 * One end of a line. Frames wait in `queue` until `deliver` takes them out, perhaps in another order. What was read for an answer while
 * other changes went out, and the doubles of frames, are in `late` for a while.
 */
class Connection {
  constructor(server, person, socket) {
    Object.assign(this, { server, person, socket, subscriptions: new Set(), floors: new Map(), queue: [], late: [], greeted: false });
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
        const floor = command.room ? this.server.floorOf(command.room, this) : 0;
        return command.room ? this.server.changes(command.room, command.since, floor) : this.server.mine(this.person, command.since);
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
    const merged = server.mergedInto.get(hello.person) === person ? { merged: hello.person } : {};
    const reply = { type: "hello", ref: hello.ref, protocol: 1, server: "0", epoch: server.epoch, me: server.people.get(person), is_owner: false, ...merged };
    this.queue.push({ frame: structuredClone({ ...reply, seq: server.mySeq.get(person), rooms, limits: {} }), barrier: true });
    const sameLife = hello.epoch === server.epoch;
    for (const [id, position] of Object.entries(hello.positions ?? {})) {
      if (!this.subscriptions.has(Number(id)) || position === server.rooms.get(Number(id)).seq) continue;
      this.queue.push({ frame: sameLife ? server.changes(Number(id), position, server.floorOf(Number(id), this)) : { type: "reset", room: Number(id) }, barrier: true });
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
