/** The whole page's state as signals, and what one can do. It knows no DOM and no global: everything comes in. */

import { batch, computed, signal } from "../vendor/signals-core.js";
import { ClientCopy } from "../lib/copy.js";
import { createDrafts } from "../lib/drafts.js";
import { createOutbox } from "../lib/outbox.js";
import { createSocket } from "../lib/socket.js";
import { KEEP_AFTER_MILLISECONDS, KEY, pack, unpack } from "./keepsake.js";
import { createLink } from "./link.js";
import { PeopleStore } from "./people.js";
import { RoomStore } from "./room.js";

export const MOST_LOADED_ROOMS = 20; // rooms whose messages stay in memory; fewer than a hello may name
const LIMITS = { body_characters: 8000, room_name_characters: 80, topic_characters: 250, frame_bytes: 65536 };
const GUEST = "guest"; // whose outbox it is before a guest has written

/**
 * @param {{url: string, WebSocket: any, storage: import("../lib/storage.js").Storage, lead: import("../lib/tabs.js").Lead,
 *          channel: import("../lib/tabs.js").Channel, clock: import("../lib/types.js").Clock, random: () => number,
 *          randomBytes: (count: number) => Uint8Array, locale?: string, onErased?: () => void}} options
 *   `onErased`: everything kept on this device was erased, here or in another tab
 */
export function createStore({ url, WebSocket, storage, lead, channel, clock, random, randomBytes, locale, onErased = () => {} }) {
  const collator = new Intl.Collator(locale, { sensitivity: "base", numeric: true });
  const connection = signal(/** @type {import("../lib/socket.js").ConnectionState} */ ({ state: "stopped", reason: "closed" }));
  const me = signal(/** @type {import("../lib/types.js").Person|null} */ (null));
  const isOwner = signal(false);
  const known = signal(false);
  const limits = signal(LIMITS);
  const unsent = signal(0);
  const roomsChanged = signal(0);
  /** @type {Map<number, RoomStore>} */
  const rooms = new Map();
  /** @type {Set<import("../lib/merge.js").RoomCopy>} */
  const dirty = new Set();
  /** @type {number[]} ids of the rooms that were opened, the last one last */
  let recent = [];
  let keepTimer = null;
  let erased = false;
  let caughtUpOnce = false;

  const copy = new ClientCopy({
    onWanted: (command) => link.wanted(command),
    onRoom: (room) => dirty.add(room),
    onOwnMessage: (message) => outbox.acknowledged(message.client_message_id, message),
    onPeople: (news) => people.changed(news),
  });
  const people = new PeopleStore(copy.people);
  const drafts = createDrafts({ storage, clock });
  const outbox = createOutbox({
    storage,
    lead,
    channel,
    clock,
    random,
    randomBytes,
    send: (command) => socket.command(command),
    epoch: () => copy.epoch,
    onChange: showPending,
    onErased: () => forgetEverything("signed_out"),
    onWritten: (id, body) => rooms.get(id)?.writing.writtenElsewhere(body),
  });
  const socket = createSocket({
    url,
    WebSocket,
    clock,
    random,
    hello: () => copy.helloFields(),
    onHello: (reply) =>
      update(() => {
        copy.helloCame(reply);
        limits.value = { ...LIMITS, ...reply.limits };
      }),
    onFrame: (frame) =>
      update(() => {
        typingCame(frame);
        copy.frameCame(frame);
        if (frame.type === "caught_up") caughtUp();
      }),
    onState: connectionIs,
    onLost: () => {
      outbox.setReady(false);
      copy.connectionLost();
      for (const room of rooms.values()) room.typing.clear();
    },
  });

  const link = createLink({ socket, copy, clock, random, update });
  const context = {
    me,
    isOwner,
    limits,
    people: copy.people,
    anyPerson: people.any,
    collator,
    clock,
    outbox,
    drafts,
    heard: () => caughtUpOnce,
    fetchPage: link.fetchPage,
    command: link.command,
    changed: (room) => update(() => dirty.add(room.copy)),
    join: async (room) => {
      await link.hear({ type: "room.join", room: room.id });
    },
    leave: async (room) => {
      const { membership } = room.copy;
      await socket.command({ type: "room.leave", room: room.id });
      // Where one's own counter has told already, it knows better: one may even be in again.
      if (room.copy.membership === membership) update(() => copy.lost(room.copy, "left"));
    },
  };

  /** Change the copy, then show all of it at once. */
  function update(change) {
    return batch(() => {
      const result = change();
      for (const room of dirty) {
        dirty.delete(room);
        const fresh = !rooms.has(room.id); // its signals begin with what it would publish
        if (roomStore(room).publish() || fresh) roomsChanged.value += 1;
      }
      if (me.value !== copy.me) iAm(copy.me);
      isOwner.value = copy.isOwner;
      known.value = copy.known;
      if (owner() !== ownedBy) takeOwner();
      showPending();
      keepSoon();
      return result;
    });
  }

  /** Before the frame is taken: what is new in it ends what its author was writing. */
  function typingCame(frame) {
    const room = rooms.get(frame.room);
    if (!room) return;
    if (frame.type === "typing") room.typing.came(frame.person);
    for (const { number, author } of frame.messages ?? []) if (number > room.copy.lastNumber) room.typing.ended(author);
  }

  function roomStore(room) {
    let store = rooms.get(room.id);
    if (!store) rooms.set(room.id, (store = new RoomStore(room, context)));
    return store;
  }

  function iAm(person) {
    me.value = person;
  }

  let ownedBy = null;
  function owner() {
    if (!copy.known) return null;
    return copy.me ? String(copy.me.id) : GUEST;
  }

  function takeOwner() {
    // The guest's first message made them a person: it is still theirs. Another account gets an outbox of its own.
    const adopt = ownedBy === GUEST && copy.me?.kind === "guest";
    if (ownedBy !== null && !adopt) for (const room of rooms.values()) room.writing.clear();
    ownedBy = owner();
    outbox.setOwner(ownedBy, { adopt: adopt ? GUEST : null });
    drafts.setOwner(ownedBy, { adopt }).then((ids) => {
      for (const id of ids) rooms.get(id)?.writing.keptCame(drafts.get(id));
    });
  }

  function showPending() {
    const byRoom = new Map();
    for (const item of outbox.items()) {
      const room = copy.rooms.get(item.room);
      // Acknowledged, and the timeline has it (or does not show it): the outbox is done with it.
      if (item.state === "sent" && isShown(room, item)) {
        outbox.settled(item.client_message_id);
        return; // settling shows the rest
      }
      if (!byRoom.has(item.room)) byRoom.set(item.room, []);
      byRoom.get(item.room).push(item);
    }
    batch(() => {
      for (const [id, list] of byRoom) {
        const room = roomStore(copy.room(id));
        if (!sameItems(room.pending.value, list)) room.pending.value = list;
      }
      for (const room of rooms.values()) if (!byRoom.has(room.id) && room.pending.value.length) room.pending.value = [];
      unsent.value = outbox.count();
    });
  }

  function isShown(room, item) {
    return !room || !room.windows.length || room.position === null || room.position >= item.seq;
  }

  function connectionIs(state) {
    connection.value = state;
    link.stateIs(state);
    if (state.state === "caught_up") outbox.setReady(true);
    if (state.state === "stopped" && state.reason === "signed_out" && !erased) storage.keep(KEY, null).catch(ignore);
  }

  function caughtUp() {
    caughtUpOnce = true;
    for (const room of rooms.values()) room.caughtUp();
  }

  function findBySlug(slug) {
    for (const room of rooms.values()) if (room.info.value?.slug === slug && room.gone.value === null) return room;
    return null;
  }

  /** @param {{id?: number, slug?: string, around?: number}} where */
  async function open({ id, slug, around }) {
    const find = () => (id !== undefined ? rooms.get(id) : findBySlug(slug)) ?? null;
    let room = find();
    if (!room?.copy.joined && !room?.copy.subscribed) {
      const target = id !== undefined ? { room: id } : { slug };
      room = roomStore(await link.lookInto(target, () => find()?.copy));
    }
    recent = [...recent.filter((other) => other !== room.id), room.id];
    room.opened({ around });
    unloadOthers();
    return room;
  }

  function unloadOthers() {
    const loaded = recent.filter((id) => rooms.get(id)?.copy.loaded);
    for (const id of loaded.slice(0, -MOST_LOADED_ROOMS)) {
      const room = rooms.get(id);
      if (room.isOpen) continue;
      update(() => {
        room.copy.unload();
        dirty.add(room.copy);
      });
    }
  }

  function close(room) {
    room.closed();
    drafts.flush();
    if (room.copy.joined || !room.copy.subscribed) return;
    update(() => {
      room.copy.subscribed = false;
      room.copy.reset();
      dirty.add(room.copy);
    });
    link.unsubscribe(room.id);
  }

  async function enter(name) {
    await link.attempted(); // the page has just come up, and somebody was quicker
    const { room, state } = await link.hear({ type: "room.enter", name });
    return { room: roomStore(room), created: state.created };
  }

  function keepSoon() {
    if (keepTimer !== null || erased || !copy.known) return;
    keepTimer = clock.setTimeout(keep, KEEP_AFTER_MILLISECONDS);
  }

  function keep() {
    clock.clearTimeout(keepTimer);
    keepTimer = null;
    if (erased || !copy.known) return Promise.resolve();
    return storage.keep(KEY, pack(copy, recent)).catch(ignore); // without it the next page asks the server
  }

  function forgetEverything(reason) {
    erased = true;
    clock.clearTimeout(keepTimer);
    socket.stop(reason);
    outbox.forgetAll({ tell: false });
    drafts.forgetAll();
    ownedBy = null;
    batch(() => {
      copy.forget();
      for (const room of rooms.values()) room.publish();
      dirty.clear();
      roomsChanged.value += 1;
      me.value = null;
      isOwner.value = false;
      known.value = false;
      unsent.value = 0;
    });
    onErased();
  }

  const ready = storage
    .kept(KEY)
    .catch(() => null)
    .then((kept) => {
      if (!erased) update(() => unpack(copy, kept));
      if (!erased) socket.start();
    });

  return {
    ready,
    connection,
    me,
    isOwner,
    known,
    limits,
    unsent,
    durable: outbox.durable,
    rooms: computed(() => {
      roomsChanged.value;
      return copy
        .joinedRooms()
        .map(roomStore)
        .sort((a, b) => collator.compare(a.info.value.name, b.info.value.name) || a.id - b.id);
    }),
    unread: computed(() => {
      roomsChanged.value;
      let sum = 0;
      for (const room of rooms.values()) if (room.membership.value?.notify !== "nothing") sum += room.unread.value;
      return sum;
    }),
    person: (id) => people.person(id),
    people: () => people.all(),
    /** @param {number} id */
    room: (id) => rooms.get(id),
    enter,
    open,
    close,
    retryNow: () => socket.retryNow(),
    /** Something outside suggests that the line may be gone or back. */
    wake: () => socket.wake(),
    /** The page may go away: write down what waits to be written, and send what can be sent. */
    async flush() {
      for (const room of rooms.values()) if (room.readTimer !== null) room.sendRead();
      await Promise.all([drafts.flush(), keep(), outbox.written()]);
    },
    async signOut() {
      outbox.forgetAll();
      forgetEverything("closed");
      await outbox.written();
      await storage.erase();
    },
    /** What is underneath, for tests. */
    inspect: () => ({ ...copyParts(copy), outbox: outbox.items() }),
    async stop() {
      await drafts.flush();
      outbox.setReady(false);
      socket.stop();
      channel.close();
      await outbox.written();
    },
  };
}

function copyParts({ position, people, rooms }) {
  return { position, people, rooms };
}

function sameItems(one, other) {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function ignore() {}
