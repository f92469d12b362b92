/**
 * One WebSocket to the server, for as long as the page lives: it opens with hello, pairs commands with their answers, notices
 * silence, and comes back as the close code says.
 */

import { backoff } from "./backoff.js";
import { closeRule } from "./close.js";
import { ChatFailure } from "./failure.js";

export const PROTOCOL = 1;
export const OPEN_MILLISECONDS = 15_000; // from the first byte to the answer to hello
export const SILENCE_MILLISECONDS = 25_000; // then a ping asks whether anybody is there
export const ANSWER_MILLISECONDS = 5_000; // without any frame after a ping: offline
export const COMMAND_MILLISECONDS = 20_000; // a reply that is not here by then is not waited for
export const TICK_MILLISECONDS = 5_000; // a tick that comes much later than this: the machine slept
export const STABLE_MILLISECONDS = 10_000; // a connection that lived so long starts the delays anew
export const FIRST_DELAY_MILLISECONDS = 1_000;
export const MOST_DELAY_MILLISECONDS = 30_000;

/**
 * @typedef {{state: "connecting"}|{state: "open"}|{state: "caught_up"}
 *           |{state: "offline", nextTryAt: number, code: number}|{state: "stopped", reason: string}} ConnectionState
 */

/**
 * @param {{url: string, WebSocket: any, clock: import("./types.js").Clock, random: () => number,
 *          hello: () => Object<string, any>, onHello: (reply: any) => void, onFrame: (frame: any) => void,
 *          onState: (state: ConnectionState) => void, onLost: () => void}} options
 *   `hello` gives the members of the hello beside type, ref and protocol. `onFrame` gets pushes and the answers to `changes`, in order;
 *   `onLost` comes once for each connection that had been opened, before its commands are rejected.
 */
export function createSocket({ url, WebSocket, clock, random, hello, onHello, onFrame, onState, onLost }) {
  const delay = backoff({ base: FIRST_DELAY_MILLISECONDS, most: MOST_DELAY_MILLISECONDS, random });
  /** @type {ConnectionState} */
  let state = { state: "stopped", reason: "closed" };
  let socket = null;
  let refs = 0;
  let helloRef = null;
  let attempts = 0;
  let caughtUpAt = null;
  let heardAt = 0;
  let tickedAt = 0;
  let probeSentAt = null;
  let frameBytes = 0;
  /** @type {Map<number, {resolve: (value: any) => void, reject: (failure: ChatFailure) => void, timer: any}>} */
  const pending = new Map();
  const timers = { open: null, tick: null, probe: null, retry: null, drain: null };

  function become(next) {
    state = next;
    onState(next);
  }

  function stopTimers() {
    for (const name of Object.keys(timers)) {
      clock.clearTimeout(timers[name]);
      timers[name] = null;
    }
    probeSentAt = null;
  }

  function connect() {
    stopTimers();
    become({ state: "connecting" });
    const opened = new WebSocket(url);
    socket = opened;
    timers.open = clock.setTimeout(() => drop(0), OPEN_MILLISECONDS);
    // A socket that was given up may still speak; only the current one is heard.
    opened.onopen = () => opened === socket && greet();
    opened.onmessage = (event) => opened === socket && hear(event.data);
    opened.onclose = (event) => opened === socket && closed(event.code);
    opened.onerror = () => {};
  }

  function greet() {
    helloRef = ++refs;
    send({ ...hello(), type: "hello", ref: helloRef, protocol: PROTOCOL });
  }

  function send(frame) {
    socket.send(JSON.stringify(frame));
  }

  function hear(data) {
    heardAt = clock.now();
    clock.clearTimeout(timers.probe);
    probeSentAt = null;
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      drop(4000); // not our protocol: perhaps a proxy's page; come back later
      return;
    }
    if (helloRef !== null && frame.ref === helloRef) greeted(frame);
    else if (frame.type === "drain") drain(frame.within);
    else answerOrPush(frame);
  }

  function greeted(frame) {
    helloRef = null;
    if (frame.type === "error") {
      const { code } = frame.error;
      if (code === "wrong_version") stopFor("reload");
      else if (code === "unauthenticated") stopFor("sign_in");
      else drop(0);
      return;
    }
    clock.clearTimeout(timers.open);
    frameBytes = frame.limits?.frame_bytes ?? 0;
    onHello(frame);
    become({ state: "open" });
    tick();
  }

  function answerOrPush(frame) {
    const waiting = frame.ref == null ? undefined : pending.get(frame.ref);
    if (waiting) settle(frame.ref);
    switch (frame.type) {
      case "reply":
        waiting?.resolve(frame.result);
        return;
      case "error":
        waiting?.reject(ChatFailure.from(frame));
        return;
    }
    onFrame(frame);
    waiting?.resolve(frame);
    if (frame.type === "caught_up" && state.state === "open") {
      caughtUpAt = clock.now();
      become({ state: "caught_up" });
    }
  }

  function settle(ref) {
    clock.clearTimeout(pending.get(ref).timer);
    pending.delete(ref);
  }

  /** Asks now and then whether the line is silent, and whether the machine slept. */
  function tick() {
    const now = clock.now();
    const slept = tickedAt > 0 && now - tickedAt > 3 * TICK_MILLISECONDS;
    tickedAt = now;
    if (slept || now - heardAt >= SILENCE_MILLISECONDS) probe();
    const next = Math.min(TICK_MILLISECONDS, Math.max(1, heardAt + SILENCE_MILLISECONDS - now));
    timers.tick = clock.setTimeout(tick, probeSentAt === null ? next : TICK_MILLISECONDS);
  }

  function probe() {
    if (!isOpen() || probeSentAt !== null) return;
    probeSentAt = clock.now();
    send({ type: "ping", ref: ++refs });
    timers.probe = clock.setTimeout(noAnswer, ANSWER_MILLISECONDS);
  }

  function noAnswer() {
    const late = clock.now() - probeSentAt > 2 * ANSWER_MILLISECONDS;
    probeSentAt = null;
    // The timer itself slept: the answer had no chance to be read.
    if (late) probe();
    else drop(0);
  }

  function drain(within) {
    clock.clearTimeout(timers.drain);
    timers.drain = clock.setTimeout(
      () => {
        leave(1000);
        connect();
      },
      random() * Math.max(0, Number(within) || 0) * 1000,
    );
  }

  /** Give this socket up without waiting for its close, which may take minutes on a dead line. */
  function drop(code) {
    leave(1000);
    comeBack(code, "later");
  }

  function closed(code) {
    leave(null);
    const rule = closeRule(code);
    if (rule.reconnect === "never") become({ state: "stopped", reason: rule.reason });
    else comeBack(code, rule.reconnect);
  }

  function stopFor(reason) {
    leave(1000);
    become({ state: "stopped", reason });
  }

  function leave(closeCode) {
    stopTimers();
    const left = socket;
    socket = null;
    helloRef = null;
    tickedAt = 0;
    if (left && closeCode !== null) {
      try {
        left.close(closeCode);
      } catch {
        // already closing
      }
    }
    if (caughtUpAt !== null && clock.now() - caughtUpAt >= STABLE_MILLISECONDS) attempts = 0;
    caughtUpAt = null;
    if (left && isOpen()) onLost();
    for (const ref of [...pending.keys()]) {
      const waiting = pending.get(ref);
      settle(ref);
      waiting.reject(new ChatFailure("lost", "The connection was lost before the answer came."));
    }
  }

  function comeBack(code, when) {
    // Now means now, but not in a circle.
    const wait = when === "now" && attempts === 0 ? 0 : delay(attempts);
    attempts += 1;
    become({ state: "offline", nextTryAt: clock.now() + wait, code });
    timers.retry = clock.setTimeout(connect, wait);
  }

  function isOpen() {
    return state.state === "open" || state.state === "caught_up";
  }

  return {
    get state() {
      return state;
    },

    /** Connect, and stay connected. */
    start() {
      if (socket === null && state.state === "stopped") connect();
    },

    /** Close for good. @param {string} [reason] */
    stop(reason = "closed") {
      if (state.state !== "stopped") stopFor(reason);
    },

    /** Connect at once where the next try would be later. */
    retryNow() {
      if (state.state === "offline") connect();
    },

    /** Close and greet anew. */
    reconnect() {
      if (state.state === "stopped") return;
      leave(1000);
      connect();
    },

    /** Something happened outside (`online`, the page is shown again): is the line still there? */
    wake() {
      if (state.state === "offline") connect();
      else probe();
    },

    /**
     * Send a command. Resolves to its `result` (to the frame for `changes`); rejects with a ChatFailure.
     * @param {{type: string, [member: string]: any}} frame without ref
     * @returns {Promise<any>}
     */
    command(frame) {
      if (!isOpen()) return Promise.reject(new ChatFailure("offline", "There is no connection."));
      const ref = ++refs;
      const text = JSON.stringify({ ...frame, ref });
      // The server closes the socket for a frame that is too large, so it must not leave here.
      if (frameBytes && text.length * 3 > frameBytes && new TextEncoder().encode(text).length > frameBytes) {
        return Promise.reject(new ChatFailure("too_long", "This is too long to be sent."));
      }
      return new Promise((resolve, reject) => {
        const timer = clock.setTimeout(() => {
          pending.delete(ref);
          reject(new ChatFailure("timeout", "The server did not answer."));
        }, COMMAND_MILLISECONDS);
        pending.set(ref, { resolve, reject, timer });
        socket.send(text);
      });
    },
  };
}
