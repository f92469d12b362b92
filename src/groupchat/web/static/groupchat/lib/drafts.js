/** What is written and not sent, kept on this device by person and room: a draft, what it answers, and an open edit of a message. */

export const WRITE_AFTER_MILLISECONDS = 150; // after the first key that is not yet written: a fast reload loses no more

/** @typedef {import("./types.js").Draft} Draft */

/** @type {Draft} */
const NONE = Object.freeze({ text: "", edit: null, answer: null });

/**
 * @param {{storage: import("./storage.js").Storage, clock: import("./types.js").Clock}} options
 */
export function createDrafts({ storage, clock }) {
  let owner = null;
  let isRead = false;
  /** @type {Map<number, Draft>} */
  let drafts = new Map();
  /** @type {Map<number, any>} */
  const timers = new Map();

  function write(room) {
    clock.clearTimeout(timers.get(room));
    timers.delete(room);
    if (owner === null) return Promise.resolve();
    // A draft that can't be kept is still on the page.
    return storage.putDraft(owner, room, drafts.get(room) ?? NONE).catch(() => {});
  }

  return {
    /**
     * Whose drafts these are now. Resolves to the rooms that have one.
     * @param {string|null} person @param {{adopt?: boolean}} [options] keep what is there (the guest who became a person)
     */
    async setOwner(person, { adopt = false } = {}) {
      if (person === owner) return [];
      await this.flush();
      owner = person;
      isRead = false;
      if (!adopt) drafts = new Map();
      for (const room of drafts.keys()) await write(room);
      const stored = person === null ? [] : await storage.drafts(person).catch(() => []);
      if (person !== owner) return [];
      for (const { room, text, edit = null, answer = null, base = "" } of stored) if (!drafts.has(room)) drafts.set(room, { text, edit, answer, base });
      isRead = true;
      return [...drafts.keys()];
    },

    /** Whether what was kept of this person is known. */
    isRead: () => isRead,

    /** @param {number} room @returns {Draft} */
    get: (room) => drafts.get(room) ?? NONE,

    /** @param {number} room @param {Partial<Draft>} changes */
    set(room, changes) {
      const draft = { ...this.get(room), ...changes };
      if (draft.text || draft.edit || draft.answer || draft.base) drafts.set(room, draft);
      else drafts.delete(room);
      // What was sent or given up is at once no draft any more, or a fast reload would bring it back.
      if (changes.text === "" || changes.edit === null || changes.answer === null) write(room);
      else if (!timers.has(room)) timers.set(room, clock.setTimeout(() => write(room), WRITE_AFTER_MILLISECONDS)); // the newest text
    },

    /** Write what waits to be written (the page is hidden, say). */
    flush: () => Promise.all([...timers.keys()].map(write)),

    /** Forget everything without writing. */
    forgetAll() {
      for (const timer of timers.values()) clock.clearTimeout(timer);
      timers.clear();
      drafts = new Map();
      owner = null;
      isRead = false;
    },
  };
}
