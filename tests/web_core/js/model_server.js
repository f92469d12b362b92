/**
 * A small model of the server, after docs/protocol.md: rooms with their counters, people with theirs; model_line.js is the line to it, that
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
    /** Guests who became a part of somebody: by their id, that one's. @type {Map<number, number>} */
    this.mergedInto = new Map();
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
    const info = { id, seq: 1, slug: `room-${id}`, name: `Room ${id}`, kind, topic: "", first_number: 1, history: "all", created_at: this.at() };
    this.rooms.set(id, { id, seq: 1, info, lastNumber: 0, messages: new Map(), members: new Map(), notices: new Map(), posted: new Map(), bodies: new Map(), versions: new Map() });
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
    const read = state === "joined" ? Math.max(mine?.last_read_number ?? 0, room.lastNumber) : (mine?.last_read_number ?? 0);
    const floor = state !== "joined" ? (mine?.floor ?? 0) : room.info.history === "joined" ? room.lastNumber + 1 : 0;
    this.changeMine(person, id, { role: role ?? had?.role ?? "member", state, last_read_number: read, floor, ...(state === "joined" && { read_ahead: [] }) });
    if (state !== "joined") for (const connection of this.connections) if (connection.person === person) connection.subscriptions.delete(id);
  }

  post(id, author, body, clientMessageId, seen = null, replyTo = null) {
    const room = this.rooms.get(id);
    const key = `${author} ${clientMessageId}`;
    const first = room.posted.get(key);
    if (first) return { ...first, duplicate: true };
    if (room.members.get(author)?.state !== "joined") this.setMember(id, author, "joined");
    let answer;
    const root = replyTo && rootOf(room.messages.get(replyTo), replyTo);
    this.change(room, () => {
      const number = ++room.lastNumber;
      const message = { number, seq: room.seq, author, body, at: this.at(), client_message_id: clientMessageId, ...(replyTo && { reply_to: replyTo }), ...(root !== replyTo && { root }) };
      room.messages.set(number, message);
      answer = { room: id, number, seq: room.seq, at: message.at };
      room.bodies.set(key, body);
      room.posted.set(key, answer);
      return { messages: [message] };
    });
    if (root) this.tellThread(room, root);
    if (seen !== null && seen < answer.number) this.read(id, author, seen);
    const mine = this.memberships.get(`${author} ${id}`);
    // Without a new seq, as the real one.
    if (mine.last_read_number === answer.number - 1) this.memberships.set(`${author} ${id}`, { ...mine, last_read_number: answer.number });
    return { ...answer, duplicate: false };
  }

  /** The answers to a message that are there, in order. */
  answers(room, root) {
    return [...room.messages.values()].filter((message) => rootOf(message) === root).sort((a, b) => a.number - b.number);
  }

  /** What a message says of its answers. */
  tellThread(room, root) {
    if (!room.messages.has(root)) return;
    const answers = this.answers(room, root);
    const { number: last_number, at: last_at } = answers.at(-1) ?? {};
    this.change(room, () => {
      const { thread: _, ...rest } = room.messages.get(root);
      const people = [...new Set(answers.map(({ author }) => author))];
      const message = { ...rest, seq: room.seq, ...(answers.length > 0 && { thread: { count: answers.length, people, last_number, last_at } }) };
      room.messages.set(root, message);
      return { messages: [message] };
    });
  }

  thread(id, { root: number, before, limit }, floor = 0) {
    const room = this.rooms.get(id);
    const first = Math.max(room.info.first_number, floor);
    const root = rootOf(room.messages.get(number), number);
    const answers = this.answers(room, root).filter((one) => one.number >= first && (before === undefined || one.number < before));
    const message = root >= first ? (room.messages.get(root) ?? null) : null;
    return { room: id, seq: room.seq, root, message, messages: answers.slice(-limit), more: answers.length > limit, following: false };
  }

  edit(id, number, changes) {
    const room = this.rooms.get(id);
    const had = room.messages.get(number);
    if (!had || had.deleted_at) return;
    this.change(room, () => {
      const versions = [...(room.versions.get(number) ?? []), { body: had.body, at: had.edited_at ?? had.at }];
      room.versions.set(number, versions);
      const message = { ...had, ...changes, seq: room.seq, versions: versions.length };
      room.messages.set(number, message);
      return { messages: [message] };
    });
  }

  react(id, number, person, emoji, on) {
    const room = this.rooms.get(id);
    const had = room.messages.get(number);
    const people = had?.reactions?.find((one) => one.emoji === emoji)?.people ?? [];
    if (!had || had.deleted_at || people.includes(person) === on) return;
    this.change(room, () => {
      const { reactions = [], ...rest } = had;
      const others = on ? [...people, person] : people.filter((one) => one !== person);
      const now = { emoji, count: others.length, people: others };
      const all = people.length === 0 ? [...reactions, now] : reactions.map((one) => (one.emoji === emoji ? now : one)).filter(({ count }) => count > 0);
      const message = { ...rest, seq: room.seq, ...(all.length > 0 && { reactions: all }) };
      room.messages.set(number, message);
      return { messages: [message] };
    });
  }

  remove(id, number) {
    const room = this.rooms.get(id);
    const had = room.messages.get(number);
    if (!had || had.deleted_at) return;
    this.change(room, () => {
      room.versions.delete(number);
      const { reply_to: _, root: _____, versions: __, edited_at: ___, reactions: ____, ...rest } = had;
      const message = { ...rest, body: "", deleted_at: this.at(), seq: room.seq };
      room.messages.set(number, message);
      return { messages: [message] };
    });
    const root = rootOf(had);
    if (root !== null) this.tellThread(room, root);
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

  /** What newcomers see; nobody's counter moves where floors go. Those who look in take a room anew that begins to hide. */
  setHistory(id, history) {
    const room = this.rooms.get(id);
    if (history === room.info.history) return;
    for (const [key, mine] of this.memberships) {
      if (history === "all" && mine.room === id && mine.state === "joined") this.memberships.set(key, { ...mine, floor: 0 });
    }
    this.change(room, () => {
      room.info = { ...room.info, seq: room.seq, history };
      return { info: room.info };
    });
    for (const connection of this.connections) {
      if (!connection.subscriptions.has(id) || this.memberships.get(`${connection.person} ${id}`)?.state === "joined") continue;
      connection.floors.set(id, history === "joined" ? room.lastNumber + 1 : 0);
      if (history === "joined") connection.queue.push({ frame: { type: "reset", room: id } });
    }
  }

  /** The number of the first message that somebody sees on this connection. */
  floorOf(id, connection) {
    const mine = this.memberships.get(`${connection.person} ${id}`);
    if (mine?.state === "joined") return mine.floor ?? 0;
    const room = this.rooms.get(id);
    return room.info.history === "all" ? 0 : (connection.floors.get(id) ?? room.lastNumber + 1);
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
    if (mine && read > mine.last_read_number) this.changeMine(person, id, settled(read, numbersIn(mine.read_ahead)));
    return { last_read_number: this.memberships.get(`${person} ${id}`)?.last_read_number ?? 0, seq: this.mySeq.get(person) };
  }

  /** These ranges are read, wherever they stand. */
  readAhead(id, person, ranges) {
    const mine = this.memberships.get(`${person} ${id}`);
    const had = numbersIn(mine.read_ahead);
    const news = [...numbersIn(ranges)].filter((number) => number > mine.last_read_number && !had.has(number));
    if (news.length > 0) this.changeMine(person, id, settled(mine.last_read_number, new Set([...had, ...news])));
    return { last_read_number: this.memberships.get(`${person} ${id}`).last_read_number, seq: this.mySeq.get(person) };
  }

  /** Everything behind this number is unread again. */
  markUnread(id, person, number) {
    const mine = this.memberships.get(`${person} ${id}`);
    if (!mine) return {};
    const had = numbersIn(mine.read_ahead);
    const kept = new Set([...had].filter((one) => one <= number));
    if (mine.last_read_number > number || kept.size < had.size) {
      const moved_back = (mine.moved_back ?? 0) + 1;
      this.changeMine(person, id, { ...settled(Math.min(number, mine.last_read_number), kept), moved_back });
    }
    return { last_read_number: this.memberships.get(`${person} ${id}`).last_read_number, seq: this.mySeq.get(person) };
  }

  follow(id, person, root, on) {
    const { follows = [] } = this.memberships.get(`${person} ${id}`);
    this.changeMine(person, id, { follows: [...follows.filter((one) => Math.abs(one) !== root), on ? root : -root] });
    return { on, seq: this.mySeq.get(person) };
  }

  /** Take the room away from everybody, or bring it back to its members. */
  end(id, ended) {
    const room = this.rooms.get(id);
    room.ended = ended;
    room.seq += 1;
    for (const connection of this.connections) if (connection.subscriptions.delete(id)) connection.push({ type: "reset", room: id });
    if (!ended) for (const { person, state } of room.members.values()) if (state === "joined") this.changeMine(person, id, {});
    return { seq: room.seq };
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
    for (const connection of this.connections) {
      if (connection.subscriptions.has(room.id)) connection.push(this.named(above(frame, this.floorOf(room.id, connection))));
    }
  }

  changeMine(person, id, changes) {
    const seq = this.mySeq.get(person) + 1;
    this.mySeq.set(person, seq);
    const had = this.memberships.get(`${person} ${id}`) ?? { room: id, notify: "everything", pinned: false, floor: 0 };
    const { read_ahead = [], ...rest } = { ...had, ...changes, seq };
    this.memberships.set(`${person} ${id}`, { ...rest, ...(read_ahead.length > 0 && { read_ahead }) });
    for (const connection of this.connections) if (connection.person === person && connection.greeted) connection.push(this.mine(person, seq - 1));
  }

  // --- reading -------------------------------------------------------------------------------------------------

  state(id, person) {
    const room = this.rooms.get(id);
    const mine = this.memberships.get(`${person} ${id}`);
    const state = { room: room.info, seq: room.seq, last_number: room.lastNumber, me: mine?.state === "joined" ? mine : null };
    const uncounted = mine?.state === "joined" ? this.behind(id, person).filter((message) => !isUnread(message, person)) : [];
    if (state.me === null && room.info.history === "joined") state.floor = room.lastNumber + 1;
    if (uncounted.length) state.uncounted = uncounted.map(({ number }) => [number, number]);
    return state;
  }

  /** The messages behind a person's read mark. */
  behind(id, person) {
    const mark = this.memberships.get(`${person} ${id}`)?.last_read_number ?? 0;
    return [...this.rooms.get(id).messages.values()].filter(({ number }) => number > mark);
  }

  /** The numbers of what they have not read. */
  unread(id, person) {
    const ahead = numbersIn(this.memberships.get(`${person} ${id}`)?.read_ahead);
    return this.behind(id, person)
      .filter((message) => isUnread(message, person) && !ahead.has(message.number))
      .map(({ number }) => number)
      .sort((a, b) => a - b);
  }

  changes(id, since, floor = 0) {
    const room = this.rooms.get(id);
    const newer = (entities) => [...entities.values()].filter(({ seq }) => seq > since).sort((a, b) => a.seq - b.seq);
    const found = { messages: newer(room.messages), members: newer(room.members), notices: newer(room.notices) };
    const count = found.messages.length + found.members.length + found.notices.length;
    if (since > room.seq || count > MOST_CHANGES) return { type: "reset", room: id };
    const frame = { type: "changes", room: id, since, to: room.seq, last_number: room.lastNumber };
    if (room.info.seq > since) frame.info = room.info;
    for (const [name, list] of Object.entries(found)) if (list.length) frame[name] = list;
    return this.named(above(frame, floor));
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

  page(id, { before, after, around, limit }, floor = 0) {
    const room = this.rooms.get(id);
    const first = Math.max(room.info.first_number, floor);
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
    const from = low <= first && floor <= 1 ? 0 : low;
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
    return room && !room.ended && (room.info.kind === "public" || room.members.get(person)?.state === "joined");
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
        connection.push(this.changes(id, Math.max(0, seq - 1), this.floorOf(id, connection)));
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

/** A frame without what lies below a number. */
function above(frame, floor) {
  if (floor <= 1) return frame;
  const { messages = [], notices = [], ...rest } = frame;
  const found = { messages: messages.filter(({ number }) => number >= floor), notices: notices.filter(({ after }) => after >= floor) };
  return { ...rest, ...(found.messages.length && { messages: found.messages }), ...(found.notices.length && { notices: found.notices }) };
}

function isUnread(message, person) {
  return message.author !== person && !message.deleted_at;
}

/** The message at which the answers began to which this one belongs. */
function rootOf(message, otherwise = null) {
  return message?.root ?? message?.reply_to ?? otherwise;
}

function numbersIn(ranges = []) {
  return new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index)));
}

/** A mark, and the numbers that are read beyond it, as a membership says it. */
function settled(mark, numbers) {
  let last_read_number = mark;
  while (numbers.has(last_read_number + 1)) last_read_number += 1;
  const read_ahead = [];
  for (const number of [...numbers].filter((one) => one > last_read_number).sort((a, b) => a - b)) {
    if (read_ahead.at(-1)?.[1] === number - 1) read_ahead.at(-1)[1] = number;
    else read_ahead.push([number, number]);
  }
  return { last_read_number, read_ahead };
}
