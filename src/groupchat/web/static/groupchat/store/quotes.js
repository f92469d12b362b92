/** The messages that others answer: out of the timeline where they stand there, else fetched one by one, and kept true as all others. */

import { windowAt } from "../lib/replica/windows.js";

/** @typedef {import("../lib/types.js").Message} Message */

export class Quotes {
  /**
   * @param {import("../lib/replica/room.js").RoomReplica} replica
   * @param {{value: import("../lib/replica/room.js").RoomSnapshot}} snapshot
   * @param {(make: () => any, came: (generation: number, result: any) => boolean) => Promise<any>} fetchPage as for `History`
   */
  constructor(replica, snapshot, fetchPage) {
    this.replica = replica;
    this.snapshot = snapshot;
    this.fetchPage = fetchPage;
    this.wanted = new Set();
    this.fetching = false;
  }

  /** The message; undefined: it is not here, `fetch` it; null: the room has none with this number any more. @param {number} number */
  find(number) {
    const { windows, quoted, firstNumber } = this.snapshot.value;
    const window = windowAt(windows, number);
    if (window) return window.messages[number - window.from];
    return number < firstNumber ? null : quoted.get(number);
  }

  /** Ask for a message that is not here; several wait for each other. @param {number} number */
  async fetch(number) {
    this.wanted.add(number);
    if (this.fetching) return;
    this.fetching = true;
    try {
      for (const next of this.wanted) {
        this.wanted.delete(next);
        if (this.find(next) === undefined) await this.#fetchOne(next);
      }
    } catch {
      // What shows it asks again when it is shown again.
    } finally {
      this.fetching = false;
    }
  }

  #fetchOne(number) {
    const command = { type: "messages", room: this.replica.id, around: number, limit: 1 };
    return this.fetchPage(
      () => (this.find(number) === undefined ? command : null),
      (generation, page) => this.replica.quoteCame(generation, page, number),
    );
  }
}
