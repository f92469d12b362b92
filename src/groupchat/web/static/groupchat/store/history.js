/** Which part of a room's history is on screen, and the pages that are fetched for it. */

import { computed, signal } from "../vendor/signals-core.js";
import { liveWindow, windowAt } from "../lib/replica/windows.js";

export const PAGE_MESSAGES = 50;

/** @typedef {import("../lib/types.js").Window} Window */

export class History {
  /**
   * @param {import("../lib/replica/room.js").RoomReplica} replica
   * @param {{value: import("../lib/replica/room.js").RoomSnapshot}} snapshot what is shown of it
   * @param {() => void} show takes a new one
   * @param {(make: () => any, came: (generation: number, result: any) => boolean) => Promise<any>} fetchPage
   *   sends the command that `make` gives when the room is subscribed to, again after a lost connection; gives the result when `came`
   *   took it, or null where `make` wants nothing any more
   */
  constructor(replica, snapshot, show, fetchPage) {
    this.replica = replica;
    this.show = show;
    this.fetchPage = fetchPage;
    this.windows = computed(() => snapshot.value.windows);
    this.firstNumber = computed(() => snapshot.value.firstNumber);
    /** @type {{value: number|"live"}} a number in the window on screen, or the window at the end */
    this.focus = signal(/** @type {any} */ ("live"));
    this.loading = signal({ before: false, after: false, around: false });
    this.failure = signal(null);
    /** Where to scroll to; a new object whenever there is a new place. @type {{value: {at: "new"|"message"|"end", number: number|null}|null}} */
    this.target = signal(/** @type {any} */ (null));
    /** The number that was gone to and is none of the room's; whoever tells the reader takes it away. */
    this.missing = signal(/** @type {number|null} */ (null));
    this.timeline = computed(() => {
      const window = this.current;
      if (!window) return null;
      const { from, to, messages, notices, live } = window;
      return { from, to, messages, notices, atStart: from <= this.firstNumber.value, atEnd: live };
    });
    this.onTheWay = new Map();
    this.aim = 0;
  }

  /** The window on screen. @returns {Window|null} */
  get current() {
    const windows = this.windows.value;
    const focus = this.focus.value;
    return focus === "live" ? liveWindow(windows) : (windowAt(windows, focus) ?? null);
  }

  /** Before what the replica holds now is shown: retention may have taken the message that we looked at. */
  settle() {
    const { windows } = this.replica;
    const focus = this.focus.value;
    if (focus !== "live" && windows.length > 0 && !windowAt(windows, focus)) this.focus.value = nearest(windows, focus) ?? "live";
  }

  loadBefore() {
    const window = this.current;
    if (!window || window.from <= this.replica.firstNumber) return Promise.resolve(false);
    return this.#share("before", () => this.#extend({ before: window.from }));
  }

  loadAfter() {
    const window = this.current;
    if (!window || window.live) return Promise.resolve(false);
    return this.#share("after", () => this.#extend({ after: window.to }));
  }

  /**
   * Go to a message. Where the room has none of this number (any more), to its end, and `missing` says so.
   * @param {number} number
   */
  loadAround(number) {
    return this.#goTo(number, { at: "message", mustExist: true });
  }

  /** Go to the first message that is new, or the nearest that exists. @param {number} number */
  loadAroundNew(number) {
    return this.#goTo(number, { at: "new" });
  }

  /** @param {number} number @param {{at: "new"|"message", mustExist?: boolean}} options @returns {Promise<number|null>} */
  async #goTo(number, { at, mustExist = false }) {
    const aim = ++this.aim;
    const around = Math.min(Math.max(number, 1), Number.MAX_SAFE_INTEGER);
    if (!windowAt(this.replica.windows, number)) await this.#show("around", { around });
    if (mustExist && aim === this.aim && !this.replica.holds(number)) {
      this.missing.value = number;
      await this.loadNewest();
      return null;
    }
    const target = nearest(this.replica.windows, number);
    if (aim === this.aim && target !== null) this.#turnTo(target, { at, number: target });
    return target;
  }

  /** Go to the end. */
  async loadNewest() {
    const aim = ++this.aim;
    if (!liveWindow(this.replica.windows)) await this.#show("around", {});
    if (aim === this.aim) this.#turnTo("live", { at: "end", number: null });
  }

  /** Fetch what is on screen anew, after it was dropped. */
  retake() {
    return this.focus.value === "live" ? this.loadNewest() : this.#goTo(this.focus.value, { at: "message" });
  }

  /** The page has turned to another room: what is on the way is for nobody. */
  abandon() {
    this.aim += 1;
    this.onTheWay.clear();
    this.loading.value = { before: false, after: false, around: false };
  }

  /** Drop what is outside of these numbers. */
  keepOnly(from, to) {
    const window = this.current;
    if (!window || from > to) return;
    const stays = window.live && to >= window.to;
    this.replica.keepOnly(from, to);
    if (this.focus.value !== "live" || !stays) this.focus.value = Math.min(Math.max(this.focus.value === "live" ? to : this.focus.value, from), to);
    this.show();
  }

  /** The last messages, without the rest: what a room that is not on screen may hold. */
  keepTail(most) {
    const live = liveWindow(this.replica.windows);
    if (live && live.to - live.from >= 2 * most) this.replica.keepOnly(live.to - most + 1, Infinity);
  }

  async #extend(range) {
    const { generation } = this.replica;
    // After a reset there is nothing to extend.
    const page = await this.#fetch(range, () => generation === this.replica.generation);
    return page !== null && page.messages.length > 0;
  }

  #show(name, range) {
    return this.#share(`${name} ${range.around ?? ""}`, () => this.#fetch(range));
  }

  #fetch(range, wanted = () => true) {
    const command = { type: "messages", room: this.replica.id, ...range, limit: PAGE_MESSAGES };
    return this.fetchPage(
      () => (wanted() ? command : null),
      (generation, page) => this.replica.messagesCame(generation, page, range),
    );
  }

  /** Calls for the same page share one request. */
  #share(name, fetch) {
    const running = this.onTheWay.get(name);
    if (running) return running;
    const kind = name.split(" ")[0];
    this.loading.value = { ...this.loading.value, [kind]: true };
    this.failure.value = null;
    const done = fetch()
      .catch((failure) => {
        this.failure.value = failure;
        throw failure;
      })
      .finally(() => {
        if (this.onTheWay.get(name) !== done) return;
        this.onTheWay.delete(name);
        const still = [...this.onTheWay.keys()].some((other) => other.split(" ")[0] === kind);
        this.loading.value = { ...this.loading.value, [kind]: still };
      });
    this.onTheWay.set(name, done);
    return done;
  }

  /** Show the window there; of the others only the one at the end is of further use. */
  #turnTo(focus, target) {
    const shown = focus === "live" ? liveWindow(this.replica.windows) : windowAt(this.replica.windows, focus);
    const live = liveWindow(this.replica.windows);
    if (!shown) return; // it was dropped again before we came to show it
    this.replica.windows = this.replica.windows.filter((window) => window === shown || window === live);
    this.focus.value = focus;
    this.show();
    this.target.value = target;
  }
}

/** The number in one of the windows that is nearest to this one; null where there are no messages. */
function nearest(windows, number) {
  let best = null;
  for (const { from, to } of windows) {
    if (to < from) continue;
    const candidate = Math.min(Math.max(number, from), to);
    if (best === null || Math.abs(candidate - number) < Math.abs(best - number)) best = candidate;
  }
  return best;
}
