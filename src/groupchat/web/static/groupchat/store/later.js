/** What one sets aside for later: saved messages with their reminders, and messages that are to be sent. The signal `agenda` has the short form of both. */

import { newMessageId } from "../lib/ids.js";

/** @typedef {import("../lib/types.js").SavedEntry} SavedEntry */
/** @typedef {import("../lib/types.js").ScheduledEntry} ScheduledEntry */

/** @param {{command: (command: any) => Promise<any>}} link @param {(count: number) => Uint8Array} randomBytes */
export function laterOn(link, randomBytes) {
  return {
    /** For a message that is to be scheduled; the same again with the same id is the same message. */
    newId: () => newMessageId(randomBytes),

    /**
     * Keep a message for oneself, or do so no more; what is said is the whole.
     * @param {number} room @param {number} number @param {{on?: boolean, remindAt?: string|null}} [how] `remindAt`: when one wants to be told of it
     */
    save: (room, number, { on = true, remindAt = null } = {}) => link.command({ type: "message.save", room, number, on, ...(remindAt !== null && { remind_at: remindAt }) }),

    /** @param {number} [after] @returns {Promise<{saved: SavedEntry[], next: number|null}>} */
    saved: (after = 0) => link.command({ type: "saved", after }),

    /**
     * Say something at a time.
     * @param {number} room @param {{body: string, at: string, id: string, answer?: number|null}} what `id`: its client_message_id
     */
    schedule: (room, { body, at, id, answer = null }) => link.command({ type: "message.schedule", room, body, at, client_message_id: id, ...(answer !== null && { reply_to: answer }) }),

    /** @param {string|null} [after] @returns {Promise<{scheduled: ScheduledEntry[], next: string|null}>} */
    scheduled: (after = null) => link.command({ type: "scheduled", ...(after !== null && { after }) }),

    /** What is left out stays. @param {number} id @param {{body?: string, at?: string}} changes */
    change: (id, changes) => link.command({ type: "scheduled.change", id, ...changes }),

    /** @param {number} id */
    cancel: (id) => link.command({ type: "scheduled.cancel", id }),

    /** @param {number} id @returns {Promise<{room: number, number: number}>} */
    send: (id) => link.command({ type: "scheduled.send", id }),
  };
}
