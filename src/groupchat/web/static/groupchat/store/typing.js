/** Who is writing in a room just now, and how often one says so of oneself. It comes without a seq: it may be lost, and nothing of it is kept. */

import { signal } from "../vendor/signals-core.js";

export const TYPING_EVERY_MILLISECONDS = 4_000; // so often one says it while one writes
export const TYPING_AGAIN_MILLISECONDS = 2_500; // so soon again with another message: the server takes none sooner
export const TYPING_LASTS_MILLISECONDS = 6_000; // so long it holds of somebody else

export class Typing {
  /**
   * @param {{clock: import("../lib/types.js").Clock, me: () => number|null, tell: () => void}} options `tell` says it of oneself
   */
  constructor({ clock, me, tell }) {
    this.clock = clock;
    this.me = me;
    this.tell = tell;
    /** The ids of those who write, in the order in which they began; without oneself. */
    this.people = signal(/** @type {ReadonlyArray<number>} */ ([]));
    /** @type {Map<number, number>} until when, by person */
    this.until = new Map();
    this.timer = null;
    this.mayTellAt = 0;
    this.toldAt = 0;
  }

  /** Somebody writes. @param {number} person */
  came(person) {
    if (person === this.me()) return;
    this.until.set(person, this.clock.now() + TYPING_LASTS_MILLISECONDS);
    this.#show();
  }

  /** Their message has come. @param {number} person */
  ended(person) {
    if (this.until.delete(person)) this.#show();
  }

  /** Nobody is heard any more. */
  clear() {
    if (this.until.size === 0) return;
    this.until.clear();
    this.#show();
  }

  /** One writes: that is told with the first character, and once in a while. */
  writes() {
    const now = this.clock.now();
    if (now < this.mayTellAt) return;
    this.toldAt = now;
    this.mayTellAt = now + TYPING_EVERY_MILLISECONDS;
    this.tell();
  }

  /** It was sent: the next character is the first of another message. */
  sent() {
    this.mayTellAt = Math.min(this.mayTellAt, this.toldAt + TYPING_AGAIN_MILLISECONDS);
  }

  #show() {
    const now = this.clock.now();
    for (const [person, until] of this.until) if (until <= now) this.until.delete(person);
    this.clock.clearTimeout(this.timer);
    this.timer = this.until.size ? this.clock.setTimeout(() => this.#show(), Math.min(...this.until.values()) - now) : null;
    const people = [...this.until.keys()];
    if (people.join() !== this.people.value.join()) this.people.value = people;
  }
}
