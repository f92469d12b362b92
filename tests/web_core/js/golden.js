/** The examples of docs/protocol.md, one by one, through the code that the page runs. */

import { CLOSE_CODES, closeRule } from "/static/groupchat/lib/close.js";
import { ClientReplica } from "/static/groupchat/lib/replica/client.js";
import { ThreadReplica } from "/static/groupchat/lib/replica/thread.js";
import { ChatFailure, sameAgain } from "/static/groupchat/lib/failure.js";

import { equal, ok, settle } from "./check.js";
import { FakeClock, randomFrom } from "./fakes.js";
import { socketTo } from "./model_line.js";
import { ModelServer } from "./model_server.js";
import { storeOn } from "./store_world.js";

/** A replica that stands where the document's client stands: in room 4 at `position`, with a page loaded. */
function replicaAt(position, { mine = 17 } = {}) {
  const replica = new ClientReplica();
  const info = { id: 4, seq: 1, slug: "general", name: "general", kind: "public", topic: "", first_number: 1, history: "all", created_at: "2026-03-01T09:00:00.000Z" };
  const membership = { room: 4, seq: 12, role: "member", state: "joined", last_read_number: 988, notify: "everything" };
  const me = { id: 7, kind: "user", handle: "ada", name: "Ada", version: 1 };
  const rooms = [{ room: info, seq: position, last_number: 989, me: membership }];
  replica.helloCame({ type: "hello", protocol: 1, server: "0", epoch: "kT3vJm0aQ2bX1c9d", me, is_owner: false, seq: mine, rooms, limits: {} });
  const room = replica.room(4);
  const old = (number) => ({ number, seq: number, author: 7, body: `old ${number}`, at: "2026-03-02T07:00:00.000Z", client_message_id: `o${number}` });
  const page = { room: 4, seq: position, first_number: 1, last_number: 989, messages: [987, 988, 989].map(old), notices: [] };
  room.messagesCame(room.pageAsked(), page, {});
  replica.caughtUpCame();
  return replica;
}

const PUSHES = {
  changes(frame) {
    if (frame.me) {
      const replica = replicaAt(1203, { mine: frame.since });
      replica.frameCame(frame);
      equal(replica.position, frame.to);
      for (const membership of frame.memberships ?? []) equal(replica.room(membership.room).membership, membership);
      for (const { room } of frame.rooms ?? []) equal(replica.room(room.id).info, room);
      return;
    }
    const replica = replicaAt(frame.since);
    replica.frameCame(frame);
    const room = replica.room(frame.room);
    equal([room.position, room.lastNumber], [frame.to, frame.last_number]);
    if (frame.info) equal(room.info, frame.info);
    for (const message of frame.messages ?? []) equal(room.windows[0].messages.find(({ number }) => number === message.number), message);
    for (const notice of frame.notices ?? []) equal(room.windows[0].notices, [notice]);
  },
  people(frame) {
    const replica = replicaAt(1203);
    replica.frameCame(frame);
    for (const person of frame.people) equal(replica.people.get(person.id), person);
  },
  me(frame) {
    const replica = new ClientReplica();
    replica.helloCame({ type: "hello", protocol: 1, server: "0", epoch: "e", me: null, is_owner: false, seq: 0, rooms: [], limits: {} });
    replica.frameCame(frame);
    equal([replica.me, replica.position], [frame.me, frame.seq]);
  },
  reset(frame) {
    const replica = replicaAt(1203);
    const wanted = [];
    replica.onWanted = (command) => wanted.push(command);
    replica.frameCame(frame);
    equal(wanted, [{ type: "subscribe", room: frame.room }]);
    equal([replica.room(frame.room).windows, replica.room(frame.room).position], [[], null]);
  },
  typing(frame) {
    const replica = replicaAt(1203);
    replica.frameCame(frame);
    equal([replica.position, replica.room(frame.room).position], [17, 1203], "nothing is kept of it"); // who sees it: typing_test.js
  },
  caught_up(frame) {
    const replica = replicaAt(1203);
    replica.connectionLost();
    replica.frameCame(frame);
    ok(replica.caughtUp);
  },
  drain(frame) {
    ok(frame.within > 0); // what the socket does then: socket_test.js
  },
};

/** What each reply's result must hold, by its members. */
const RESULTS = [
  [["room", "seq", "last_number", "last_message_at", "me"], roomState],
  [["room", "seq", "first_number", "last_number", "messages", "notices"], messagePage],
  [["room", "seq", "count", "members", "next"], memberPage],
  [["room", "seq", "root", "message", "messages", "more", "following"], threadPage],
  [["on", "seq"], ({ on, seq }) => ok(on && seq > 0)],
  [["room", "number", "seq", "at", "duplicate"], ({ number, seq }) => ok(number > 0 && seq > 0)],
  [["room", "number", "versions"], ({ versions }) => ok(versions.length > 0 && versions.every(({ body, at }) => body && at))],
  [["room", "messages", "next"], ({ messages }) => ok(messages.every(({ number, pinned }) => number > 0 && pinned.by > 0))],
  [["saved", "next"], ({ saved }) => ok(saved.every(({ room, number }) => room > 0 && number > 0))],
  [["scheduled", "next"], ({ scheduled }) => ok(scheduled.every(({ id, body }) => id > 0 && body))],
  [["id", "at"], ({ id, at }) => ok(id > 0 && at)],
  [["room", "number", "emoji", "people", "next"], ({ people }) => ok(people.length > 0)],
  [["last_read_number", "seq"], readMark],
  [["person"], ({ person }) => ok(person.name && person.version > 1)],
  [["pinned", "seq"], ({ pinned }) => ok(pinned)],
  [["room", "sanctions", "next"], ({ sanctions }) => ok(sanctions.every(({ person, kind }) => person > 0 && ["ban", "silence"].includes(kind)))],
  [["link", "token"], ({ link, token }) => ok(token && link.id > 0 && link.maker > 0)],
  [["room", "links", "next"], ({ links }) => ok(links.every(({ id, uses }) => id > 0 && uses >= 0))],
  [["invited"], ({ invited }) => ok(invited.length > 0)],
  [["rooms", "next"], ({ rooms }) => ok(rooms.every(({ room, members }) => room.slug && members > 0))],
  [["people"], ({ people }) => ok(people.every(({ handle }) => handle))],
  [["report"], ({ report }) => ok(report > 0)],
  [["reports", "next"], ({ reports }) => ok(reports.every(({ id, body }) => id > 0 && body))],
  [["resolved"], ({ resolved }) => ok(resolved > 0)],
  [["purge"], ({ purge }) => ok(purge > 0)],
  [["raid_until"], (result) => ok("raid_until" in result)],
  [["room", "number"], ({ room, number }) => ok(room > 0 && number > 0)],
  [["seq"], ({ seq }) => ok(seq > 0)],
  [[], () => {}],
];

function roomState(result) {
  const replica = replicaAt(1);
  const room = replica.subscribedTo(result);
  equal([room.info, room.lastNumber, room.lastMessageAt, room.subscribed], [result.room, result.last_number, result.last_message_at, true]);
  if (result.me) equal(room.membership, result.me);
}

function messagePage(result) {
  const replica = replicaAt(result.seq);
  const room = replica.room(result.room);
  ok(room.messagesCame(room.pageAsked(), result, { before: result.messages.at(-1).number + 1 }));
  for (const message of result.messages) equal(room.windows[0].messages.find(({ number }) => number === message.number), message);
}

function threadPage(result) {
  const replica = replicaAt(result.seq);
  const room = replica.room(result.room);
  room.thread = new ThreadReplica(result.root);
  ok(room.threadCame(room.pageAsked(), result));
  equal([room.thread.messages, room.thread.message, room.thread.more], [result.messages, result.message, result.more]);
}

function memberPage(result) {
  const replica = replicaAt(result.seq);
  const room = replica.room(result.room);
  room.watchMembers();
  ok(room.membersCame(room.pageAsked(), result));
  equal([[...room.members.values()], room.joinedCount, room.membersNext], [result.members, result.count, result.next]);
}

function readMark(result) {
  const room = replicaAt(1203).room(4);
  room.readUpTo(result.last_read_number);
  ok(room.lastReadNumber >= result.last_read_number); // the mark rises only
}

/** Put every example through; gives their number. */
export function understand(examples) {
  let understood = 0;
  for (const frame of examples) {
    const isCommand = "ref" in frame && !["reply", "error"].includes(frame.type) && !("server" in frame);
    if (isCommand) ok(frame.type in COMMAND_NAMES, `a command that is not known: ${frame.type}`);
    else if (frame.type === "hello") hello(frame);
    else if (frame.type === "reply") reply(frame);
    else if (frame.type === "error") failure(frame);
    else PUSHES[frame.type](frame);
    understood += 1;
  }
  return understood;
}

function hello(frame) {
  const replica = new ClientReplica();
  replica.helloCame(frame);
  equal([replica.epoch, replica.me, replica.position], [frame.epoch, frame.me, frame.seq]);
  for (const { room, seq, last_number, me, uncounted } of frame.rooms) {
    const known = replica.room(room.id);
    const skipped = uncounted.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    equal([known.info, known.position, known.unread, known.subscribed], [room, seq, last_number - me.last_read_number - skipped, true]);
    equal([known.unread, known.firstUnread], [4, 984], "as the document says");
  }
}

function reply({ result }) {
  const rule = RESULTS.find(([members]) => members.every((member) => member in result));
  rule[1](result);
}

function failure(frame) {
  const made = ChatFailure.from(frame);
  equal([made.code, made.message, made.retryAfter], [frame.error.code, frame.error.message, frame.error.retry_after ?? null]);
}

const COMMAND_NAMES = Object.fromEntries(
  ["hello", "subscribe", "unsubscribe", "room.enter", "room.join", "room.leave", "room.rename", "room.topic", "message.post", "message.edit", "message.delete", "message.versions", "messages", "members", "changes", "read", "room.pin", "room.create", "room.direct", "room.settings", "room.archive", "room.delete", "room.restore", "room.invite", "room.remove", "room.role", "room.ban", "room.unban", "room.silence", "room.sanctions", "invite.make", "invites", "invite.end", "rooms", "people.find", "me.rename", "typing", "ping", "message.report", "reports", "report.claim", "report.resolve", "messages.purge", "site.raid", "room.order", "rooms.order", "person.block", "message.react", "message.reactions", "message.pin", "pins", "message.save", "saved", "message.schedule", "scheduled", "scheduled.change", "scheduled.cancel", "scheduled.send", "commands", "command.run", "draft.set", "thread", "thread.follow"].map((name) => [name, true]),
);

/** What is sent, and not answered here. */
const NOT_IN_THE_MODEL = new Set(["room.enter", "me.rename", "room.create", "room.direct", "rooms", "people.find", "room.archive", "room.delete", "room.restore", "room.invite", "room.remove", "room.role", "room.ban", "room.unban", "room.silence", "room.sanctions", "invite.make", "invites", "invite.end", "message.report", "reports", "report.claim", "report.resolve", "messages.purge", "site.raid", "room.order", "rooms.order", "person.block", "message.pin", "pins", "message.save", "saved", "message.schedule", "scheduled", "scheduled.change", "scheduled.cancel", "scheduled.send", "commands", "command.run"]);

/** The members of every command that the store sends in a life that uses all of them, by type. */
export async function sentByTheStore() {
  const clock = new FakeClock();
  const random = randomFrom(5);
  const server = new ModelServer({ now: clock.now, random });
  for (const id of [1, 2]) server.addPerson(id);
  server.createRoom(1, 1);
  server.createRoom(2, 2);
  for (let number = 1; number <= 150; number += 1) server.post(1, 2, `message ${number}`, `m${number}`);
  const WebSocket = socketTo(server, 1);
  const sent = {};
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (text) {
    const frame = JSON.parse(text);
    (sent[frame.type] ??= []).push(Object.keys(frame));
    if (!NOT_IN_THE_MODEL.has(frame.type)) send.call(this, text);
  };
  const store = storeOn({ WebSocket, clock, random });
  const flow = async () => {
    await settle();
    while (WebSocket.opened.deliver()) await settle();
  };
  await flow();
  store.enter("Lunch").catch(() => {});
  store.renameMe("Ada King").catch(() => {});
  store.block(2, true).catch(() => {});
  store.siteCommands().catch(() => {});
  store.runCommand({ id: 1 }, "deploy", "now").catch(() => {});
  store.create({ name: "Board", kind: "private", topic: "Among us" }).catch(() => {});
  store.orderRooms([{ id: 4 }, { id: 13 }]).catch(() => {});
  store.converse([2]).catch(() => {});
  store.searchRooms(1).now("gen");
  store.searchPeople().now("gra");
  store.open({ slug: "room-2" });
  await flow();
  const looked = store.room(2);
  store.close(looked);
  store.open({ id: 1, around: 75 });
  await flow();
  const room = store.room(1);
  for (const act of [() => room.loadBefore(), () => room.loadAfter(), () => room.loadMembers(), () => room.writes(), () => room.post("mine", { answer: 7 })]) {
    act();
    await flow();
  }
  room.writing.write("not yet");
  await clock.pass(3_000);
  await flow();
  room.edit(151, "edited");
  room.acts.versions(151).catch(() => {});
  room.react(151, "🎉", true).catch(() => {});
  room.acts.reactions(151, "🎉").catch(() => {});
  for (const asked of [room.acts.pin(151, true), room.acts.pins(0)]) asked.catch(() => {});
  room.remove(151);
  room.configure({ name: "Another", topic: "topic", kind: "announcement" });
  for (const asked of [room.keepOrder({ slow_mode: 30, locked: true, raid: 3_600 }), room.archive(true), room.deleteRoom(), room.restore(), room.invite([2, 3]), room.sendOut(3), room.giveRole(2, "moderator"), room.ban(3, { seconds: 86_400, reason: "Advertising" }), room.unban(3), room.silence(2, { seconds: 3_600, reason: "Calm down" }), room.sanctions(0), room.makeInvite({ expires_in: 86_400, uses: 5, role: "reader" }), room.invites(0), room.endInvite(3), room.report(2, { reason: "spam", note: "Advertising" }), room.purge(3, { seconds: 3_600 }), store.shutSite(3_600), store.later.save(1, 2, { remindAt: "2026-03-02T09:00:00Z" }), store.later.saved(0), store.later.schedule(1, { body: "later", at: "2026-03-03T08:00:00Z", id: "77a0", answer: 7 }), store.later.scheduled("30"), store.later.change(31, { body: "other", at: "2026-03-03T07:30:00Z" }), store.later.cancel(32), store.later.send(31), store.reports.page(1, 0), store.reports.claim(1), store.reports.resolve(1, { outcome: "acted", note: "Warned" })]) asked.catch(() => {});
  room.pin(true);
  await flow();
  room.reading.beyond([60, 61]);
  room.threads.show(7).catch(() => {});
  room.threads.follow(7, true).catch(() => {});
  await clock.pass(1_000);
  await flow();
  room.markUnread(40).catch(() => {});
  await flow();
  room.reading.letGo();
  room.markRead(151);
  server.post(1, 2, "unread", "unread");
  await flow();
  room.markRead(152);
  await clock.pass(1_000);
  await clock.pass(26_000); // silence
  await flow();
  server.faults = { ...server.faults, drop: 1 };
  server.post(1, 2, "lost", "lost");
  server.read(1, 1, 153);
  server.faults = { ...server.faults, drop: 0 };
  server.post(1, 2, "after a gap", "gap");
  server.changeMine(1, 1, {});
  await flow();
  room.leave().catch(() => {});
  await flow();
  room.join().catch(() => {});
  await flow();
  WebSocket.opened.cut();
  await clock.pass(2_000);
  await flow();
  return sent;
}

export function errorRules(codes) {
  return Object.fromEntries(codes.map((code) => [code, sameAgain(code)]));
}

export function closeRules() {
  return Object.fromEntries([...CLOSE_CODES.keys()].map((code) => [String(code), closeRule(code).reconnect]));
}

