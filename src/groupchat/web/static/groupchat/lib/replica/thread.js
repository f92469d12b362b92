/** What a client knows of all answers to one message: the newest, and as many before them as were asked for. */

import { isNewer } from "./windows.js";

/** @typedef {import("../types.js").Message} Message */

/** The message at which the answers began to which this one belongs; null where it is none. @param {Message} message */
export function rootOf(message) {
  return message.root ?? message.reply_to ?? null;
}

export class ThreadReplica {
  /** @param {number} root */
  constructor(root) {
    this.root = root;
    this.forget();
  }

  /** Nothing is known: it must be asked for. */
  forget() {
    /** The root; null where one may not see it. @type {Message|null} */
    this.message = null;
    /** In order of number. @type {ReadonlyArray<Message>} */
    this.messages = [];
    /** Whether there are older answers. */
    this.more = false;
    this.loaded = false;
  }

  /** What is read of it; what is the same in the next one is the same object. */
  get view() {
    const { root, message, messages, more, loaded } = this;
    return { root, message, messages, more, loaded };
  }

  /** A page, the newest or one before those that are here. @param {{root: number, message: Message|null, messages: Message[], more: boolean}} page */
  take(page) {
    if (page.root !== this.root) this.message = null; // what was asked for is an answer itself
    this.root = page.root;
    this.more = page.more;
    this.loaded = true;
    if (page.message && isNewer(page.message, this.message)) this.message = page.message;
    this.#put(page.messages);
  }

  /** What changed in the room. @param {ReadonlyArray<Message>} messages */
  merge(messages) {
    for (const message of messages) if (message.number === this.root && isNewer(message, this.message)) this.message = message;
    if (!this.loaded) return;
    const gone = messages.filter((message) => message.deleted_at).map(({ number }) => number);
    if (this.messages.some(({ number }) => gone.includes(number))) this.messages = this.messages.filter(({ number }) => !gone.includes(number));
    const from = this.more ? (this.messages[0]?.number ?? Infinity) : 0;
    this.#put(messages.filter((message) => !message.deleted_at && rootOf(message) === this.root && message.number >= from));
  }

  /** What lies below this number is not given any more. @param {number} first */
  cut(first) {
    if (this.root < first) this.message = null;
    if (this.messages.some(({ number }) => number < first)) this.messages = this.messages.filter(({ number }) => number >= first);
  }

  #put(messages) {
    const had = new Map(this.messages.map((message) => [message.number, message]));
    const news = messages.filter((message) => isNewer(message, had.get(message.number)));
    if (news.length === 0) return;
    for (const message of news) had.set(message.number, message);
    this.messages = [...had.values()].sort((a, b) => a.number - b.number);
  }
}
