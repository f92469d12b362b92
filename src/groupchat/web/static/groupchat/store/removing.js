/** Deleting a message waits a moment: until it is sent, nothing has happened, and it can be taken back. */

import { signal } from "../vendor/signals-core.js";

export const REMOVES_AFTER_MILLISECONDS = 8_000; // until then deleting a message can be undone

/** @typedef {import("../lib/types.js").Message} Message */

export class Removing {
  /** @param {import("../lib/types.js").Clock} clock @param {(number: number) => Promise<any>} remove */
  constructor(clock, remove) {
    this.clock = clock;
    this.remove = remove;
    /** Those that go in a moment, by number. */
    this.waiting = signal(/** @type {ReadonlyMap<number, {timer: any, gone: Promise<boolean>, end: (gone: boolean|Promise<boolean>) => void}>} */ (new Map()));
  }

  /**
   * Delete it in some seconds, or when the page goes away; until then it is deleted only here.
   * @param {number} number @returns {Promise<boolean>} false where `keep` was quicker; rejects with what was refused
   */
  soon(number) {
    this.keep(number);
    let end;
    const gone = new Promise((resolve) => (end = resolve));
    const timer = this.clock.setTimeout(() => this.#now(number), REMOVES_AFTER_MILLISECONDS);
    this.waiting.value = new Map(this.waiting.value).set(number, { timer, gone, end });
    return gone;
  }

  /** It stays after all. @param {number} number */
  keep(number) {
    this.#noLonger(number)?.end(false);
  }

  /** The page goes away. Resolves when those that wait are gone, well or not. */
  all() {
    const waiting = [...this.waiting.value];
    for (const [number] of waiting) this.#now(number);
    return Promise.allSettled(waiting.map(([, { gone }]) => gone));
  }

  /** What is shown of these messages: those that go in a moment are gone. @template {{messages: ReadonlyArray<Message>}} T @param {T|null} timeline @returns {T|null} */
  shown(timeline) {
    const { waiting } = this;
    if (timeline === null || waiting.value.size === 0) return timeline;
    return { ...timeline, messages: timeline.messages.map((message) => (waiting.value.has(message.number) && !message.deleted_at ? tombstoneOf(message) : message)) };
  }

  #now(number) {
    const waits = this.waiting.peek().get(number);
    if (!waits) return;
    this.clock.clearTimeout(waits.timer);
    // Its change comes before the answer: it is gone without a moment between.
    waits.end(this.remove(number).then(() => true).finally(() => this.#noLonger(number)));
  }

  #noLonger(number) {
    const waits = this.waiting.peek().get(number);
    if (!waits) return undefined;
    this.clock.clearTimeout(waits.timer);
    const left = new Map(this.waiting.peek());
    left.delete(number);
    this.waiting.value = left;
    return waits;
  }
}

/** @param {Message} message @returns {Message} */
function tombstoneOf({ number, seq, author, at, client_message_id }) {
  return { number, seq, author, at, client_message_id, body: "", deleted_at: at };
}
