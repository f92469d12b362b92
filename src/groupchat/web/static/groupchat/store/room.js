/** One room as the page sees it: signals of its state, and what one can do in it. */

import { computed, signal } from "../vendor/signals-core.js";
import { ChatFailure, sameAgain } from "../lib/failure.js";
import { rowsOf } from "../lib/grouping.js";
import { countCharacters, isVisible, wellFormed } from "../lib/text.js";
import { History } from "./history.js";
import { Quotes } from "./quotes.js";
import { Typing } from "./typing.js";
import { Writing } from "./writing.js";

export const PAGE_MEMBERS = 100;
export const READ_AFTER_MILLISECONDS = 500; // marks within this time become one command
export const TAIL_MESSAGES = 100; // of a room that is not on screen

/** @typedef {import("../lib/types.js").Message} Message */

export class RoomStore {
  /**
   * @param {import("../lib/merge.js").RoomCopy} copy
   * @param {any} context what the store lends its rooms: me, isOwner, limits, people, collator, clock, outbox, drafts, heard,
   *   command, fetchPage, join, leave, changed
   */
  constructor(copy, context) {
    this.id = copy.id;
    this.copy = copy;
    this.context = context;
    // Pages of a room that the page has left are not worth a subscription.
    this.visit = 0;
    this.fetchPage = (make, came) => {
      const { visit } = this;
      return context.fetchPage(copy, () => (visit === this.visit ? make() : null), came);
    };
    this.history = new History(copy, this.fetchPage);
    this.quotes = new Quotes(copy, this.history.windows, this.fetchPage);
    this.isOpen = false;
    this.generation = copy.generation;

    this.info = signal(copy.info);
    this.membership = signal(copy.membership);
    this.gone = signal(copy.gone);
    this.lastNumber = signal(copy.lastNumber);
    this.lastReadNumber = signal(copy.lastReadNumber);
    this.unread = signal(copy.unread);
    this.newMessagesAt = signal(/** @type {number|null} */ (null));
    this.pending = signal(/** @type {import("../lib/types.js").Pending[]} */ ([]));
    this.writing = new Writing(copy.id, context.drafts);
    this.timeline = this.history.timeline;
    this.loading = this.history.loading;
    this.failure = this.history.failure;
    this.target = this.history.target;
    this.rows = computed(() => {
      const timeline = this.timeline.value;
      const view = timeline ?? { messages: [], notices: [], atEnd: true };
      return rowsOf({ ...view, pending: this.pending.value, newMessagesAt: this.newMessagesAt.value, me: context.me.value?.id ?? null });
    });

    this.memberMap = signal(copy.members);
    this.memberCount = signal(copy.joinedCount);
    this.membersComplete = signal(copy.membersComplete);
    this.membersLoading = signal(false);
    this.members = computed(() => this.#listMembers());

    this.typing = new Typing({
      clock: context.clock,
      me: () => context.me.value?.id ?? null,
      tell: () => void context.command({ type: "typing", room: this.id }).catch(ignore),
    });

    this.openedEarly = null;
    this.toRead = 0;
    this.readTimer = null;
    this.membersOnTheWay = null;
  }

  /** Take over what the copy holds now. True where the list of rooms may look different. */
  publish() {
    const { copy } = this;
    const isOther = this.membership.value !== copy.membership;
    const listed = this.info.value !== copy.info || isOther || this.gone.value !== copy.gone;
    const isBack = this.gone.value !== null && copy.gone === null;
    // Reset, or all that we had was taken by retention.
    const isEmptied = this.history.windows.value.length > 0 && copy.windows.length === 0;
    if (!this.isOpen) this.history.keepTail(TAIL_MESSAGES);
    this.info.value = copy.info;
    this.membership.value = copy.membership;
    this.gone.value = copy.gone;
    this.lastNumber.value = copy.lastNumber;
    this.lastReadNumber.value = copy.lastReadNumber;
    this.unread.value = copy.unread;
    this.history.publish();
    this.quotes.publish();
    const hadMembers = this.memberMap.value !== null;
    this.memberMap.value = copy.members;
    this.memberCount.value = copy.joinedCount;
    this.membersComplete.value = copy.membersComplete;
    // Another person's, perhaps, or of another life of the counters.
    if (copy.membership === null || copy.lastReadNumber < this.toRead) this.toRead = 0;
    if (isOther) this.#readAgain();
    if (copy.gone !== null) this.typing.clear();
    if (this.generation !== copy.generation || isBack || isEmptied) this.#retake(hadMembers);
    return listed;
  }

  /** The page shows this room from now on. @param {{around?: number}} [where] */
  opened({ around } = {}) {
    this.isOpen = true;
    // What was kept on this device may be old: how much is unread is known only when the server has spoken.
    this.openedEarly = this.context.heard() || !this.copy.loaded ? null : { around };
    this.markNewMessages();
    const unread = this.newMessagesAt.value;
    let loading;
    if (around !== undefined) loading = this.history.loadAround(around);
    else loading = unread === null ? this.history.loadNewest() : this.history.loadAround(unread, "new");
    return loading.catch(ignore); // `failure` shows it
  }

  /** The server has told what was missed. */
  caughtUp() {
    if (this.isOpen && this.openedEarly) this.opened(this.openedEarly);
    this.#readAgain();
  }

  closed() {
    this.isOpen = false;
    this.typing.clear();
    this.visit += 1;
    this.history.abandon();
    this.membersOnTheWay = null;
    this.membersLoading.value = false;
    this.publish();
  }

  markNewMessages() {
    this.newMessagesAt.value = this.copy.firstUnread;
  }

  /** The number of the first unread message, or null. */
  get firstUnread() {
    return this.copy.firstUnread;
  }

  loadBefore() {
    return this.history.loadBefore();
  }

  loadAfter() {
    return this.history.loadAfter();
  }

  loadAround(number) {
    return this.history.loadAround(number);
  }

  loadNewest() {
    return this.history.loadNewest();
  }

  keepOnly(from, to) {
    this.history.keepOnly(from, to);
  }

  /** @param {string} body @param {{answer?: number|null}} [options] `answer`: the message that it answers @returns {Promise<string>} */
  async post(body, { answer = null } = {}) {
    // What was shown up to now, however late it is sent: writing is not reading.
    const seen = this.copy.joined ? this.copy.lastReadNumber : null;
    this.typing.sent();
    return this.context.outbox.enqueue({ room: this.id, body: this.#checked(body), seen, answer });
  }

  retry(clientMessageId) {
    return this.context.outbox.retry(clientMessageId);
  }

  discard(clientMessageId) {
    return this.context.outbox.discard(clientMessageId);
  }

  async edit(number, body) {
    return this.context.command({ type: "message.edit", room: this.id, number, body: this.#checked(body) });
  }

  /** What a message said before, the oldest first. @returns {Promise<import("../lib/types.js").Version[]>} */
  async versions(number) {
    return (await this.context.command({ type: "message.versions", room: this.id, number })).versions;
  }

  remove(number) {
    return this.context.command({ type: "message.delete", room: this.id, number });
  }

  /** @param {number} number */
  markRead(number) {
    const { copy } = this;
    const upTo = Math.min(number, copy.lastNumber);
    if (!copy.joined || upTo <= copy.lastReadNumber) return;
    copy.readUpTo(upTo);
    this.toRead = upTo;
    this.context.changed(this);
    if (this.readTimer === null) this.#readIn(READ_AFTER_MILLISECONDS);
  }

  /** Send the read mark now, if there is one to send. */
  async sendRead() {
    this.context.clock.clearTimeout(this.readTimer);
    this.readTimer = null;
    const number = this.toRead;
    if (number === 0 || !this.copy.joined) return;
    try {
      await this.context.command({ type: "read", room: this.id, number });
      if (this.toRead === number) this.toRead = 0;
    } catch (failure) {
      const what = sameAgain(failure.code);
      if (what === "never") this.toRead = 0;
      // Without a connection it goes out when there is one again.
      else if (failure.code !== "offline" && failure.code !== "lost") this.#readIn((failure.retryAfter ?? 1) * 1000);
    }
  }

  join() {
    return this.context.join(this);
  }

  leave() {
    return this.context.leave(this);
  }

  rename(name) {
    return this.context.command({ type: "room.rename", room: this.id, name });
  }

  setTopic(topic) {
    return this.context.command({ type: "room.topic", room: this.id, topic });
  }

  /** The first page of members, or the next; resolves when it is here. */
  loadMembers() {
    if (this.copy.membersComplete) return Promise.resolve();
    if (this.membersOnTheWay) return this.membersOnTheWay;
    const done = this.#fetchMembers().finally(() => {
      if (this.membersOnTheWay !== done) return;
      this.membersOnTheWay = null;
      this.membersLoading.value = false;
    });
    this.membersOnTheWay = done;
    return done;
  }

  /** Somebody writes here: the others in the room may know. */
  writes() {
    if (this.copy.joined) this.typing.writes();
  }

  mayAnswer(message) {
    return !message.deleted_at && this.gone.value === null;
  }

  mayEdit(message) {
    return !message.deleted_at && message.author === this.context.me.value?.id;
  }

  /** Whether one may see what it said before it was edited. */
  mayCompare(message) {
    return message.versions > 0 && this.mayRemove(message);
  }

  mayRemove(message) {
    return !message.deleted_at && (message.author === this.context.me.value?.id || this.mayManage());
  }

  mayManage() {
    if (this.context.isOwner.value) return true;
    // A guest who made a room has no further rights in it.
    const own = this.membership.value;
    return own?.role === "owner" && own.state === "joined" && this.context.me.value?.kind !== "guest";
  }

  #checked(body) {
    const text = wellFormed(body);
    const most = this.context.limits.value.body_characters;
    const count = countCharacters(text);
    if (most && count > most) throw new ChatFailure("too_long", `A message holds at most ${most} characters; this one has ${count}.`, { field: "body" });
    if (!isVisible(text) || text.includes("\0")) throw new ChatFailure("invalid", "Write something first: this message shows nothing.", { field: "body" });
    return text;
  }

  /** What was read while there was no connection, perhaps before a reload, or before one was out of the room for a while. */
  #readAgain() {
    const { copy } = this;
    if (!copy.joined || this.readTimer !== null) return;
    if (copy.lastReadNumber > copy.membership.last_read_number) this.toRead = copy.lastReadNumber;
    if (this.toRead > 0) this.#readIn(READ_AFTER_MILLISECONDS);
  }

  #readIn(milliseconds) {
    this.context.clock.clearTimeout(this.readTimer);
    this.readTimer = this.context.clock.setTimeout(() => this.sendRead(), milliseconds);
  }

  #retake(hadMembers) {
    this.generation = this.copy.generation;
    if (!this.isOpen || this.copy.gone !== null) return;
    this.history.retake().catch(ignore);
    if (hadMembers) this.loadMembers().catch(ignore);
  }

  async #fetchMembers() {
    this.membersLoading.value = true;
    await this.fetchPage(
      () => {
        this.copy.watchMembers();
        return { type: "members", room: this.id, after: this.copy.membersNext, limit: PAGE_MEMBERS };
      },
      (generation, page) => this.copy.membersCame(generation, page),
    );
  }

  #listMembers() {
    const map = this.memberMap.value;
    if (map === null) return null;
    const { people, collator, anyPerson } = this.context;
    anyPerson.value; // names order the list
    const name = (member) => people.get(member.person)?.name ?? "";
    const list = [...map.values()].filter((member) => member.state === "joined");
    list.sort(
      (a, b) => Number(b.role === "owner") - Number(a.role === "owner") || collator.compare(name(a), name(b)) || a.person - b.person,
    );
    return {
      people: list,
      count: this.memberCount.value ?? list.length,
      complete: this.membersComplete.value,
      loading: this.membersLoading.value,
    };
  }
}

function ignore() {}
