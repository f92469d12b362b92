/** The thread that is on screen: its answers are fetched, kept true as all others, and read without the timeline. */

import { computed } from "../vendor/signals-core.js";
import { ignore } from "../lib/ignore.js";
import { rootOf, ThreadReplica } from "../lib/replica/thread.js";

export const PAGE_ANSWERS = 50;

export class Threads {
  /**
   * @param {import("../lib/replica/room.js").RoomReplica} replica
   * @param {{value: import("../lib/replica/room.js").RoomSnapshot}} snapshot
   * @param {any} lent what the store lends its rooms
   * @param {(make: () => any, came: (generation: number, result: any) => boolean) => Promise<any>} fetchPage as for `History`
   */
  constructor(replica, snapshot, lent, fetchPage) {
    this.replica = replica;
    this.snapshot = snapshot;
    this.lent = lent;
    this.fetchPage = fetchPage;
    /** {root, message, messages, more, loaded}, or null. */
    this.open = computed(() => snapshot.value.thread);
    this.loading = null;
  }

  /** The message at which the answers began to which this one belongs, or where they may begin. @param {import("../lib/types.js").Message} message */
  rootOf(message) {
    return rootOf(message) ?? message.number;
  }

  /** Show the answers to this message. @param {number} root @returns {Promise<boolean>} whether one follows it, by what the server says */
  async show(root) {
    if (this.replica.thread?.root !== root) this.replica.thread = new ThreadReplica(root);
    this.lent.changedReplica(this.replica);
    const page = await this.#fetch({});
    return page?.following ?? false;
  }

  /** The number of the first answer here that is unread, or null. */
  firstUnread() {
    const { thread, reading, joined } = this.replica;
    const found = joined ? thread?.messages.find(({ number }) => reading.isUnread(number)) : undefined;
    return found?.number ?? null;
  }

  /** Whether the last answer to a message was not read yet. @param {import("../lib/types.js").Message} message */
  isUnread(message) {
    void this.snapshot.value; // it changes with it
    return this.replica.joined && message.thread !== undefined && this.replica.reading.isUnread(message.thread.last_number);
  }

  hide() {
    if (this.replica.thread === null) return;
    this.replica.thread = null;
    this.lent.changedReplica(this.replica);
  }

  /** After what was known was dropped. */
  retake() {
    if (this.replica.thread !== null) this.#fetch({}).catch(ignore);
  }

  /** The answers before those that are here. */
  loadBefore() {
    const { thread } = this.replica;
    if (!thread?.loaded || !thread.more || this.loading) return this.loading ?? Promise.resolve(null);
    this.loading = this.#fetch({ before: thread.messages[0].number }).finally(() => (this.loading = null));
    return this.loading;
  }

  /** Whether one follows it, as far as one chose; else null. @param {number} root */
  chosen(root) {
    const follows = this.replica.membership?.follows ?? [];
    return follows.includes(root) ? true : follows.includes(-root) ? false : null;
  }

  /** @param {number} root @param {boolean} on */
  follow(root, on) {
    return this.lent.line.command({ type: "thread.follow", room: this.replica.id, root, on });
  }

  #fetch(range) {
    const { thread } = this.replica;
    const command = { type: "thread", room: this.replica.id, root: thread.root, ...range, limit: PAGE_ANSWERS };
    return this.fetchPage(
      () => (this.replica.thread === thread ? command : null),
      (generation, page) => this.replica.threadCame(generation, page),
    );
  }
}
