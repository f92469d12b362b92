/** Drafts of messages, kept on this device by person and room. */

export const WRITE_AFTER_MILLISECONDS = 150; // after the first key that is not yet written: a fast reload loses no more

/**
 * @param {{storage: import("./storage.js").Storage, clock: import("./types.js").Clock}} options
 */
export function createDrafts({ storage, clock }) {
  let owner = null;
  /** @type {Map<number, string>} */
  let texts = new Map();
  /** @type {Map<number, any>} */
  const timers = new Map();

  function write(room) {
    clock.clearTimeout(timers.get(room));
    timers.delete(room);
    if (owner === null) return Promise.resolve();
    // A draft that can't be kept is still in the composer.
    return storage.putDraft(owner, room, texts.get(room) ?? "").catch(() => {});
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
      if (!adopt) texts = new Map();
      for (const room of texts.keys()) await write(room);
      const stored = person === null ? [] : await storage.drafts(person).catch(() => []);
      if (person !== owner) return [];
      for (const { room, text } of stored) if (!texts.has(room)) texts.set(room, text);
      return [...texts.keys()];
    },

    /** @param {number} room */
    get: (room) => texts.get(room) ?? "",

    /** @param {number} room @param {string} text */
    set(room, text) {
      if (text) texts.set(room, text);
      else texts.delete(room);
      if (timers.has(room)) return; // what is written then is the newest text
      timers.set(
        room,
        clock.setTimeout(() => write(room), WRITE_AFTER_MILLISECONDS),
      );
    },

    /** Write what waits to be written (the page is hidden, say). */
    flush: () => Promise.all([...timers.keys()].map(write)),

    /** Forget everything without writing. */
    forgetAll() {
      for (const timer of timers.values()) clock.clearTimeout(timer);
      timers.clear();
      texts = new Map();
      owner = null;
    },
  };
}
