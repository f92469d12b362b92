/** What one does with single messages of a room, beyond writing them, and what one asks about them. */

import { whyNoWriting } from "../lib/rights.js";

/** @typedef {import("../lib/types.js").Message} Message */

export class Acts {
  /** @param {import("../lib/replica/room.js").RoomReplica} replica @param {any} lent @param {() => import("../lib/rights.js").Standing} standing */
  constructor(replica, lent, standing) {
    this.replica = replica;
    this.standing = standing;
    this.command = (type, members) => lent.line.command({ type, room: replica.id, ...members });
  }

  /** What a message said before, the oldest first. @param {number} number @returns {Promise<import("../lib/types.js").Version[]>} */
  async versions(number) {
    return (await this.command("message.versions", { number })).versions;
  }

  /** Who reacted with an emoji, page by page. @param {number} number @param {string} emoji @param {number} [after] @returns {Promise<{people: number[], next: number|null}>} */
  reactions(number, emoji, after = 0) {
    return this.command("message.reactions", { number, emoji, after });
  }

  /** Keep a message in sight for all who are in the room, or do so no more. @param {number} number @param {boolean} on */
  pin(number, on) {
    return this.command("message.pin", { number, on });
  }

  /** The pinned messages, page by page, the last one pinned first. @param {number} [after] @returns {Promise<{messages: Message[], next: number|null}>} */
  pins(after = 0) {
    return this.command("pins", { after });
  }

  /** @param {Message} message */
  mayPin(message) {
    return !message.deleted_at && this.replica.joined && whyNoWriting(this.standing()) === null;
  }
}
