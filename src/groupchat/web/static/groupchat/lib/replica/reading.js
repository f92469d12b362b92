/** What of a room one has read, and what else is not unread: arithmetic over numbers (docs/protocol.md, *Unread*). */

import { countOf, holds, joined } from "../ranges.js";

export class Reading {
  constructor() {
    /** Everything up to this number is read. */
    this.mark = 0;
    /** How often the mark was moved back, as far as we heard. */
    this.movedBack = 0;
    /** What is read beyond the mark. @type {[number, number][]} */
    this.ahead = [];
    /** What of that the server has not confirmed. @type {[number, number][]} */
    this.untold = [];
    /** Numbers behind the mark that are not unread: one's own messages and deleted ones. Neither is ever undone. */
    this.uncounted = new Set();
    /** What lies below is not given any more. */
    this.firstNumber = 1;
  }

  /** Up to where nothing is unread. */
  get counted() {
    return Math.max(this.mark, this.firstNumber - 1);
  }

  /** How many messages up to `lastNumber` are unread. @param {number} lastNumber */
  unread(lastNumber) {
    let rest = 0;
    for (const number of this.uncounted) if (!holds(this.ahead, number)) rest += 1;
    return Math.max(0, lastNumber - this.counted - countOf(this.ahead) - rest);
  }

  /** Whether a message that is there is unread. @param {number} number */
  isUnread(number) {
    return number > this.counted && !this.uncounted.has(number) && !holds(this.ahead, number);
  }

  /** The first number that is. */
  get first() {
    let number = this.counted + 1;
    while (!this.isUnread(number)) number += 1;
    return number;
  }

  /** The mark rises; only `take` moves it back. @param {number} number */
  upTo(number) {
    if (number <= this.mark) return;
    this.mark = number;
    this.#settle();
  }

  /** These are read, too: the server is yet to hear of it. @param {[number, number][]} ranges */
  beyond(ranges) {
    this.untold = joined([...this.untold, ...ranges]);
    this.ahead = [...this.ahead, ...ranges];
    this.#settle();
  }

  /** The server has taken these, or never will. @param {[number, number][]} ranges */
  told(ranges) {
    this.untold = this.untold.filter(([from, to]) => !ranges.some((range) => range[0] <= from && to <= range[1]));
  }

  /** One's membership says how far; what it says beyond the mark holds where it `isLater` than what we knew. @param {import("../types.js").Membership} membership @param {boolean} isLater */
  take(membership, isLater) {
    const { last_read_number: mark, read_ahead: ahead = [], moved_back: movedBack = 0 } = membership;
    if (movedBack < this.movedBack) return;
    if (movedBack > this.movedBack) {
      this.movedBack = movedBack;
      this.mark = mark;
      this.untold = [];
    }
    this.mark = Math.max(this.mark, mark);
    if (isLater) this.ahead = [...ahead, ...this.untold];
    this.#settle();
  }

  /** This one is not unread, wherever it stands. @param {number} number */
  skip(number) {
    if (number > this.counted) this.uncounted.add(number);
  }

  /** @param {number} number */
  beginsAt(number) {
    this.firstNumber = number;
    this.#settle();
  }

  /** The mark takes what it reaches. */
  #settle() {
    const rest = joined(this.ahead);
    while (rest.length > 0 && rest[0][0] <= this.mark + 1) this.mark = Math.max(this.mark, rest.shift()[1]);
    const { counted } = this;
    this.ahead = rest.filter(([, to]) => to > counted).map(([from, to]) => [Math.max(from, counted + 1), to]);
    for (const number of this.uncounted) if (number <= counted) this.uncounted.delete(number);
  }
}
