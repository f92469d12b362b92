/**
 * The outbox: what was written and is not acknowledged. It outlives reloads, goes out in the order of writing, room by room, and each
 * message takes effect once: its client_message_id is made when it is written and never again.
 *
 * All tabs of a person share it through the storage; the one that leads sends. A message leaves it on the reply or on the push that
 * carries its id, whichever comes first.
 */

import { backoff } from "./backoff.js";
import { ChatFailure, sameAgain } from "./failure.js";
import { newMessageId } from "./ids.js";

export const MOST_UNSENT = 500; // messages; past it writing is refused until some are gone
export const FIRST_DELAY_MILLISECONDS = 500;
export const MOST_DELAY_MILLISECONDS = 30_000;
const MOST_REMEMBERED = 2_000; // ids of messages that went out, so that a slow read of the storage does not bring them back

/** @typedef {import("./types.js").Pending} Pending */

/**
 * @param {{storage: import("./storage.js").Storage, lead: import("./tabs.js").Lead, channel: import("./tabs.js").Channel,
 *          clock: import("./types.js").Clock, random: () => number, randomBytes: (count: number) => Uint8Array,
 *          send: (command: any) => Promise<any>, onChange: () => void, onErased: () => void,
 *          onWritten?: (room: number, body: string) => void, epoch?: () => string|null, most?: number}} options
 *   `send` resolves to the reply's result or rejects with a ChatFailure; `onErased`: one signed out in another tab;
 *   `onWritten`: this message was written in another tab; `epoch` names the life of the server's counters
 */
export function createOutbox({
  storage,
  lead,
  channel,
  clock,
  random,
  randomBytes,
  send,
  onChange,
  onErased,
  onWritten = () => {},
  epoch = () => null,
  most = MOST_UNSENT,
}) {
  const delay = backoff({ base: FIRST_DELAY_MILLISECONDS, most: MOST_DELAY_MILLISECONDS, random });
  /** @type {Map<string, Pending>} by client_message_id */
  const items = new Map();
  const wentOut = new Set();
  /** @type {Map<number, {until: number, attempts: number, timer: any}>} rooms that wait */
  const holds = new Map();
  const inFlight = new Set();
  let owner = null;
  let ready = false;
  let leading = false;
  let paused = false; // until the next connection
  let letGo = null;
  let writes = Promise.resolve();

  channel.listen((message) => {
    if (message.type === "erased") onErased();
    if (message.owner !== owner) return;
    if (message.type === "changed") reload();
    if (message.type === "written") onWritten(message.room, message.body);
    if (message.type === "sent") acknowledged(message.id, message);
    if (message.type === "held") held(message.room, message.until);
  });

  /** One after the other, so that the order in the storage is the order of writing. */
  function write(work) {
    const done = writes.then(work);
    writes = done.catch(() => {});
    return done;
  }

  async function reload() {
    const whose = owner;
    const stored = whose === null ? [] : await write(() => storage.unsent(whose)).catch(() => null);
    // What can't be read now is still in memory, and is read again with the next message.
    if (stored === null || whose !== owner) return;
    const found = new Set();
    for (const item of stored) {
      if (wentOut.has(item.client_message_id)) continue;
      found.add(item.client_message_id);
      const had = items.get(item.client_message_id);
      if (had && (had.state === "sending" || had.state === "sent")) continue;
      items.set(item.client_message_id, { ...item, holdUntil: holds.get(item.room)?.until ?? null });
    }
    for (const [id, item] of items) {
      const elsewhereGone = !found.has(id) && item.order !== null && item.state !== "sent" && item.state !== "sending";
      if (elsewhereGone) items.delete(id);
    }
    onChange();
    pump();
  }

  function clear() {
    items.clear();
    for (const hold of holds.values()) clock.clearTimeout(hold.timer);
    holds.clear();
    onChange();
  }

  function inOrder() {
    return [...items.values()].sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity) || 0);
  }

  function change(id, changes) {
    const item = items.get(id);
    if (!item) return null;
    const changed = { ...item, ...changes };
    items.set(id, changed);
    return changed;
  }

  /** Write a changed item, and tell the other tabs. */
  function store(item) {
    return write(() => storage.putUnsent(item)).then(
      () => channel.post({ type: "changed", owner }),
      () => {}, // it stays as it is here; a reload tries the message again
    );
  }

  /** Send the first message of each room that waits for nothing. */
  function pump() {
    if (!ready || !leading || paused) return;
    const seen = new Set();
    for (const item of inOrder()) {
      if (item.state === "failed" || item.state === "sent" || seen.has(item.room)) continue;
      seen.add(item.room);
      if (item.state === "waiting" && item.order !== null && !inFlight.has(item.room) && !holds.get(item.room)?.timer) sendOne(item);
    }
  }

  async function sendOne(item) {
    const { client_message_id, room, body, seen, answer, epoch: written } = item;
    inFlight.add(room);
    change(client_message_id, { state: "sending" });
    onChange();
    let result = null;
    try {
      // In another life of the counters these numbers are other messages; and what an older page left here does not say.
      const numbers = written === epoch() ? { ...(seen != null && { seen }), ...(answer != null && { reply_to: answer }) } : {};
      result = await send({ type: "message.post", room, body, client_message_id, ...numbers });
    } catch (failure) {
      refused(item, failure);
    }
    if (result) {
      endHold(room);
      // Before it leaves the storage, so that another tab that reads it then does not take the message for discarded.
      channel.post({ type: "sent", owner, id: client_message_id, number: result.number, seq: result.seq });
      acknowledged(client_message_id, result);
    }
    inFlight.delete(room);
    pump();
  }

  function acknowledged(id, { number, seq }) {
    const had = items.get(id);
    remember(id);
    if (!had || had.state === "sent") return;
    change(id, { state: "sent", error: null, holdUntil: null, number, seq });
    onChange();
    write(() => storage.removeUnsent(id)).catch(() => {}); // still there: it is sent again once, and answered as a duplicate
  }

  function refused(item, failure) {
    const code = failure instanceof ChatFailure ? failure.code : "invalid";
    const what = sameAgain(code);
    if (what === "never") {
      const error = { code, message: failure.message, field: failure.field, why: failure.why };
      endHold(item.room);
      const failed = change(item.client_message_id, { state: "failed", error });
      onChange();
      if (failed) store(failed);
      return;
    }
    if (items.get(item.client_message_id)?.state === "sending") change(item.client_message_id, { state: "waiting" });
    if (what === "later") paused = true;
    else if (code === "rate_limited") hold(item.room, Math.max(0, failure.retryAfter ?? 1) * 1000, true);
    // Where the connection is gone there is nothing to wait for but the next one.
    else if (ready) hold(item.room, delay(holds.get(item.room)?.attempts ?? 0), false);
    onChange();
  }

  /** The room's queue waits; `shown`: people are told until when. */
  function hold(room, milliseconds, shown) {
    const had = holds.get(room);
    clock.clearTimeout(had?.timer);
    const until = clock.now() + milliseconds;
    const timer = clock.setTimeout(() => {
      const over = holds.get(room);
      if (over) over.timer = null;
      held(room, null);
      pump();
    }, milliseconds);
    holds.set(room, { until: shown ? until : null, attempts: (had?.attempts ?? 0) + 1, timer });
    held(room, shown ? until : null);
  }

  function endHold(room) {
    clock.clearTimeout(holds.get(room)?.timer);
    holds.delete(room);
  }

  function held(room, until) {
    for (const item of items.values()) if (item.room === room && item.state !== "sent") change(item.client_message_id, { holdUntil: until });
    if (leading) channel.post({ type: "held", owner, room, until });
    onChange();
  }

  function remember(id) {
    wentOut.add(id);
    if (wentOut.size > MOST_REMEMBERED) wentOut.delete(wentOut.values().next().value);
  }

  function takeLead() {
    letGo?.();
    letGo = null;
    leading = false;
    if (!ready || owner === null) return;
    // Only a connected tab may lead: one without a line would keep the others from sending.
    letGo = lead.request(`outbox ${owner}`, () => {
      leading = true;
      reload();
    });
  }

  return {
    /** False where a reload loses what is in here. */
    durable: storage.durable,

    /** All of them, in the order of writing; new objects where something changed. @returns {Pending[]} */
    items: inOrder,

    /** How many are neither acknowledged nor discarded. */
    count() {
      let count = 0;
      for (const item of items.values()) if (item.state !== "sent") count += 1;
      return count;
    },

    /** How many could be on their way now: they neither failed nor are held back by a limit. */
    underway() {
      const now = clock.now();
      let count = 0;
      for (const { state: is, holdUntil } of items.values()) if ((is === "waiting" || is === "sending") && !(holdUntil > now)) count += 1;
      return count;
    },

    /**
     * Whose outbox this is now (null: nobody's). Resolves when it is read.
     * @param {string|null} person @param {{adopt?: string|null}} [options] take over what this one wrote (the guest who became a person)
     */
    async setOwner(person, { adopt = null } = {}) {
      if (person === owner) return;
      if (adopt !== null && person !== null) {
        for (const item of items.values()) if (item.owner === adopt) change(item.client_message_id, { owner: person });
        await write(() => storage.adoptUnsent(adopt, person));
      } else clear();
      owner = person;
      takeLead();
      await reload();
    },

    /** Whether commands can be sent now. @param {boolean} can */
    setReady(can) {
      if (ready === can) return;
      ready = can;
      paused = false;
      takeLead();
    },

    /**
     * Write a message. It is in `items()` at once; resolves to its client_message_id when it is kept.
     * @param {{room: number, body: string, seen?: number|null, answer?: number|null}} message `seen`: up to which number its writer had seen
     *   the room by now; `answer`: the number of the message that it answers
     */
    async enqueue({ room, body, seen = null, answer = null }) {
      if (owner === null) throw new ChatFailure("offline", "It is not known yet who you are.");
      if (this.count() >= most) throw new ChatFailure("outbox_full", `${most} messages wait to be sent. Try again when some are gone.`);
      const id = newMessageId(randomBytes);
      const at = new Date(clock.now()).toISOString();
      const holdUntil = holds.get(room)?.until ?? null;
      const item = { client_message_id: id, owner, room, body, seen, answer, epoch: epoch(), at, order: null, state: "waiting", error: null, holdUntil };
      items.set(id, /** @type {Pending} */ (item));
      onChange();
      let order;
      try {
        order = await write(() => {
          const { holdUntil: _, order: __, ...kept } = { ...item, owner: items.get(id)?.owner ?? owner };
          return storage.addUnsent(/** @type {any} */ (kept));
        });
      } catch (error) {
        items.delete(id);
        onChange();
        throw new ChatFailure("outbox_full", `This browser can't keep the message: ${error.message}`);
      }
      channel.post({ type: "changed", owner });
      channel.post({ type: "written", owner, room, body });
      // Another tab may have written before: its messages go first, so they are read before this one may go.
      await reload();
      if (items.get(id)?.order === null) change(id, { order });
      onChange();
      pump();
      return id;
    },

    /** The message came back as a push, perhaps before its reply. @param {string} id @param {{number: number, seq: number}} message */
    acknowledged,

    /** The timeline shows it as what it is: nothing of it is needed here. @param {string} id */
    settled(id) {
      acknowledged(id, { number: 0, seq: 0 });
      if (items.delete(id)) onChange();
    },

    /** Try a failed message again, in its old place. @param {string} id */
    async retry(id) {
      if (items.get(id)?.state !== "failed") return;
      const item = change(id, { state: "waiting", error: null });
      onChange();
      await store(item);
      pump();
    },

    /** Take a message out that was not sent; one that is on its way can't be called back. @param {string} id */
    async discard(id) {
      const item = items.get(id);
      if (!item || item.state === "sending" || item.state === "sent") return false;
      items.delete(id);
      onChange();
      await write(() => storage.removeUnsent(id));
      channel.post({ type: "changed", owner });
      pump();
      return true;
    },

    /** Forget everything here, whoever wrote it, and tell the other tabs. The storage is emptied by whoever calls this. */
    forgetAll({ tell = true } = {}) {
      owner = null;
      takeLead();
      clear();
      if (tell) channel.post({ type: "erased" });
    },

    /** Resolves when everything that was to be written is. */
    written: () => writes,
  };
}
