/** One room as the page sees it: signals of its state, and what one can do in it. */

import { batch, computed, signal } from "../vendor/signals-core.js";
import { ignore } from "../lib/ignore.js";
import { rowsOf } from "../lib/grouping.js";
import { mayManage, mayModerate, mayReact, whyNoWriting } from "../lib/rights.js";
import { Acts } from "./acts.js";
import { checked } from "./checked.js";
import { History } from "./history.js";
import { Members } from "./members.js";
import { named } from "./named.js";
import { Quotes } from "./quotes.js";
import { Reactions } from "./reactions.js";
import { Reading } from "./reading.js";
import { Removing } from "./removing.js";
import { Threads } from "./threads.js";
import { Typing } from "./typing.js";
import { Writing } from "./writing.js";

export const TAIL_MESSAGES = 100; // of a room that is not on screen

/** @typedef {import("../lib/types.js").Message} Message */

export class RoomStore {
  /**
   * @param {import("../lib/replica/room.js").RoomReplica} replica
   * @param {any} lent what the store lends its rooms: me, isOwner, limits (signals), people, collator, clock, outbox, drafts, `line` (command, fetchPage, join, leave, end), hasCaughtUp, isCaughtUp, changed
   */
  constructor(replica, lent) {
    this.id = replica.id;
    this.replica = replica;
    this.lent = lent;
    // Pages of a room that the page has left are not worth a subscription.
    this.visit = 0;
    const fetchPage = (make, came) => {
      const { visit } = this;
      return lent.line.fetchPage(replica, () => (visit === this.visit ? make() : null), came);
    };
    this.isOpen = false;
    this.generation = replica.generation;

    /** All that is shown of the replica, as it was at one moment. What follows are views of it. */
    this.snapshot = signal(replica.snapshot());
    this.info = computed(() => named(this.snapshot.value.info, lent));
    this.membership = computed(() => this.snapshot.value.membership);
    this.place = computed(() => this.snapshot.value.membership?.place ?? 0);
    this.pinned = computed(() => this.snapshot.value.membership?.pinned === true);
    this.muted = computed(() => this.snapshot.value.membership?.notify === "nothing");
    this.gone = computed(() => this.snapshot.value.gone);
    this.lastNumber = computed(() => this.snapshot.value.lastNumber);
    this.lastMessageAt = computed(() => this.snapshot.value.lastMessageAt);
    /** Whether one sees only what was written since one came. */
    this.isCut = computed(() => this.snapshot.value.floor > 1);
    this.lastReadNumber = computed(() => this.snapshot.value.lastReadNumber);
    this.unread = computed(() => this.snapshot.value.unread);

    this.history = new History(replica, this.snapshot, () => this.#show(), fetchPage);
    this.threads = new Threads(replica, this.snapshot, lent, fetchPage);
    this.quotes = new Quotes(replica, this.snapshot, fetchPage);
    this.memberList = new Members(replica, this.snapshot, lent, fetchPage);
    this.removing = new Removing(lent.clock, (number) => this.remove(number));
    this.timeline = computed(() => this.removing.shown(this.history.timeline.value));
    this.loading = this.history.loading;
    this.failure = this.history.failure;
    this.target = this.history.target;
    this.missing = this.history.missing;
    this.members = this.memberList.list;

    this.newMessagesAt = signal(/** @type {number|null} */ (null));
    this.pending = signal(/** @type {import("../lib/types.js").Pending[]} */ ([]));
    this.writing = new Writing(replica, lent);
    this.acts = new Acts(replica, lent, () => this.standing);
    this.reacting = new Reactions(replica, lent, () => this.join());
    this.typing = new Typing({
      clock: lent.clock,
      me: () => lent.me.value?.id ?? null,
      tell: () => void lent.line.command({ type: "typing", room: this.id }).catch(ignore),
    });
    this.rows = computed(() => {
      const timeline = this.timeline.value;
      const view = timeline ?? { messages: [], notices: [], atEnd: true };
      return rowsOf({ ...view, pending: this.pending.value, newMessagesAt: this.newMessagesAt.value, me: lent.me.value?.id ?? null });
    });
    this.openedEarly = null;
    this.reading = new Reading(replica, lent, () => lent.changed(this));
  }

  /** Show what the replica holds now. True where the list of rooms may look different. */
  publish() {
    const { replica } = this;
    const was = this.snapshot.peek();
    const isOther = was.membership !== replica.membership;
    const listed = was.info !== replica.info || isOther || was.gone !== replica.gone;
    const isBack = was.gone !== null && replica.gone === null;
    // Reset, or all that we had was taken by retention.
    const isEmptied = was.windows.length > 0 && replica.windows.length === 0;
    if (!this.isOpen) this.history.keepTail(TAIL_MESSAGES);
    this.#show();
    this.reading.follow();
    if (isOther) this.#tellAgain();
    if (replica.gone !== null) this.typing.clear();
    if (this.generation !== replica.generation || isBack || isEmptied) this.#retake(was.members !== null);
    return listed;
  }

  /** What was written and read here while the server could not be told. */
  #tellAgain() {
    this.writing.draft.follow();
    this.reading.again();
  }

  #show() {
    batch(() => {
      this.history.settle();
      this.snapshot.value = this.replica.snapshot();
    });
  }

  /** The page shows this room from now on. @param {{around?: number}} [where] */
  opened({ around } = {}) {
    this.isOpen = true;
    this.reading.letGo();
    // What was kept on this device may be old: how much is unread is known only when the server has spoken.
    this.openedEarly = this.lent.hasCaughtUp() || !this.replica.loaded ? null : { around };
    this.markNewMessages();
    const unread = this.newMessagesAt.value;
    let loading;
    if (around !== undefined) loading = this.history.loadAround(around);
    else loading = unread === null ? this.history.loadNewest() : this.history.loadAroundNew(unread);
    return loading.catch(ignore); // `failure` shows it
  }

  /** The server has told what was missed. */
  caughtUp() {
    if (this.isOpen && this.openedEarly) this.opened(this.openedEarly);
    this.writing.draft.caughtUp();
    this.reading.again();
  }

  closed() {
    this.isOpen = false;
    this.reading.letGo();
    this.threads.hide();
    this.typing.clear();
    this.visit += 1;
    this.history.abandon();
    this.memberList.abandon();
    this.publish();
  }

  markNewMessages() {
    this.newMessagesAt.value = this.replica.firstUnread;
  }

  /** The number of the first unread message, or null. */
  get firstUnread() {
    return this.replica.firstUnread;
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
    const seen = this.replica.joined ? this.replica.lastReadNumber : null;
    this.typing.sent();
    return this.lent.outbox.enqueue({ room: this.id, body: checked(this.lent.limits.value, body), seen, answer });
  }

  retry(clientMessageId) {
    return this.lent.outbox.retry(clientMessageId);
  }

  discard(clientMessageId) {
    return this.lent.outbox.discard(clientMessageId);
  }

  async edit(number, body) {
    return this.lent.line.command({ type: "message.edit", room: this.id, number, body: checked(this.lent.limits.value, body) });
  }

  /** React to a message, or take it back: shown at once, and undone where it is refused. @param {number} number @param {string} emoji @param {boolean} on */
  react(number, emoji, on) {
    return this.reacting.put(number, emoji, on);
  }

  /** The reactions of a message as they are shown. @param {Message} message */
  reactionsOf(message) {
    return this.reacting.of(message);
  }

  remove(number) {
    return this.lent.line.command({ type: "message.delete", room: this.id, number });
  }

  /** Everything up to this one was on screen. @param {number} number */
  markRead(number) {
    this.reading.upTo(number);
  }

  /** From this message on everything is unread again, on all devices. @param {number} number */
  async markUnread(number) {
    await this.reading.unreadFrom(number);
    this.markNewMessages();
  }

  /** Send the read mark now, if there is one to send. */
  sendRead() {
    return this.reading.send();
  }

  join() {
    return this.lent.line.join(this);
  }

  leave() {
    return this.lent.line.leave(this);
  }

  /** Change what is named; the rest stays. @param {{name?: string, topic?: string, kind?: string}} changes */
  configure(changes) {
    return this.lent.line.command({ type: "room.settings", room: this.id, ...changes });
  }

  /** Slow, locked, shut to newcomers for so many seconds. @param {{slow_mode?: number, locked?: boolean, raid?: number}} changes */
  keepOrder(changes) {
    return this.lent.line.command({ type: "room.order", room: this.id, ...changes });
  }

  /** Nobody writes here any more; or it is open again. @param {boolean} archived */
  archive(archived) {
    return this.lent.line.command({ type: "room.archive", room: this.id, archived });
  }

  /** Take the room away from everybody; `restore` brings it back. */
  deleteRoom() {
    return this.lent.line.end(this);
  }

  restore() {
    return this.lent.line.command({ type: "room.restore", room: this.id });
  }

  /** @param {number[]} people */
  invite(people) {
    return this.lent.line.command({ type: "room.invite", room: this.id, people });
  }

  /** The secret of a new link comes this once. @param {{expires_in?: number, uses?: number, role?: string}} how @returns {Promise<{link: import("../lib/types.js").InviteLink, token: string}>} */
  makeInvite(how) {
    return this.lent.line.command({ type: "invite.make", room: this.id, ...how });
  }

  /** @param {number} [after] @returns {Promise<{links: import("../lib/types.js").InviteLink[], next: number|null}>} */
  invites(after = 0) {
    return this.lent.line.command({ type: "invites", room: this.id, after });
  }

  /** @param {number} id */
  endInvite(id) {
    return this.lent.line.command({ type: "invite.end", room: this.id, id });
  }

  /** @param {number} person */
  sendOut(person) {
    return this.lent.line.command({ type: "room.remove", room: this.id, person });
  }

  /** @param {number} person @param {import("../lib/types.js").Role} role */
  giveRole(person, role) {
    return this.lent.line.command({ type: "room.role", room: this.id, person, role });
  }

  /** Keep it near the top of one's own list, or do so no more. @param {boolean} pinned */
  pin(pinned) {
    return this.lent.line.command({ type: "room.pin", room: this.id, pinned });
  }

  /** Keep somebody out for so long, or (null) for good. @param {number} person @param {{seconds: number|null, reason: string}} how */
  ban(person, { seconds, reason }) {
    return this.lent.line.command({ type: "room.ban", room: this.id, person, seconds, reason });
  }

  /** @param {number} person */
  unban(person) {
    return this.lent.line.command({ type: "room.unban", room: this.id, person });
  }

  /** Let a member only read for so long; 0 seconds: write again. @param {number} person @param {{seconds: number, reason?: string}} how */
  silence(person, { seconds, reason = "" }) {
    return this.lent.line.command({ type: "room.silence", room: this.id, person, seconds, reason });
  }

  /** Who is banned or silenced. @param {number} [after] @returns {Promise<{sanctions: import("../lib/types.js").Sanction[], next: number|null}>} */
  sanctions(after = 0) {
    return this.lent.line.command({ type: "room.sanctions", room: this.id, after });
  }

  /** @param {number} number @param {{reason: string, note: string}} why */
  report(number, { reason, note }) {
    return this.lent.line.command({ type: "message.report", room: this.id, number, reason, note });
  }

  /** Delete all that somebody wrote in the last so many seconds. @param {number} person @param {{seconds: number}} how */
  purge(person, { seconds }) {
    const since = new Date(this.lent.clock.now() - seconds * 1000).toISOString();
    return this.lent.line.command({ type: "messages.purge", room: this.id, person, since });
  }

  loadMembers() {
    return this.memberList.load();
  }

  /** Somebody writes here: the others in the room may know. */
  writes() {
    if (this.replica.joined) this.typing.writes();
  }

  mayAnswer(message) {
    return !message.deleted_at && this.gone.value === null && whyNoWriting(this.standing) === null;
  }

  mayReact(message) {
    return !message.deleted_at && this.gone.value === null && mayReact(this.standing);
  }

  mayEdit(message) {
    return !message.deleted_at && message.author === this.lent.me.value?.id && whyNoWriting(this.standing) === null;
  }

  /** Whether one may see what it said before it was edited. */
  mayCompare(message) {
    return message.versions > 0 && this.mayRemove(message);
  }

  mayRemove(message) {
    return !message.deleted_at && (message.author === this.lent.me.value?.id || mayModerate(this.standing));
  }

  mayReport(message) {
    return !message.deleted_at && this.replica.joined && message.author !== this.lent.me.value?.id;
  }

  mayManage() {
    return mayManage(this.standing);
  }

  /** What one is here, for `lib/rights.js`. */
  get standing() {
    return { info: this.info.value, membership: this.membership.value, isOwner: this.lent.isOwner.value, now: this.lent.clock.now() };
  }

  #retake(hadMembers) {
    this.generation = this.replica.generation;
    if (!this.isOpen || this.replica.gone !== null) return;
    this.history.retake().catch(ignore);
    this.threads.retake();
    if (hadMembers) this.loadMembers().catch(ignore);
  }
}
