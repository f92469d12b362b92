/** The whole page's state as signals, and what one can do. It knows no DOM and no global: everything comes in. */

import { ignore } from "../lib/ignore.js";
import { batch, signal } from "../vendor/signals-core.js";
import { createDrafts } from "../lib/drafts.js";
import { createOutbox } from "../lib/outbox.js";
import { ClientReplica } from "../lib/replica/client.js";
import { createSocket } from "../lib/socket.js";
import { createLink } from "./link.js";
import { PeopleStore } from "./people.js";
import { laterOn } from "./later.js";
import { reportsOn } from "./reports.js";
import { Rooms } from "./rooms.js";
import { Search } from "./search.js";
import { KEEP_AFTER_MILLISECONDS, KEY, pack, unpack } from "./snapshot.js";

const LIMITS = { body_characters: 8000, room_name_characters: 80, topic_characters: 250, frame_bytes: 65536 };
const FOUND_PEOPLE = 20; // at once
const GUEST = "guest"; // whose outbox it is before a guest has written

/**
 * @param {{url: string, WebSocket: any, storage: import("../lib/storage.js").Storage, lead: import("../lib/tabs.js").Lead,
 *          channel: import("../lib/tabs.js").Channel, clock: import("../lib/types.js").Clock, random: () => number,
 *          randomBytes: (count: number) => Uint8Array, locale?: string, onErased?: () => void}} options
 *   `onErased`: everything kept on this device was erased, here or in another tab
 */
export function createStore(options) {
  return new Store(options).face();
}

class Store {
  constructor({ url, WebSocket, storage, lead, channel, clock, random, randomBytes, locale = undefined, onErased = () => {} }) {
    this.storage = storage;
    this.channel = channel;
    this.clock = clock;
    this.randomBytes = randomBytes;
    this.onErased = onErased;
    this.connection = signal(/** @type {import("../lib/socket.js").ConnectionState} */ ({ state: "stopped", reason: "closed" }));
    this.me = signal(/** @type {import("../lib/types.js").Person|null} */ (null));
    this.isOwner = signal(false);
    this.known = signal(false);
    this.order = signal(/** @type {import("../lib/types.js").Order|null} */ (null));
    /** What one set aside for later. */
    this.agenda = signal(/** @type {import("../lib/types.js").Agenda|null} */ (null));
    this.limits = signal(LIMITS);
    /** How one's pages are to look on every device; null where one did not choose that. */
    this.look = signal(null);
    /** The ids of those whom one blocks. */
    this.blocks = signal(new Set());
    this.unsent = signal(0);
    this.underway = signal(0);
    this.ownedBy = null;
    this.keepTimer = null;
    this.erased = false;
    this.hasCaughtUp = false;
    /** The same of this very connection. */
    this.isCaughtUp = false;

    this.update = (change) => this.#update(change);
    this.replica = new ClientReplica({
      onWanted: (command) => this.link.wanted(command),
      onRoom: (room) => this.rooms.dirty.add(room),
      onOwnMessage: (message) => this.outbox.acknowledged(message.client_message_id, message),
      onPeople: (news) => this.people.changed(news),
    });
    this.people = new PeopleStore(this.replica.people);
    this.drafts = createDrafts({ storage, clock });
    this.outbox = createOutbox({
      storage,
      lead,
      channel,
      clock,
      random,
      randomBytes,
      send: (command) => this.socket.command(command),
      epoch: () => this.replica.epoch,
      onChange: () => this.#showPending(),
      onErased: () => this.#forgetEverything("signed_out"),
      onWritten: (id, body) => this.rooms.get(id)?.writing.writtenElsewhere(body),
    });
    this.socket = createSocket({
      url,
      WebSocket,
      clock,
      random,
      hello: () => this.replica.helloFields(),
      onHello: (reply) => this.update(() => this.#helloCame(reply)),
      onFrame: (frame) => this.update(() => this.#frameCame(frame)),
      onState: (state) => this.#connectionIs(state),
      onLost: () => this.#connectionLost(),
    });
    this.link = createLink({ socket: this.socket, replica: this.replica, clock, random, update: this.update });
    this.rooms = new Rooms(this.replica, this.link, this.update, this.#lent(locale));
    this.ready = this.#begin();
  }

  /** What every room is lent. */
  #lent(locale) {
    const { me, isOwner, limits, people, clock, outbox, drafts, link, replica } = this;
    return {
      me,
      isOwner,
      limits,
      people,
      collator: new Intl.Collator(locale, { sensitivity: "base", numeric: true }),
      clock,
      outbox,
      drafts,
      line: {
        command: link.command,
        fetchPage: link.fetchPage,
        join: (room) => link.hear({ type: "room.join", room: room.id }).then(() => {}),
        leave: async (room) => {
          const { membership } = room.replica;
          await link.command({ type: "room.leave", room: room.id });
          // Where one's own counter has told already, it knows better: one may even be in again.
          if (room.replica.membership === membership) this.update(() => replica.lost(room.replica, "left"));
        },
        end: async (room) => {
          const { membership } = room.replica;
          const result = await link.command({ type: "room.delete", room: room.id });
          // Somebody may have brought it back already, and one's own counter have told.
          if (room.replica.membership === membership) this.update(() => replica.lost(room.replica));
          return result;
        },
      },
      hasCaughtUp: () => this.hasCaughtUp,
      isCaughtUp: () => this.isCaughtUp,
      changed: (room) => this.update(() => this.rooms.dirty.add(room.replica)),
      changedReplica: (replica) => this.update(() => this.rooms.dirty.add(replica)),
    };
  }

  async #begin() {
    const kept = await this.storage.kept(KEY).catch(() => null);
    if (!this.erased) this.update(() => unpack(this.replica, kept));
    if (!this.erased) this.socket.start();
  }

  #update(change) {
    return batch(() => {
      const { replica } = this;
      const result = change();
      this.rooms.publish();
      this.me.value = replica.me;
      this.isOwner.value = replica.isOwner;
      this.blocks.value = replica.blocks;
      this.known.value = replica.known;
      this.order.value = replica.order;
      this.agenda.value = replica.agenda;
      if (this.#owner() !== this.ownedBy) this.#takeOwner();
      this.#showPending();
      this.#keepSoon();
      return result;
    });
  }

  #helloCame(reply) {
    this.mergedFrom = reply.merged === undefined ? null : String(reply.merged);
    this.replica.helloCame(reply);
    this.limits.value = { ...LIMITS, ...reply.limits };
    this.look.value = reply.look ?? null;
  }

  #frameCame(frame) {
    this.#typingCame(frame);
    this.replica.frameCame(frame);
    if (frame.type !== "caught_up") return;
    this.hasCaughtUp = this.isCaughtUp = true;
    for (const room of this.rooms.all()) room.caughtUp();
  }

  /** Before the frame is taken: what is new in it ends what its author was writing. */
  #typingCame(frame) {
    const room = this.rooms.get(frame.room);
    if (!room) return;
    if (frame.type === "typing") room.typing.came(frame.person);
    for (const { number, author } of frame.messages ?? []) if (number > room.replica.lastNumber) room.typing.ended(author);
  }

  #connectionIs(state) {
    this.connection.value = state;
    this.link.stateIs(state);
    if (state.state === "caught_up") this.outbox.setReady(true);
    if (state.state === "stopped" && state.reason === "signed_out" && !this.erased) this.storage.keep(KEY, null).catch(ignore);
  }

  #connectionLost() {
    this.isCaughtUp = false;
    this.outbox.setReady(false);
    this.replica.connectionLost();
    for (const room of this.rooms.all()) room.typing.clear();
  }

  /** Whose the outbox and the drafts are. */
  #owner() {
    if (!this.replica.known) return null;
    return this.replica.me ? String(this.replica.me.id) : GUEST;
  }

  #takeOwner() {
    const adopt = this.#isStillTheirs() ? this.ownedBy : null;
    if (this.ownedBy !== null && adopt === null) for (const room of this.rooms.all()) room.writing.clear();
    this.ownedBy = this.#owner();
    this.mergedFrom = null;
    this.outbox.setOwner(this.ownedBy, { adopt });
    this.drafts.setOwner(this.ownedBy, { adopt: adopt !== null }).then((ids) => {
      for (const id of ids) this.rooms.get(id)?.writing.keptCame(this.drafts.get(id));
      for (const room of this.rooms.all()) room.writing.draft.follow();
    });
  }

  /** The guest's first message made them a person, or what a guest had became this account's. Any other one gets an outbox of its own. */
  #isStillTheirs() {
    return (this.ownedBy === GUEST && this.replica.me?.kind === "guest") || (this.ownedBy !== null && this.ownedBy === this.mergedFrom);
  }

  #showPending() {
    const items = this.outbox.items();
    // Acknowledged, and the timeline has it (or does not show it): the outbox is done with it.
    const settled = items.find((item) => item.state === "sent" && isShown(this.replica.rooms.get(item.room), item));
    if (settled) return this.outbox.settled(settled.client_message_id); // settling shows the rest
    batch(() => {
      this.rooms.showPending(items);
      this.unsent.value = this.outbox.count();
      this.underway.value = this.outbox.underway();
    });
  }

  #keepSoon() {
    if (this.keepTimer !== null || this.erased || !this.replica.known) return;
    this.keepTimer = this.clock.setTimeout(() => this.#keep(), KEEP_AFTER_MILLISECONDS);
  }

  #keep() {
    this.clock.clearTimeout(this.keepTimer);
    this.keepTimer = null;
    if (this.erased || !this.replica.known) return Promise.resolve();
    return this.storage.keep(KEY, pack(this.replica, this.rooms.recent)).catch(ignore); // without it the next page asks the server
  }

  #forgetEverything(reason) {
    this.erased = true;
    this.clock.clearTimeout(this.keepTimer);
    this.socket.stop(reason);
    this.outbox.forgetAll({ tell: false });
    this.drafts.forgetAll();
    this.ownedBy = null;
    batch(() => {
      this.replica.forget();
      this.rooms.publishAll();
      this.me.value = null;
      this.isOwner.value = false;
      this.known.value = false;
      this.order.value = null;
      this.agenda.value = null;
      this.unsent.value = 0;
      this.underway.value = 0;
    });
    this.onErased();
  }

  /** The page may go away: write down what waits to be written, and send what can be sent. */
  async #flush() {
    for (const room of this.rooms.all()) if (room.reading.timer !== null) room.sendRead();
    this.rooms.leaveAll();
    for (const room of this.rooms.all()) room.removing.all();
    await Promise.all([this.drafts.flush(), this.#keep(), this.outbox.written()]);
  }

  async #signOut() {
    await Promise.all([this.rooms.leaveAll(), ...[...this.rooms.all()].map((room) => room.removing.all())]);
    this.outbox.forgetAll();
    this.#forgetEverything("closed");
    await this.outbox.written();
    await this.storage.erase();
  }

  async #stop() {
    await this.drafts.flush();
    this.outbox.setReady(false);
    this.socket.stop();
    this.channel.close();
    await this.outbox.written();
  }

  /** @param {number} limit of a page @returns {Search<import("../lib/types.js").FoundRoom>} */
  #searchRooms(limit) {
    const ask = async (query, after) => {
      const { rooms, next } = await this.link.command({ type: "rooms", query, limit, ...(after !== null && { after }) });
      return { found: rooms, next };
    };
    return new Search({ ask, clock: this.clock });
  }

  /** Who is found is known from here on. @returns {Search<import("../lib/types.js").Person>} */
  #searchPeople() {
    const ask = async (query) => {
      const { people } = await this.link.command({ type: "people.find", query, limit: FOUND_PEOPLE });
      this.update(() => this.replica.frameCame({ type: "people", people }));
      return { found: people, next: null };
    };
    return new Search({ ask, clock: this.clock });
  }

  /** What the page may see and do (store/README.md). */
  face() {
    const { ready, connection, me, isOwner, known, order, agenda, limits, look, blocks, unsent, underway, outbox, rooms, people, link, socket, replica } = this;
    return {
      ready,
      connection,
      me,
      isOwner,
      known,
      order,
      reports: reportsOn(link),
      agenda,
      later: laterOn(link, this.randomBytes),
      /** Nobody new comes into any open room for so many seconds; 0: again; null: only asks. @param {number|null} seconds @returns {Promise<string|null>} until when */
      shutSite: async (seconds) => (await link.command({ type: "site.raid", ...(seconds !== null && { seconds }) })).raid_until,
      limits,
      look,
      blocks,
      unsent,
      underway,
      durable: outbox.durable,
      rooms: rooms.joined,
      unread: rooms.unread,
      person: (id) => people.person(id),
      hasTwin: (id) => people.hasTwin(id),
      people: () => people.all(),
      /** @param {number} id */
      room: (id) => rooms.get(id),
      enter: (name) => rooms.enter(name),
      create: (facts) => rooms.create(facts),
      converse: (ids) => rooms.converse(ids),
      searchRooms: (limit = 50) => this.#searchRooms(limit),
      searchPeople: () => this.#searchPeople(),
      /** The slash commands that this site adds. @returns {Promise<{name: string, help: string}[]>} */
      siteCommands: async () => (await link.command({ type: "commands" })).commands,
      /** Run one of them. @returns {Promise<{text: string|null, number: number|null}>} what it says to us alone; the message that it posted */
      runCommand: (room, name, text) => link.command({ type: "command.run", room: room.id, name, text }),
      orderRooms: (some) => link.command({ type: "rooms.order", rooms: some.map(({ id }) => id) }).then(ignore),
      renameMe: (name) => link.command({ type: "me.rename", name }).then(ignore), // who has a new name comes before the answer
      /** @param {number} person @param {boolean} on */
      block: (person, on) => link.command({ type: "person.block", person, on }).then(ignore), // one's own counter tells before the answer
      /** @param {{id?: number, slug?: string, around?: number}} where */
      open: (where) => rooms.open(where),
      close: (room) => rooms.close(room),
      leaveSoon: (room) => rooms.leaveSoon(room),
      stay: (room) => rooms.stay(room),
      retryNow: () => socket.retryNow(),
      /** Something outside suggests that the line may be gone or back. */
      wake: () => socket.wake(),
      flush: () => this.#flush(),
      signOut: () => this.#signOut(),
      stop: () => this.#stop(),
      /** What is underneath, for tests. */
      inspect: () => ({ position: replica.position, people: replica.people, rooms: replica.rooms, outbox: outbox.items() }),
    };
  }
}

function isShown(room, item) {
  return !room || !room.windows.length || room.position === null || room.position >= item.seq;
}
