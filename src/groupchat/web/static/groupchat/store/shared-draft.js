/**
 * The draft of a room on all devices of its writer: told some seconds after a letter, taken where nobody writes here.
 *
 * Nothing newer is erased: ours is told only over what it grew out of (`writing.base`), over what we told ourselves, or
 * over nothing. Where another device has written meanwhile, theirs stands there and ours here, on this device alone,
 * until theirs is empty or the same, or ours is sent or emptied: then theirs stands here, too.
 */

import { sameAgain } from "../lib/failure.js";

export const TELL_AFTER_MILLISECONDS = 3_000; // since the first letter that the server does not know
export const WRITES_FOR_MILLISECONDS = 10_000; // after a letter somebody is at it, and nothing comes between

export class SharedDraft {
  /**
   * @param {any} writing whose text it is: a `Writing`
   * @param {{replica: any, clock: import("../lib/types.js").Clock, command: (command: any) => Promise<any>}} options
   */
  constructor(writing, { replica, clock, command }) {
    this.writing = writing;
    this.replica = replica;
    this.clock = clock;
    this.command = command;
    this.timer = null;
    this.later = null;
    this.wroteAt = -Infinity;
    /** How many words to the server are not answered: until then nothing that comes from there is newer. */
    this.underway = 0;
    /**
     * What was told and is not answered, and what the connection ended over: it may stand there yet, and is ours.
     * @type {string[]}
     */
    this.told = [];
    /** One's own counter where the answers have come to: an older draft than that is not what the server has. */
    this.seq = 0;
  }

  /** What the server has; null where one is no member, and it has nothing of one. @returns {string|null} */
  get theirs() {
    return this.replica.joined ? (this.replica.membership.draft ?? "") : null;
  }

  /** Somebody wrote here. What was sent or taken away is told at once. @param {string} text */
  wrote(text) {
    // Who empties a field beside which another text stands may be about to write anew: it does not come at once.
    this.wroteAt = text || !this.#isOurs() ? this.clock.now() : -Infinity;
    if (text) this.#tellSoon();
    else {
      this.#tell();
      this.follow();
    }
  }

  /** The connection is another one, and all that the server has is here. */
  caughtUp() {
    this.seq = 0; // it may count anew
    this.follow();
  }

  /** The server may have another one by now, or the connection is back: take it, tell ours, or leave both where each stands. */
  follow() {
    const { theirs, writing } = this;
    const text = writing.text.peek();
    if (theirs === null || this.underway > 0 || !this.#isKnown()) return;
    if (this.told.includes(theirs)) writing.shared(theirs);
    if (text === theirs) writing.shared(theirs);
    else if (text === writing.base || (text === "" && !this.#isOurs())) {
      // Untouched since it last was the same, or empty; but who writes just now is not interrupted.
      if (this.#isWriting()) this.later ??= this.clock.setTimeout(() => this.#again(), WRITES_FOR_MILLISECONDS);
      else writing.take(theirs);
    }
    // Ours is the newer one: what was sent meanwhile must not come back.
    else if (text === "") this.#tell();
    else if (this.#isOurs()) this.#tellSoon();
  }

  /** Nothing more is told: it is another person's. */
  forget() {
    this.clock.clearTimeout(this.timer);
    this.clock.clearTimeout(this.later);
    this.timer = null;
    this.later = null;
    this.wroteAt = -Infinity;
    this.told = [];
  }

  /** Nobody else has written since it was the same here and there. */
  #isOurs() {
    const { theirs } = this;
    return theirs === "" || theirs === this.writing.base || this.told.includes(theirs);
  }

  /** What the server has is here. */
  #isKnown() {
    return this.writing.isKnown() && (this.replica.membership.seq ?? 0) >= this.seq;
  }

  #again() {
    this.later = null;
    this.follow();
  }

  #isWriting() {
    return this.clock.now() - this.wroteAt < WRITES_FOR_MILLISECONDS;
  }

  #tellSoon() {
    this.timer ??= this.clock.setTimeout(() => this.#tell(), TELL_AFTER_MILLISECONDS);
  }

  #tell() {
    this.clock.clearTimeout(this.timer);
    this.timer = null;
    const text = this.writing.text.peek();
    const there = this.underway > 0 ? this.told.at(-1) : this.theirs;
    if (this.theirs === null || text === there || !this.#isKnown() || !this.#isOurs()) return;
    this.underway += 1;
    this.told.push(text);
    this.command({ type: "draft.set", room: this.replica.id, text }).then(
      ({ seq }) => {
        this.underway -= 1;
        this.seq = seq;
        this.told.splice(0, this.told.indexOf(text) + 1); // with what was told before: the server has gone beyond
        this.writing.shared(text);
        this.follow();
      },
      (failure) => {
        this.underway -= 1;
        // What is refused stays on this device; without a connection it is told with the next one.
        if (sameAgain(failure.code) === "never") this.told = this.told.filter((one) => one !== text);
      },
    );
  }
}
