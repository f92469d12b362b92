/** What a client knows of one room, and the four rules by which `changes` frames and pages become that. */

import { mergeMembers } from "./member-list.js";
import { Reading } from "./reading.js";
import { cutWindows, insertWindow, isNewer, mergeInto, noticeKey, windowOf } from "./windows.js";

/** @typedef {import("../types.js").Member} Member */
/** @typedef {ReturnType<RoomReplica["snapshot"]>} RoomSnapshot */

/**
 * One room as far as it is loaded. Entities and lists in it are replaced, never changed in place.
 *
 * `position` is the seq at which the client stands, null before the room is subscribed to; `seen` the highest seq that it
 * heard of: where that is higher, something is missing.
 */
export class RoomReplica {
  /** @param {number} id */
  constructor(id) {
    this.id = id;
    /** A connection hears this room's changes. */
    this.subscribed = false;
    /** A `changes` command for this room is on its way. */
    this.asking = false;
    /** Whether one is in it is being asked. */
    this.unsure = false;
    /** Which life of `windows` this is: pages asked for in an earlier one are of no use. */
    this.generation = 0;
    /** The thread that is on screen. @type {import("./thread.js").ThreadReplica|null} */
    this.thread = null;
    this.forget();
  }

  /** What a reader sees of it now: it never changes, and what is the same in the next one is the same object. */
  snapshot() {
    const { info, membership, gone, floor, firstNumber, lastNumber, lastMessageAt, lastReadNumber, unread, windows, quoted, members, membersComplete } = this;
    const { ahead } = this.reading;
    return Object.freeze({
      info,
      membership,
      gone,
      floor,
      firstNumber,
      lastNumber,
      lastMessageAt,
      lastReadNumber,
      ahead,
      unread,
      thread: this.thread?.view ?? null,
      windows,
      quoted,
      members,
      memberCount: this.joinedCount,
      membersComplete,
    });
  }

  /** Drop everything, as if the room had never been seen. */
  forget() {
    /** @type {import("../types.js").RoomInfo|null} */
    this.info = null;
    /** @type {import("../types.js").Membership|null} */
    this.membership = null;
    /** @type {import("../types.js").MemberState|"gone"|null} */
    this.gone = null;
    /** The number of the first message that one may see, as the server said; up to 1: all of them. */
    this.floor = 0;
    /** That of the first message that there is here. */
    this.firstNumber = 1;
    this.lastNumber = 0;
    /** When the newest message that we heard of was written; "" before we heard of any. */
    this.lastMessageAt = "";
    this.reading = new Reading();
    this.ownMemberSeq = 0;
    this.reset();
  }

  /** Rule 4: drop what is loaded. The next `take` says where the client stands. */
  reset() {
    /** @type {number|null} */
    this.position = null;
    this.seen = 0;
    /** @type {ReadonlyArray<import("../types.js").Window>} */
    this.windows = [];
    /** @type {Map<number, Member>|null} */
    this.members = null;
    /** @type {number|null} */
    this.memberCount = null;
    this.countedAt = 0;
    this.membersComplete = false;
    /** Person id behind which the next page of members begins. */
    this.membersNext = 0;
    /** Messages that others answer and that stand in no window, by number. @type {Map<number, import("../types.js").Message|null>} */
    this.quoted = new Map();
    this.thread?.forget();
    this.keptMessages = new Map();
    this.keptNotices = new Map();
    this.#forgetPagesOnTheWay();
  }

  /** Whether a change could matter to what is shown here or asked for. */
  get loaded() {
    return this.windows.length > 0 || this.quoted.size > 0 || this.thread !== null || this.members !== null || this.pagesOnTheWay > 0;
  }

  /** Whether something is missing between the position and what was heard of. */
  get behind() {
    return this.position !== null && this.seen > this.position;
  }

  /** Whether one is in this room. */
  get joined() {
    return this.membership?.state === "joined" && this.gone === null;
  }

  get lastReadNumber() {
    return this.reading.mark;
  }

  /** How many messages of others were not read and are still there. */
  get unread() {
    return this.joined ? this.reading.unread(this.lastNumber) : 0;
  }

  /** The number of the first of them, or null. */
  get firstUnread() {
    return this.unread === 0 ? null : this.reading.first;
  }

  /**
   * The room's state at `state.seq`, from hello, subscribe, enter or join. Where nothing is loaded, the client stands there now.
   * @param {import("../types.js").RoomState} state
   */
  take(state) {
    this.#takeInfo(state.room);
    if (!state.me) this.#seeFrom(state.floor ?? 0);
    this.lastNumber = Math.max(this.lastNumber, state.last_number);
    this.#wroteAt(state.last_message_at);
    this.seen = Math.max(this.seen, state.seq);
    if (this.position === null || (!this.loaded && state.seq > this.position)) this.position = state.seq;
    if (state.me) this.takeMembership(state.me);
    this.takeUncounted(state);
  }

  /** What a state of the room says is not unread. @param {import("../types.js").RoomState} state */
  takeUncounted(state) {
    for (const [from, to] of state.uncounted ?? []) for (let number = from; number <= to; number += 1) this.skip(number);
  }

  /** One's own membership; true where its seq is news. @param {import("../types.js").Membership} membership */
  takeMembership(membership) {
    const had = this.membership?.seq ?? -1;
    this.reading.take(membership, membership.seq >= had);
    for (const [, to] of this.reading.ahead) this.lastNumber = Math.max(this.lastNumber, to);
    if (membership.seq >= had) {
      // A floor comes with a new seq and goes without one.
      const floor = membership.seq > had ? (membership.floor ?? 0) : Math.min(this.floor, membership.floor ?? 0);
      this.membership = floor === (membership.floor ?? 0) ? membership : { ...membership, floor };
      this.#seeFrom(floor);
    }
    return membership.seq > had;
  }

  /** The read mark rises. @param {number} number */
  readUpTo(number) {
    this.reading.upTo(number);
  }

  /** This message is one's own: directly behind the mark it takes it along, and else it is not unread. @param {number} number */
  wrote(number) {
    if (number === this.lastReadNumber + 1) this.readUpTo(number);
    this.skip(number);
  }

  /** This message is not unread, whether it is behind the mark or not. @param {number} number */
  skip(number) {
    if (number <= this.reading.counted) return;
    this.reading.skip(number);
    this.lastNumber = Math.max(this.lastNumber, number);
  }

  /**
   * A `changes` frame of this room, by rules 1 to 3. Afterwards `behind` tells whether to ask for what is missing.
   * @param {import("../types.js").RoomChanges} frame
   * @param {number|null} me one's own person id
   * @returns {{out: import("../types.js").MemberState|null, outdated: boolean}} whether it says that one is out of the room, and whether it is old
   */
  apply(frame, me) {
    const outdated = this.position !== null && frame.to <= this.position;
    this.seen = Math.max(this.seen, frame.to);
    this.lastNumber = Math.max(this.lastNumber, frame.last_number ?? 0);
    if (frame.info) this.#takeInfo(frame.info);
    const messages = frame.messages ?? [];
    const notices = frame.notices ?? [];
    if (this.pagesOnTheWay > 0) this.#keep(messages, notices);
    this.windows = mergeInto(this.windows, messages, notices, this.firstNumber);
    this.#mergeQuoted(messages);
    this.thread?.merge(messages);
    if (frame.members) mergeMembers(this, frame.members);
    for (const message of messages) {
      this.lastNumber = Math.max(this.lastNumber, message.number);
      this.#wroteAt(message.at);
      if (message.author === me) this.wrote(message.number);
      else if (message.deleted_at) this.skip(message.number);
    }
    const own = (frame.members ?? []).find(({ person, seq }) => person === me && seq > this.ownMemberSeq);
    if (own) this.ownMemberSeq = own.seq;
    if (this.position !== null && frame.since <= this.position && frame.to > this.position) this.position = frame.to;
    return { out: own && own.state !== "joined" ? own.state : null, outdated };
  }

  /** A page of messages or members is asked for: from now on what changes is kept until it is here. Give the result to the other three. */
  pageAsked() {
    this.pagesOnTheWay += 1;
    return this.generation;
  }

  /** The page will not come. @param {number} generation */
  pageLost(generation) {
    if (generation === this.generation) this.#pageDone();
  }

  /**
   * A page of history. False where the room was dropped since it was asked for: then it must be asked for anew.
   * @param {number} generation
   * @param {import("../types.js").MessagePage} page
   * @param {{before?: number, after?: number, around?: number}} command
   */
  messagesCame(generation, page, command) {
    if (!this.#isWanted(generation)) return false;
    try {
      this.lastNumber = Math.max(this.lastNumber, page.last_number);
      this.#raiseFirstNumber(page.first_number);
      const window = windowOf(page, command, this.firstNumber);
      // An old page may hold what retention took since.
      if (window) this.windows = cutWindows(insertWindow(this.windows, window), this.firstNumber, Infinity, this.firstNumber);
      this.windows = mergeInto(this.windows, [...this.keptMessages.values()], [...this.keptNotices.values()], this.firstNumber);
    } finally {
      this.#pageDone();
    }
    return true;
  }

  /** Whether the room has a message of this number, as far as is known; a deleted one is one, too. @param {number} number */
  holds(number) {
    return number >= this.firstNumber && number <= this.lastNumber;
  }

  /**
   * A page that was asked for around one message, which another answers; false as for `messagesCame`.
   * @param {number} generation
   * @param {import("../types.js").MessagePage} page
   * @param {number} number
   */
  quoteCame(generation, page, number) {
    if (!this.#isWanted(generation)) return false;
    const found = page.messages.find((message) => message.number === number) ?? null;
    const kept = this.keptMessages.get(number);
    this.quoted = new Map(this.quoted).set(number, kept && isNewer(kept, found) ? kept : found);
    this.#pageDone();
    return true;
  }

  /**
   * A page of the thread that is on screen; false as for `messagesCame`.
   * @param {number} generation
   * @param {any} page
   */
  threadCame(generation, page) {
    if (!this.#isWanted(generation)) return false;
    this.thread?.take(page);
    this.thread?.merge([...this.keptMessages.values()]);
    this.#pageDone();
    return true;
  }

  /**
   * A page of members; false as for messages.
   * @param {number} generation
   * @param {import("../types.js").MemberPage} page
   */
  membersCame(generation, page) {
    if (!this.#isWanted(generation)) return false;
    this.#pageDone();
    mergeMembers(this, page.members);
    this.memberCount = page.count;
    this.countedAt = page.seq;
    if (page.next === null) this.membersComplete = true;
    else this.membersNext = page.next;
    return true;
  }

  /** Members are about to be asked for: keep those that changes bring from now on. */
  watchMembers() {
    this.members ??= new Map();
  }

  /** Drop messages outside of these numbers. @param {number} from @param {number} to */
  keepOnly(from, to) {
    this.windows = cutWindows(this.windows, from, to, this.firstNumber);
  }

  /** How many are in the room: counted where all are known, else as the server last said. */
  get joinedCount() {
    if (!this.membersComplete || this.members === null) return this.memberCount;
    let count = 0;
    for (const member of this.members.values()) if (member.state === "joined") count += 1;
    return count;
  }

  /** Drop the pages but go on hearing the room: where nothing is loaded, little can be missing. */
  unload() {
    const { position, seen } = this;
    this.reset();
    this.position = position;
    this.seen = seen;
  }

  /** One is out of this room: nothing of it stays here. @param {import("../types.js").MemberState|"gone"} state */
  leave(state) {
    this.gone = state;
    this.subscribed = false;
    this.unsure = false;
    this.reset();
  }

  /** All moments are written alike, so that their texts compare as they do. */
  #wroteAt(at) {
    if (at > this.lastMessageAt) this.lastMessageAt = at;
  }

  #takeInfo(info) {
    if (!isNewer(info, this.info)) return;
    this.info = info;
    this.#raiseFirstNumber(info.first_number);
    if (info.history !== "joined") this.#seeFrom(0);
  }

  /** What lies below this number is not for us. Where it falls, there is more to load than the pages on their way say. @param {number} floor */
  #seeFrom(floor) {
    const had = this.floor;
    this.floor = floor;
    if (floor < had) {
      if (this.membership?.floor > floor) this.membership = { ...this.membership, floor };
      this.firstNumber = Math.max(1, this.info?.first_number ?? 1, floor);
      this.reading.beginsAt(this.firstNumber);
      this.quoted = new Map();
      this.#forgetPagesOnTheWay();
    } else if (floor > had) {
      // Beyond what is loaded: what was told of the rest found no window to go to.
      if (this.windows.some((window) => window.live && window.to < floor - 1)) this.windows = [];
      this.#raiseFirstNumber(floor);
    }
  }

  #forgetPagesOnTheWay() {
    this.pagesOnTheWay = 0;
    this.keptMessages.clear();
    this.keptNotices.clear();
    this.generation += 1;
  }

  #raiseFirstNumber(number) {
    if (!(number > this.firstNumber)) return;
    this.firstNumber = number;
    this.reading.beginsAt(number);
    this.thread?.cut(number);
    this.windows = cutWindows(this.windows, number, Infinity, number);
    if ([...this.quoted.keys()].some((quoted) => quoted < number)) this.quoted = new Map([...this.quoted].filter(([quoted]) => quoted >= number));
  }

  #keep(messages, notices) {
    for (const message of messages) {
      if (isNewer(message, this.keptMessages.get(message.number))) this.keptMessages.set(message.number, message);
    }
    for (const notice of notices) {
      if (isNewer(notice, this.keptNotices.get(noticeKey(notice)))) this.keptNotices.set(noticeKey(notice), notice);
    }
  }

  #isWanted(generation) {
    if (generation !== this.generation) return false;
    if (this.position !== null) return true;
    this.#pageDone(); // without a position nobody could say what changed since the page
    return false;
  }

  #pageDone() {
    this.pagesOnTheWay -= 1;
    if (this.pagesOnTheWay > 0) return;
    this.keptMessages.clear();
    this.keptNotices.clear();
  }

  #mergeQuoted(messages) {
    const newer = messages.filter((message) => this.quoted.has(message.number) && isNewer(message, this.quoted.get(message.number)));
    if (newer.length > 0) this.quoted = new Map([...this.quoted, ...newer.map((message) => [message.number, message])]);
  }
}
