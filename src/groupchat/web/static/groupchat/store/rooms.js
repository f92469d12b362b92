/** All rooms that the page knows: their stores, which are open, which are loaded, what waits to be sent in each. */

import { batch, computed, signal } from "../vendor/signals-core.js";
import { RoomStore } from "./room.js";

export const LEAVES_AFTER_MILLISECONDS = 8_000; // until then leaving a room can be undone

export const MOST_LOADED_ROOMS = 20; // rooms whose messages stay in memory; fewer than a hello may name

/** @typedef {import("../lib/replica/room.js").RoomReplica} RoomReplica */

export class Rooms {
  /**
   * @param {import("../lib/replica/client.js").ClientReplica} replica
   * @param {any} link see `createLink`
   * @param {(change: () => any) => any} update changes the replica, then shows all of it at once
   * @param {any} lent what every room is lent (`RoomStore`)
   */
  constructor(replica, link, update, lent) {
    this.replica = replica;
    this.link = link;
    this.update = update;
    this.lent = lent;
    /** @type {Map<number, RoomStore>} */
    this.stores = new Map();
    /** Those that changed and are not shown yet. @type {Set<RoomReplica>} */
    this.dirty = new Set();
    /** @type {number[]} ids of those that were opened, the last one last */
    this.recent = [];
    this.changed = signal(0);
    /** Those that one leaves in a moment, by id. */
    this.leaving = signal(/** @type {ReadonlyMap<number, {timer: any, left: Promise<boolean>, end: (left: boolean|Promise<boolean>) => void}>} */ (new Map()));
    this.joined = computed(() => {
      this.changed.value;
      const { collator } = lent;
      return replica
        .joinedRooms()
        .filter((room) => !this.leaving.value.has(room.id))
        .map((room) => this.of(room))
        .sort((a, b) => collator.compare(a.info.value.name, b.info.value.name) || a.id - b.id);
    });
    this.unread = computed(() => {
      this.changed.value;
      let sum = 0;
      for (const room of this.joined.value) if (!room.muted.value) sum += room.unread.value;
      return sum;
    });
  }

  all() {
    return this.stores.values();
  }

  /** @param {number} id */
  get(id) {
    return this.stores.get(id);
  }

  /** The store of a room, made where there is none yet. @param {RoomReplica} room */
  of(room) {
    let store = this.stores.get(room.id);
    if (!store) this.stores.set(room.id, (store = new RoomStore(room, this.lent)));
    return store;
  }

  /** Show what changed in the replica. */
  publish() {
    for (const room of this.dirty) {
      this.dirty.delete(room);
      const fresh = !this.stores.has(room.id); // its signals begin with what it would publish
      if (this.of(room).publish() || fresh) this.changed.value += 1;
    }
  }

  /** Show everything, for nothing is known any more. */
  publishAll() {
    for (const room of this.all()) room.publish();
    this.dirty.clear();
    this.changed.value += 1;
  }

  /** @param {{id?: number, slug?: string, around?: number}} where */
  async open({ id, slug, around }) {
    const find = () => (id !== undefined ? this.get(id) : this.#findBySlug(slug)) ?? null;
    let room = find();
    if (room) this.stay(room);
    if (!room?.replica.joined && !room?.replica.subscribed) {
      const target = id !== undefined ? { room: id } : { slug };
      room = this.of(await this.link.lookInto(target, () => find()?.replica));
    }
    this.recent = [...this.recent.filter((other) => other !== room.id), room.id];
    room.opened({ around });
    this.#unloadOthers();
    return room;
  }

  /** @param {RoomStore} room */
  close(room) {
    room.closed();
    this.lent.drafts.flush();
    if (room.replica.joined || !room.replica.subscribed) return;
    this.update(() => {
      room.replica.subscribed = false;
      room.replica.reset();
      this.dirty.add(room.replica);
    });
    this.link.unsubscribe(room.id);
  }

  /**
   * Leave a room in a moment; until then only this page shows it as left, so that nothing has to be made good again.
   * @param {RoomStore} room @returns {Promise<boolean>} true when one has left, false when one stays; rejects where leaving failed, and one stays
   */
  leaveSoon(room) {
    this.stay(room);
    let end;
    const left = new Promise((resolve) => (end = resolve));
    const timer = this.lent.clock.setTimeout(() => this.#leaveNow(room), LEAVES_AFTER_MILLISECONDS);
    this.leaving.value = new Map(this.leaving.value).set(room.id, { timer, left, end });
    return left;
  }

  /** One stays in the room after all. @param {RoomStore} room */
  stay(room) {
    this.#noLongerLeaving(room)?.end(false);
  }

  /** The page goes away: whoever is about to leave leaves. Resolves when that is done, well or not. */
  leaveAll() {
    const leaving = [...this.leaving.value];
    for (const [id] of leaving) this.#leaveNow(this.get(id));
    return Promise.allSettled(leaving.map(([, { left }]) => left));
  }

  /** Join or make the room of this name. @param {string} name */
  enter(name) {
    return this.#come({ type: "room.enter", name });
  }

  /** Make a room of a kind. @param {{name: string, kind: string, topic?: string}} facts */
  create(facts) {
    return this.#come({ type: "room.create", ...facts });
  }

  /** Find or begin the conversation with these people. @param {number[]} people */
  converse(people) {
    return this.#come({ type: "room.direct", people });
  }

  /** What waits in the outbox, to each room. @param {import("../lib/types.js").Pending[]} items */
  showPending(items) {
    const byRoom = new Map();
    for (const item of items) {
      if (!byRoom.has(item.room)) byRoom.set(item.room, []);
      byRoom.get(item.room).push(item);
    }
    batch(() => {
      for (const [id, list] of byRoom) {
        const room = this.of(this.replica.room(id));
        if (!sameItems(room.pending.value, list)) room.pending.value = list;
      }
      for (const room of this.all()) if (!byRoom.has(room.id) && room.pending.value.length) room.pending.value = [];
    });
  }

  async #come(command) {
    await this.link.attempted(); // the page has just come up, and somebody was quicker
    const { room, state } = await this.link.hear(command);
    return { room: this.of(room), created: state.created };
  }

  #leaveNow(room) {
    const leaving = this.leaving.value.get(room.id);
    if (leaving.timer === null) return; // on its way
    this.lent.clock.clearTimeout(leaving.timer);
    leaving.timer = null;
    leaving.end(room.leave().then(() => true).finally(() => this.#noLongerLeaving(room)));
  }

  #noLongerLeaving(room) {
    const leaving = this.leaving.value.get(room.id);
    if (!leaving) return undefined;
    this.lent.clock.clearTimeout(leaving.timer);
    const others = new Map(this.leaving.value);
    others.delete(room.id);
    this.leaving.value = others;
    return leaving;
  }

  #findBySlug(slug) {
    for (const room of this.all()) if (room.info.value?.slug === slug && room.gone.value === null) return room;
    return null;
  }

  #unloadOthers() {
    const loaded = this.recent.filter((id) => this.get(id)?.replica.loaded);
    for (const id of loaded.slice(0, -MOST_LOADED_ROOMS)) {
      const room = this.get(id);
      if (room.isOpen) continue;
      this.update(() => {
        room.replica.unload();
        this.dirty.add(room.replica);
      });
    }
  }
}

function sameItems(one, other) {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
