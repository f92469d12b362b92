/** Between the replica and the socket: what must be asked, and asked again, until the answer is in. */

import { backoff } from "../lib/backoff.js";
import { ChatFailure, sameAgain } from "../lib/failure.js";

export const MOST_TRIES = 6; // of a question that the server can't answer now
const FIRST_DELAY_MILLISECONDS = 500;
const MOST_DELAY_MILLISECONDS = 10_000;

/** @typedef {import("../lib/replica/room.js").RoomReplica} RoomReplica */

/**
 * @param {{socket: any, replica: import("../lib/replica/client.js").ClientReplica, clock: import("../lib/types.js").Clock, random: () => number,
 *          update: (change: () => any) => any}} options `update` runs a change of the replica and shows it
 */
export function createLink({ socket, replica, clock, random, update }) {
  const delay = backoff({ base: FIRST_DELAY_MILLISECONDS, most: MOST_DELAY_MILLISECONDS, random });
  /** @type {Array<{resolve: () => void, reject: (failure: ChatFailure) => void}>} */
  let waiters = [];
  /** @type {Array<(value?: any) => void>} */
  const trying = [];
  let started = false;
  const subscribing = new Map();
  /** The order of subscribe and unsubscribe commands: the room's state may come after we have turned away from it. */
  let order = 0;
  const unsubscribed = new Map();

  /** Resolves when commands can be sent; rejects where the connection was stopped for good. @returns {Promise<void>} */
  function connected() {
    const { state } = socket.state;
    if (state === "open" || state === "caught_up") return Promise.resolve();
    if (state === "stopped" && started) return Promise.reject(stopped());
    return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
  }

  /** Resolves when the attempt to connect that goes on now, if any, has come to its end: good or bad. */
  function attempted() {
    const { state } = socket.state;
    if (state !== "connecting" && !(state === "stopped" && !started)) return Promise.resolve();
    return new Promise((resolve) => trying.push(resolve));
  }

  function stopped() {
    return new ChatFailure("offline", "The connection was closed.");
  }

  /** Wait until a command that failed may be tried again; throws where that is of no use. */
  async function again(failure, attempt) {
    if (sameAgain(failure.code) !== "again") throw failure;
    if (failure.code === "offline" || failure.code === "lost") return;
    if (attempt + 1 >= MOST_TRIES) throw failure;
    const wait = failure.retryAfter !== null ? failure.retryAfter * 1000 : delay(attempt);
    await new Promise((resolve) => clock.setTimeout(() => resolve(undefined), wait));
  }

  async function askChanges(command) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await socket.command(command);
        break;
      } catch (failure) {
        // With the connection the question is gone too: the next hello asks it.
        if (failure.code === "offline" || failure.code === "lost") return;
        if (command.room !== undefined && isDenied(failure)) return update(() => replica.lost(replica.room(command.room)));
        await again(failure, attempt);
      }
    }
    update(() => replica.asked(command.room));
  }

  /** Send a command that is answered with a room's state and makes this connection hear it. @returns {Promise<{room: RoomReplica, state: any}>} */
  async function hear(command) {
    const sent = ++order;
    const state = await socket.command(command);
    // Turned away from meanwhile: the server unsubscribed after this, and only a new subscription is one.
    if (unsubscribed.get(state.room.id) > sent) {
      const { room } = await hear({ type: "subscribe", room: state.room.id });
      return { room, state };
    }
    return { room: update(() => replica.subscribedTo(state)), state };
  }

  /** One request for all who want the same room. @param {{room?: number, slug?: string}} target @returns {Promise<RoomReplica>} */
  function subscribe(target) {
    const key = target.room ?? target.slug;
    if (!subscribing.has(key)) {
      const done = hear({ type: "subscribe", ...target })
        .then(({ room }) => room)
        .finally(() => subscribing.delete(key));
      subscribing.set(key, done);
    }
    return subscribing.get(key);
  }

  /** Resolves when this connection hears the room. @param {RoomReplica} room */
  async function subscribed(room) {
    for (let attempt = 0; ; attempt += 1) {
      await connected();
      if (room.subscribed) return;
      try {
        await subscribe({ room: room.id });
      } catch (failure) {
        if (isDenied(failure)) update(() => replica.lost(room));
        await again(failure, attempt);
      }
    }
  }

  return {
    stateIs({ state }) {
      started = started || state === "connecting";
      if (state !== "connecting" && started) for (const resolve of trying.splice(0)) resolve();
      const waiting = waiters;
      if (state === "open" || (state === "stopped" && started)) waiters = [];
      if (state === "open") for (const { resolve } of waiting) resolve();
      if (state === "stopped" && started) for (const { reject } of waiting) reject(stopped());
    },

    command: (command) => socket.command(command),

    attempted,

    hear,

    /** @param {number} room its id */
    unsubscribe(room) {
      unsubscribed.set(room, ++order);
      socket.command({ type: "unsubscribe", room }).catch(() => {}); // with the connection the subscription is gone, too
    },

    /** Carry out what the replica found missing. @param {{type: string, room?: number, since?: number}} command */
    async wanted(command) {
      try {
        if (command.type === "hello") socket.reconnect();
        else if (command.type === "subscribe") await subscribed(replica.room(/** @type {number} */ (command.room)));
        else await askChanges(command);
      } catch (failure) {
        // It is wanted again with the next frame or connection.
        if (!(failure instanceof ChatFailure)) throw failure;
      }
    },

    /** Look into a room by id or slug; `find` is asked first once there is a connection. @returns {Promise<RoomReplica>} */
    async lookInto(target, find) {
      for (let attempt = 0; ; attempt += 1) {
        await connected();
        const found = find();
        if (found?.subscribed) return found;
        try {
          return await subscribe(target);
        } catch (failure) {
          await again(failure, attempt);
        }
      }
    },

    /**
     * A page of a room: asked for when the room is heard, so that nothing falls between the page and the pushes. Gives the result that `came`
     * took, or null where `make` wants nothing any more.
     * @param {RoomReplica} room @param {() => any} make the command @param {(generation: number, result: any) => boolean} came
     */
    async fetchPage(room, make, came) {
      for (let attempt = 0; ; attempt += 1) {
        await subscribed(room);
        const command = make();
        if (command === null) return null;
        if (!room.subscribed) continue; // it was closed while we waited
        const generation = room.pageAsked();
        let result;
        try {
          result = await socket.command(command);
        } catch (failure) {
          room.pageLost(generation);
          await again(failure, attempt);
          continue;
        }
        const taken = update(() => {
          replica.onRoom(room);
          return came(generation, result);
        });
        if (taken) return result;
      }
    },
  };
}

function isDenied(failure) {
  return failure.code === "not_found" || failure.code === "forbidden";
}
