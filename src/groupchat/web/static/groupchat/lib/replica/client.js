/**
 * Everything that one client knows: who it is, its rooms, the people. Frames go in; what is missing comes out as wishes.
 *
 * It knows no socket and no clock. The page drives it with a live connection, `store/replay.js` with a recorded one.
 */

import { RoomReplica } from "./room.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Person} Person */

/** The server looks at this many positions of a hello. */
export const MOST_POSITIONS = 50;

export class ClientReplica {
  /**
   * @param {{onWanted?: (command: {type: string, room?: number, since?: number}) => void,
   *          onRoom?: (room: RoomReplica) => void, onOwnMessage?: (message: import("../types.js").Message, room: RoomReplica) => void,
   *          onPeople?: (people: Person[]) => void}} [listeners]
   *   `onWanted`: send this and feed the answer back in; `onRoom`: this room may have changed; `onOwnMessage`: a message of one's own came
   */
  constructor({ onWanted = nothing, onRoom = nothing, onOwnMessage = nothing, onPeople = nothing } = {}) {
    this.onWanted = onWanted;
    this.onRoom = onRoom;
    this.onOwnMessage = onOwnMessage;
    this.onPeople = onPeople;
    /** @type {Map<number, RoomReplica>} */
    this.rooms = new Map();
    /** @type {Map<number, Person>} */
    this.people = new Map();
    /** Between caught_up and the loss of the connection: only then is it known what is missing. */
    this.caughtUp = false;
    this.forget();
  }

  /** Drop everything; the rooms stay as empty objects, for those who hold on to them. */
  forget() {
    /** @type {string|null} */
    this.epoch = null;
    /** @type {Person|null} */
    this.me = null;
    this.isOwner = false;
    /** Whom one blocks, as it was at `blocksSeq` of one's own counter. @type {ReadonlySet<number>} */
    this.blocks = new Set();
    this.blocksSeq = 0;
    /** What one set aside for later. @type {import("../types.js").Agenda|null} */
    this.agenda = null;
    this.known = false;
    /** @type {import("../types.js").Order|null} */
    this.order = null;
    /** @type {number|null} */
    this.position = null;
    this.seen = 0;
    this.asking = false;
    this.people.clear();
    for (const room of this.rooms.values()) {
      room.forget();
      this.onRoom(room);
    }
  }

  /** The room's replica, made where there is none yet. @param {number} id */
  room(id) {
    let room = this.rooms.get(id);
    if (!room) this.rooms.set(id, (room = new RoomReplica(id)));
    return room;
  }

  /**
   * What hello says of us. The positions of the rooms that one is in and that have something loaded; those one only looks into are asked
   * for after subscribing to them again.
   */
  helloFields() {
    const fields = {};
    if (this.epoch !== null) fields.epoch = this.epoch;
    if (this.me !== null && this.position !== null) fields.me = this.position;
    if (this.me !== null) fields.person = this.me.id;
    const positions = [...this.rooms.values()]
      .filter((room) => room.loaded && room.position !== null && room.joined)
      .slice(-MOST_POSITIONS)
      .map((room) => [String(room.id), room.position]);
    if (positions.length) fields.positions = Object.fromEntries(positions);
    return fields;
  }

  /**
   * The answer to hello. Of rooms with something loaded, the changes follow; what does not come by itself is asked for at caught_up.
   * @param {import("../types.js").HelloReply} reply
   */
  helloCame(reply) {
    const another = this.epoch !== null && (this.epoch !== reply.epoch || (this.me && this.me.id !== reply.me?.id));
    if (another) this.forget();
    this.epoch = reply.epoch;
    this.#takeMe(reply.me, reply.is_owner || reply.is_admin);
    this.#takePeople(reply.people ?? []);
    this.#takeBlocks(reply.blocks ?? [], reply.seq);
    this.position = reply.seq;
    this.seen = reply.seq;
    this.order = reply.order ?? null;
    this.agenda = reply.agenda ?? null;
    this.known = true;
    const listed = new Set();
    for (const state of reply.rooms) {
      const room = this.room(state.room.id);
      listed.add(room.id);
      this.#joined(room, state);
    }
    for (const room of this.rooms.values()) {
      if (listed.has(room.id)) continue;
      if (room.joined) this.#out(room, "gone");
      else if (room.loaded) this.#wantSubscription(room);
    }
  }

  /** The rest of what was missed has come: now ask for what is still missing. */
  caughtUpCame() {
    this.caughtUp = true;
    this.#wantMine();
    for (const room of this.rooms.values()) this.#want(room);
  }

  /** The connection is gone, and with it the answers that it owed us. */
  connectionLost() {
    this.caughtUp = false;
    this.asking = false;
    for (const room of this.rooms.values()) {
      room.subscribed = false;
      room.asking = false;
      room.unsure = false;
    }
  }

  /** A push, or the answer to `changes`. @param {Frame} frame */
  frameCame(frame) {
    switch (frame.type) {
      case "changes":
        if (frame.room !== undefined) this.#roomChanged(/** @type {any} */ (frame));
        else this.#iChanged(/** @type {any} */ (frame));
        break;
      case "people":
        this.#takePeople(frame.people);
        break;
      case "me":
        this.#takeMe(frame.me, frame.is_owner);
        this.position ??= frame.seq;
        if (frame.seq > this.position) this.seen = Math.max(this.seen, frame.seq);
        this.#wantMine();
        break;
      case "reset":
        if (frame.room !== undefined) this.#roomReset(this.room(frame.room));
        else this.#myReset();
        break;
      case "caught_up":
        this.caughtUpCame();
        break;
    }
  }

  /** The answer to subscribe, enter or join: this connection hears the room from here on. @param {import("../types.js").RoomState} state */
  subscribedTo(state) {
    const room = this.room(state.room.id);
    this.#joined(room, state);
    this.#want(room);
    return room;
  }

  /** The answer to a `changes` command is in (or will never be). @param {number|undefined} id the room, or undefined for one's own */
  asked(id) {
    if (id === undefined) {
      this.asking = false;
      this.#surely();
      this.#wantMine();
    } else {
      const room = this.room(id);
      room.asking = false;
      this.#want(room);
    }
  }

  /** One left it, or the right to see this room is gone, or the room is. @param {RoomReplica} room @param {import("../types.js").MemberState|"gone"} [state] */
  lost(room, state = "gone") {
    this.#out(room, room.gone ?? state);
  }

  /** Rooms that one is in. */
  joinedRooms() {
    return [...this.rooms.values()].filter((room) => room.joined && room.info);
  }

  #takeMe(me, isOwner) {
    this.me = me;
    this.isOwner = Boolean(isOwner);
    if (me) this.#takePeople([me]);
  }

  /** The list comes as a whole; the later one holds. */
  #takeBlocks(ids, seq) {
    if (seq < this.blocksSeq) return;
    this.blocks = new Set(ids);
    this.blocksSeq = seq;
  }

  #takePeople(people) {
    const news = people.filter((person) => !(this.people.get(person.id)?.version >= person.version));
    for (const person of news) {
      this.people.set(person.id, person);
      if (person.id === this.me?.id) this.me = person;
    }
    if (news.length) this.onPeople(news);
  }

  #joined(room, state) {
    // One's membership changed since this was read. If one has left, the subscription ended with that, even if one is in again.
    if ((state.me && room.membership && state.me.seq < room.membership.seq) || state.seq < room.ownMemberSeq) {
      if (room.joined) this.#wantSubscription(room);
      return;
    }
    // One was out and looks in from outside now: the membership that we knew is over.
    if (room.gone !== null && !state.me) room.membership = null;
    room.gone = null;
    room.subscribed = true;
    room.take(state);
    this.onRoom(room);
  }

  #roomChanged(frame) {
    const room = this.room(frame.room);
    const me = this.me?.id ?? null;
    const { out, outdated } = room.apply(frame, me);
    if (out !== null) this.#told(room, out, outdated);
    if (me !== null) for (const message of frame.messages ?? []) if (message.author === me) this.onOwnMessage(message, room);
    this.onRoom(room);
    this.#want(room);
  }

  #iChanged(frame) {
    this.seen = Math.max(this.seen, frame.to);
    this.#takePeople(frame.people ?? []);
    if (frame.order && !(this.order?.seq >= frame.order.seq)) this.order = frame.order;
    if (frame.blocks) this.#takeBlocks(frame.blocks, frame.to);
    if (frame.agenda && !(this.agenda?.seq >= frame.agenda.seq)) this.agenda = frame.agenda;
    const states = new Map((frame.rooms ?? []).map((state) => [state.room.id, state]));
    for (const membership of frame.memberships ?? []) this.#myMembership(membership, states.get(membership.room));
    if (this.position !== null && frame.since <= this.position && frame.to > this.position) this.position = frame.to;
    this.#wantMine();
  }

  #myMembership(membership, state) {
    const room = this.room(membership.room);
    if (!room.takeMembership(membership)) {
      if (state) room.takeUncounted(state); // the mark may have moved back by a frame without it
      return;
    }
    if (membership.state !== "joined") return this.#out(room, membership.state);
    if (state) room.take(state);
    room.gone = null;
    this.onRoom(room);
    this.#wantSubscription(room);
  }

  #out(room, state) {
    room.leave(state);
    this.onRoom(room);
  }

  #roomReset(room) {
    room.reset();
    room.subscribed = false;
    this.onRoom(room);
    this.#wantSubscription(room);
  }

  /**
   * The room says that one is out: this was the subscription's last frame. Where one's own counter does not say so (yet), perhaps one was in
   * again before the frame came: that is asked for.
   */
  #told(room, state, outdated) {
    const isUnsure = room.joined;
    if (!outdated) room.leave(state);
    if (!isUnsure) return;
    room.subscribed = false;
    room.unsure = true;
    this.#wantMine({ anyway: true });
  }

  #surely() {
    for (const room of this.rooms.values()) {
      if (!room.unsure) continue;
      room.unsure = false;
      if (room.membership?.state !== "joined") continue;
      room.gone = null;
      this.onRoom(room);
      this.#wantSubscription(room);
    }
  }

  #myReset() {
    this.position = null;
    this.onWanted({ type: "hello" });
  }

  #wantSubscription(room) {
    if (!room.subscribed) this.onWanted({ type: "subscribe", room: room.id });
  }

  #want(room) {
    if (!this.caughtUp || room.asking || !room.subscribed || !room.behind) return;
    room.asking = true;
    this.onWanted({ type: "changes", room: room.id, since: room.position });
  }

  #wantMine({ anyway = false } = {}) {
    if (!this.caughtUp || this.asking || this.position === null) return;
    if (this.seen <= this.position && !anyway) return;
    this.asking = true;
    this.onWanted({ type: "changes", since: this.position });
  }
}

function nothing() {}
