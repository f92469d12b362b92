/** One's own reactions: shown at once, undone where they are refused, and known also where a message does not name all who reacted. */

import { signal } from "../vendor/signals-core.js";

/** @typedef {import("../lib/types.js").Message} Message */

/**
 * @typedef {{on: boolean, seq: number|null}} Wish what one wants, and once it is done, the seq of the message in which it is
 * @typedef {{emoji: string, count: number, people: number[], mine: boolean}} Shown
 */

export class Reactions {
  /**
   * @param {import("../lib/replica/room.js").RoomReplica} replica
   * @param {any} lent what the store lends its rooms
   * @param {() => Promise<any>} join
   */
  constructor(replica, lent, join) {
    this.replica = replica;
    this.lent = lent;
    this.join = join;
    /** By number and emoji. */
    this.wishes = signal(/** @type {ReadonlyMap<string, Wish>} */ (new Map()));
  }

  /** What is shown: the server's, with what one wants oneself. @param {Message} message @returns {Shown[]} */
  of(message) {
    const me = this.lent.me.value?.id;
    const wishes = this.wishes.value;
    const shown = (message.reactions ?? []).map((one) => this.#shown(message, one, me, wishes.get(key(message.number, one.emoji))));
    for (const [where, wish] of wishes) {
      const [number, emoji] = where.split(" ");
      if (Number(number) !== message.number || !isAhead(wish, message) || !wish.on) continue;
      if (!shown.some((one) => one.emoji === emoji)) shown.push({ emoji, count: 1, people: me === undefined ? [] : [me], mine: true });
    }
    return shown.filter(({ count }) => count > 0);
  }

  /** @param {number} number @param {string} emoji @param {boolean} on */
  async put(number, emoji, on) {
    const where = key(number, emoji);
    const had = this.wishes.peek().get(where);
    const wish = { on, seq: null };
    this.#set(where, wish);
    try {
      // Who looks into an open room is one of it by reacting, as by writing.
      if (!this.replica.joined) await this.join();
      const { seq } = await this.lent.line.command({ type: "message.react", room: this.replica.id, number, emoji, on });
      if (this.wishes.peek().get(where) === wish) this.#set(where, { on, seq });
    } catch (failure) {
      if (this.wishes.peek().get(where) === wish) this.#set(where, had?.seq ? had : null);
      throw failure;
    }
  }

  #shown(message, { emoji, count, people }, me, wish) {
    const named = me !== undefined && people.includes(me);
    const cut = count > people.length;
    const mine = named || (cut && this.#isAmongTheRest(message, emoji, wish));
    if (!wish || !isAhead(wish, message) || wish.on === mine) return { emoji, count, people, mine };
    const others = people.filter((id) => id !== me);
    return { emoji, count: wish.on ? count + 1 : count - 1, people: wish.on && !cut && me !== undefined ? [...people, me] : others, mine: wish.on };
  }

  /** Whether one is among those whom the message does not name: as it was last said, or done here since. */
  #isAmongTheRest(message, emoji, wish) {
    const told = message.mine_at ?? message.seq;
    if (wish?.seq && (message.mine === undefined || wish.seq > told)) return wish.on;
    return message.mine?.includes(emoji) ?? false;
  }

  #set(where, wish) {
    const wishes = new Map(this.wishes.peek());
    if (wish) wishes.set(where, wish);
    else wishes.delete(where);
    this.wishes.value = wishes;
  }
}

/** Whether a wish is not in this state of its message yet. */
function isAhead(wish, message) {
  return wish.seq === null || wish.seq > message.seq;
}

function key(number, emoji) {
  return `${number} ${emoji}`;
}
