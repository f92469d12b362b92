/** What is being written in a room and is not sent: a draft, the message that it answers, an open edit. All of it outlives a reload. */

import { signal } from "../vendor/signals-core.js";
import { wellFormed } from "../lib/text.js";
import { SharedDraft } from "./shared-draft.js";

/** @typedef {import("../lib/types.js").Draft} Draft */

export class Writing {
  /** @param {any} replica of the room @param {any} lent see `RoomStore` */
  constructor(replica, { drafts, clock, line, isCaughtUp }) {
    this.room = replica.id;
    this.drafts = drafts;
    this.isCaughtUp = isCaughtUp;
    this.draft = new SharedDraft(this, { replica, clock, command: line.command });
    const { text, edit, answer, base } = drafts.get(this.room);
    /** What the text was when it last was the same on the server: what it is now grew out of that. */
    this.base = base ?? "";
    this.text = signal(text);
    /** Rises when the text was changed by something else than the keys of its composer. */
    this.replaced = signal(0);
    /** The number of the message that the next one answers. */
    this.answer = signal(answer);
    /** The message that is being edited, and what it is to become; one at a time in a room. */
    this.edit = signal(edit);
  }

  write(text) {
    this.text.value = text;
    this.drafts.set(this.room, { text });
    this.draft.wrote(text);
  }

  /** Whether it is known what was kept on this device, and what the server has by now. */
  isKnown() {
    return this.drafts.isRead() && this.isCaughtUp();
  }

  /** The server has this very text. @param {string} text */
  shared(text) {
    if (text === this.base) return;
    this.base = text;
    this.drafts.set(this.room, { base: text });
  }

  /** What was written on another device stands here now. @param {string} text */
  take(text) {
    this.base = text;
    this.text.value = text;
    this.drafts.set(this.room, { text, base: text });
    this.replaced.value += 1;
  }

  replace(text) {
    this.write(text);
    this.replaced.value += 1;
  }

  /** What was kept of this room, and is read only now, stands behind what was written meanwhile. @param {Draft} kept */
  keptCame({ text, edit, answer, base = "" }) {
    this.base = base;
    if (this.text.value === "") this.text.value = text;
    if (this.edit.value === null) this.edit.value = edit;
    if (this.answer.value === null) this.answer.value = answer;
  }

  /** Another person's, of whom nothing is known yet. */
  clear() {
    this.draft.forget();
    this.base = "";
    this.text.value = "";
    this.edit.value = null;
    this.answer.value = null;
  }

  /** A message was sent from another tab: where the same text stands here as a draft, it is no draft any more. */
  writtenElsewhere(body) {
    if (!this.text.value || wellFormed(this.text.value) !== body) return;
    this.replace("");
    this.endAnswer();
  }

  /** The next message answers this one. @param {number|null} number */
  startAnswer(number) {
    this.answer.value = number;
    this.drafts.set(this.room, { answer: number });
  }

  endAnswer() {
    if (this.answer.value !== null) this.startAnswer(null);
  }

  /** Open a message for a change, or go on with the change that is open. */
  startEdit(message) {
    if (this.edit.value?.number === message.number) return;
    this.#setEdit({ number: message.number, seq: message.seq, body: message.body, text: message.body });
  }

  writeEdit(text) {
    if (this.edit.value) this.#setEdit({ ...this.edit.value, text });
  }

  /** The message has changed meanwhile: what is being written stands upon what it is now. */
  rebaseEdit({ seq, body }, text = this.edit.value?.text) {
    if (this.edit.value) this.#setEdit({ ...this.edit.value, seq, body, text });
  }

  endEdit() {
    this.#setEdit(null);
  }

  #setEdit(edit) {
    this.edit.value = edit;
    this.drafts.set(this.room, { edit });
  }
}
