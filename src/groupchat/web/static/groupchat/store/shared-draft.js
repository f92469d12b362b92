/** The draft of a room on all devices of its writer: told some seconds after a letter, taken where nobody writes here. */

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
    /** What was told last, while it is not answered. */
    this.told = "";
  }

  /** What the server has; null where one is no member, and it has nothing of one. @returns {string|null} */
  get theirs() {
    return this.replica.joined ? (this.replica.membership.draft ?? "") : null;
  }

  /** Somebody wrote here. What was sent or taken away is told at once. @param {string} text */
  wrote(text) {
    this.wroteAt = text ? this.clock.now() : -Infinity;
    if (!text) this.#tell();
    else this.#tellSoon();
  }

  /** The server may have another one by now, or the connection is back: take it, tell ours, or leave both where each stands. */
  follow() {
    const { theirs, writing } = this;
    const text = writing.text.peek();
    if (theirs === null || this.underway > 0 || !writing.isKnown()) return;
    if (text === theirs) writing.shared(theirs);
    else if (text === writing.base) {
      // Untouched since it last was the same; but who writes just now is not interrupted.
      if (this.#isWriting()) this.later ??= this.clock.setTimeout(() => this.#again(), WRITES_FOR_MILLISECONDS);
      else writing.take(theirs);
    }
    // Ours is the newer one: the server has what ours grew out of.
    else if (writing.base === theirs) this.#tellSoon();
  }

  /** Nothing more is told: it is another person's. */
  forget() {
    this.clock.clearTimeout(this.timer);
    this.clock.clearTimeout(this.later);
    this.timer = null;
    this.later = null;
    this.wroteAt = -Infinity;
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
    const there = this.underway > 0 ? this.told : this.theirs;
    if (this.theirs === null || text === there || !this.writing.isKnown()) return;
    this.underway += 1;
    this.told = text;
    this.command({ type: "draft.set", room: this.replica.id, text }).then(
      () => {
        this.underway -= 1;
        this.writing.shared(text);
        this.follow();
      },
      // What is refused stays on this device; without a connection it is told with the next one.
      () => (this.underway -= 1),
    );
  }
}
