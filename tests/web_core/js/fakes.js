/** Time and sockets that a test moves by hand, and randomness that it can repeat. */

import { settle } from "./check.js";

/** Numbers from a seed (mulberry32), so that a failed run can be run again. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return Object.assign(random, {
    below: (limit) => Math.floor(random() * limit),
    pick: (list) => list[Math.floor(random() * list.length)],
    chance: (probability) => random() < probability,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
  });
}

export class FakeClock {
  constructor(now = Date.parse("2026-03-02T08:00:00Z")) {
    this.time = now;
    this.timers = new Map();
    this.last = 0;
    this.now = () => this.time;
    this.setTimeout = (run, milliseconds) => {
      this.timers.set(++this.last, { run, due: this.time + milliseconds });
      return this.last;
    };
    this.clearTimeout = (timer) => this.timers.delete(timer);
  }

  /** Let time pass; timers run in order, and what they start runs on before the next. */
  async pass(milliseconds) {
    const end = this.time + milliseconds;
    for (;;) {
        const [id, next] = [...this.timers].reduce((first, other) => (other[1].due < (first[1]?.due ?? Infinity) ? other : first), []);
      if (id === undefined || next.due > end) break;
      this.timers.delete(id);
      this.time = Math.max(this.time, next.due);
      next.run();
      await settle();
    }
    this.time = end;
    await settle();
  }

  /** The machine sleeps: time passes and no timer runs. */
  sleep(milliseconds) {
    this.time += milliseconds;
  }
}

/** A WebSocket class whose other end is the test. `all` holds those that were opened. */
export function fakeWebSocket() {
  class FakeWebSocket {
    static all = [];

    constructor(url) {
      this.url = url;
      this.sent = [];
      this.closedWith = null;
      FakeWebSocket.all.push(this);
      this.answer = () => {};
    }

    static get last() {
      return FakeWebSocket.all.at(-1);
    }

    send(text) {
      if (this.closedWith !== null) throw new Error("sent on a closed socket");
      const frame = JSON.parse(text);
      this.sent.push(frame);
      this.answer(frame);
    }

    close(code) {
      this.closedWith = code;
    }

    /** What the server does. */
    opens() {
      this.onopen();
    }

    pushes(frame) {
      this.onmessage({ data: JSON.stringify(frame) });
    }

    ends(code) {
      this.closedWith = code;
      this.onclose({ code });
    }

    sentOf(type) {
      return this.sent.filter((frame) => frame.type === type);
    }
  }
  return FakeWebSocket;
}
