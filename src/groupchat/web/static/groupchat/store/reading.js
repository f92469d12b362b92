/** What was read on this page, on its way to the server: marks within a moment become one command. */

import { sameAgain } from "../lib/failure.js";
import { joined } from "../lib/ranges.js";

export const READ_AFTER_MILLISECONDS = 500;

export class Reading {
  /**
   * @param {import("../lib/replica/room.js").RoomReplica} replica
   * @param {any} lent what the store lends its rooms
   * @param {() => void} changed the replica is another now
   */
  constructor(replica, lent, changed) {
    this.replica = replica;
    this.lent = lent;
    this.changed = changed;
    this.toRead = 0;
    /** @type {[number, number][]} */
    this.ahead = [];
    this.timer = null;
    this.movedBack = 0;
    this.wasKnown = false;
    /** Somebody marked messages here as unread, who are still looking at them: until they have looked elsewhere nothing is read by that. */
    this.isHeld = false;
  }

  /** Up to here everything was on screen. @param {number} number */
  upTo(number) {
    const { replica } = this;
    const upTo = Math.min(number, replica.lastNumber);
    if (this.isHeld || !replica.joined || upTo <= replica.lastReadNumber) return;
    replica.readUpTo(upTo);
    this.toRead = upTo;
    this.#soon();
  }

  /** These were on screen in a thread, and none between them. @param {number[]} numbers */
  beyond(numbers) {
    const { replica } = this;
    const unread = numbers.filter((number) => number <= replica.lastNumber && replica.reading.isUnread(number));
    if (this.isHeld || !replica.joined || unread.length === 0) return;
    const ranges = joined(unread.map((number) => /** @type {[number, number]} */ ([number, number])));
    replica.reading.beyond(ranges);
    this.ahead = joined([...this.ahead, ...ranges]);
    this.#soon();
  }

  /** Everything from this message on is unread again. @param {number} number */
  async unreadFrom(number) {
    this.#stop();
    this.isHeld = true;
    await this.lent.line.command({ type: "read", room: this.replica.id, number: number - 1, back: true });
  }

  /** Send what there is to send now. */
  async send() {
    this.lent.clock.clearTimeout(this.timer);
    this.timer = null;
    if (!this.replica.joined) return;
    const { toRead, ahead } = this;
    try {
      if (toRead > 0) {
        await this.lent.line.command({ type: "read", room: this.replica.id, number: toRead });
        if (this.toRead === toRead) this.toRead = 0;
      }
      if (ahead.length > 0) {
        await this.lent.line.command({ type: "read", room: this.replica.id, numbers: ahead });
        this.#told(ahead);
      }
    } catch (failure) {
      const what = sameAgain(failure.code);
      if (what === "never") this.#stop();
      // Without a connection it goes out when there is one again.
      else if (failure.code !== "offline" && failure.code !== "lost") this.#in((failure.retryAfter ?? 1) * 1000);
    }
  }

  /** After the replica changed: another person's, perhaps, or of another life of the counters, or moved back on another device. */
  follow() {
    const { replica } = this;
    const { movedBack } = replica.reading;
    if (movedBack > this.movedBack && this.wasKnown) this.isHeld = true;
    this.movedBack = movedBack;
    this.wasKnown = replica.membership !== null;
    if (replica.membership === null || replica.lastReadNumber < this.toRead) this.toRead = 0;
    if (replica.membership === null || replica.reading.untold.length === 0) this.ahead = [];
  }

  /** The room is opened, or left: what is looked at from now on counts. */
  letGo() {
    this.isHeld = false;
  }

  /** What was read while there was no connection, perhaps before a reload, or before one was out of the room for a while. */
  again() {
    const { replica } = this;
    if (!replica.joined || this.timer !== null) return;
    if (replica.lastReadNumber > replica.membership.last_read_number) this.toRead = replica.lastReadNumber;
    if (this.toRead > 0 || this.ahead.length > 0) this.#in(READ_AFTER_MILLISECONDS);
  }

  #told(ranges) {
    this.replica.reading.told(ranges);
    this.ahead = this.ahead.filter((range) => !ranges.includes(range));
  }

  #stop() {
    this.toRead = 0;
    this.replica.reading.told(this.ahead);
    this.ahead = [];
  }

  #soon() {
    this.changed();
    if (this.timer === null) this.#in(READ_AFTER_MILLISECONDS);
  }

  #in(milliseconds) {
    this.lent.clock.clearTimeout(this.timer);
    this.timer = this.lent.clock.setTimeout(() => this.send(), milliseconds);
  }
}
