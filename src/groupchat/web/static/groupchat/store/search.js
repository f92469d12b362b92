/** What the server finds for a text that somebody types: asked when they pause, page by page, and an answer that comes too late counts no more. */

import { batch, signal } from "../vendor/signals-core.js";

export const ASKS_AFTER_MILLISECONDS = 150; // since the last letter

/** @template T */
export class Search {
  /**
   * @param {{ask: (query: string, after: string|null) => Promise<{found: T[], next: string|null}>, clock: import("../lib/types.js").Clock}} options
   *   `ask` gives a page: the first, or the one that the `next` of another leads to
   */
  constructor({ ask, clock }) {
    this.ask = ask;
    this.clock = clock;
    /** What is looked for: what `found` is about, or is going to be. @type {string|null} */
    this.query = null;
    /** What the answer that there is was about. @type {string|null} */
    this.answered = null;
    this.timer = null;
    this.asked = 0;
    /** Null before the first answer; the answer before until there is a new one. */
    this.found = signal(/** @type {T[]|null} */ (null));
    this.next = signal(/** @type {string|null} */ (null));
    this.loading = signal(false);
    /** Why there is none, until the next attempt. */
    this.failure = signal(/** @type {any} */ (null));
  }

  /** Somebody types: ask for it in a moment, unless that has been asked. @param {string} query */
  wants(query) {
    if (query === this.query && this.failure.peek() === null) return;
    this.query = query;
    this.#nothingOnTheWay();
    this.timer = this.clock.setTimeout(() => this.now(query), ASKS_AFTER_MILLISECONDS);
  }

  /** Ask at once. @param {string} query */
  now(query) {
    this.query = query;
    this.#nothingOnTheWay();
    return this.#page(null);
  }

  /** The next page, if there is one and none is on the way. */
  async more() {
    if (this.next.peek() !== null && !this.loading.peek()) await this.#page(this.next.peek());
  }

  /** Nothing is looked for any more. */
  forget() {
    this.query = null;
    this.answered = null;
    this.#nothingOnTheWay();
    batch(() => {
      this.found.value = null;
      this.next.value = null;
      this.failure.value = null;
    });
  }

  #nothingOnTheWay() {
    this.clock.clearTimeout(this.timer);
    this.asked += 1;
    this.loading.value = false;
  }

  /** @param {string|null} after */
  async #page(after) {
    const asked = (this.asked += 1);
    batch(() => {
      this.loading.value = true;
      this.failure.value = null;
    });
    let page = null;
    let failure = null;
    try {
      page = await this.ask(this.query ?? "", after);
    } catch (error) {
      failure = error;
    }
    if (asked !== this.asked) return;
    batch(() => {
      this.loading.value = false;
      this.failure.value = failure;
      if (page === null) return;
      this.answered = this.query;
      this.found.value = after === null ? page.found : [...(this.found.peek() ?? []), ...page.found];
      this.next.value = page.next;
    });
  }
}
