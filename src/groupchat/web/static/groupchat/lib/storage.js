/**
 * What this device keeps over a reload: the outbox, drafts, and the last state of the page. In IndexedDB, or in memory where the
 * browser does not let us (private windows, full disks): then `durable` is false.
 */

import { openDB } from "../vendor/idb.js";

const NAME = "groupchat";
const VERSION = 1;

/** @typedef {import("./types.js").Pending} Pending */

/**
 * @typedef {{durable: boolean,
 *   unsent: (owner: string) => Promise<Pending[]>,
 *   addUnsent: (item: Pending) => Promise<number>,
 *   putUnsent: (item: Pending) => Promise<void>,
 *   removeUnsent: (clientMessageId: string) => Promise<void>,
 *   adoptUnsent: (from: string, to: string) => Promise<void>,
 *   drafts: (owner: string) => Promise<Array<{room: number, text: string, edit?: import("./types.js").Edit|null}>>,
 *   putDraft: (owner: string, room: number, draft: import("./types.js").Draft) => Promise<void>,
 *   kept: (key: string) => Promise<any>,
 *   keep: (key: string, value: any) => Promise<void>,
 *   erase: () => Promise<void>,
 *   close: () => void}} Storage
 * `unsent` in the order of adding; `addUnsent` resolves to the place in it. An empty draft is none. `erase` empties everything.
 */

/** @param {{name?: string}} [options] @returns {Promise<Storage>} */
export async function openStorage({ name = NAME } = {}) {
  try {
    return await openDatabase(name);
  } catch {
    return memoryStorage();
  }
}

/** @param {string} name @returns {Promise<Storage>} */
export async function openDatabase(name) {
  const database = await openDB(name, VERSION, {
    upgrade(fresh) {
      const outbox = fresh.createObjectStore("outbox", { keyPath: "order", autoIncrement: true });
      outbox.createIndex("owner", "owner");
      outbox.createIndex("client_message_id", "client_message_id", { unique: true });
      fresh.createObjectStore("drafts", { keyPath: ["owner", "room"] }).createIndex("owner", "owner");
      fresh.createObjectStore("kept");
    },
    // Another tab wants a newer version: stand out of its way, or its page waits for ever.
    blocking: (_current, _blocked, event) => /** @type {any} */ (event.target).close(),
  });

  async function place(clientMessageId) {
    return database.getKeyFromIndex("outbox", "client_message_id", clientMessageId);
  }

  return {
    durable: true,
    unsent: (owner) => database.getAllFromIndex("outbox", "owner", owner),
    addUnsent: ({ order: _order, ...item }) => /** @type {Promise<any>} */ (database.add("outbox", item)),
    async putUnsent(item) {
      const transaction = database.transaction("outbox", "readwrite");
      // Only what is still there: a message that went out in another tab must not come back.
      if (await transaction.store.getKey(item.order)) await transaction.store.put(item);
      await transaction.done;
    },
    async removeUnsent(clientMessageId) {
      const key = await place(clientMessageId);
      if (key !== undefined) await database.delete("outbox", key);
    },
    async adoptUnsent(from, to) {
      const transaction = database.transaction("outbox", "readwrite");
      for (const item of await transaction.store.index("owner").getAll(from)) await transaction.store.put({ ...item, owner: to });
      await transaction.done;
    },
    drafts: (owner) => database.getAllFromIndex("drafts", "owner", owner),
    async putDraft(owner, room, { text, edit, answer, base }) {
      if (text || edit || answer || base) await database.put("drafts", { owner, room, text, edit, answer, base });
      else await database.delete("drafts", [owner, room]);
    },
    kept: (key) => database.get("kept", key),
    async keep(key, value) {
      await database.put("kept", value, key);
    },
    async erase() {
      const transaction = database.transaction(["outbox", "drafts", "kept"], "readwrite");
      for (const store of ["outbox", "drafts", "kept"]) await transaction.objectStore(store).clear();
      await transaction.done;
    },
    close: () => database.close(),
  };
}

/** @returns {Storage} */
export function memoryStorage() {
  const outbox = new Map();
  const drafts = new Map();
  const kept = new Map();
  let last = 0;

  return {
    durable: false,
    unsent: async (owner) => [...outbox.values()].filter((item) => item.owner === owner).map((item) => ({ ...item })),
    async addUnsent(item) {
      if ([...outbox.values()].some((other) => other.client_message_id === item.client_message_id)) throw new Error("added twice");
      outbox.set(++last, { ...item, order: last });
      return last;
    },
    async putUnsent(item) {
      if (outbox.has(item.order)) outbox.set(item.order, { ...item });
    },
    async removeUnsent(clientMessageId) {
      for (const [order, item] of outbox) if (item.client_message_id === clientMessageId) outbox.delete(order);
    },
    async adoptUnsent(from, to) {
      for (const item of outbox.values()) if (item.owner === from) item.owner = to;
    },
    drafts: async (owner) => [...drafts.values()].filter((draft) => draft.owner === owner),
    async putDraft(owner, room, { text, edit, answer, base }) {
      if (text || edit || answer || base) drafts.set(`${owner} ${room}`, { owner, room, text, edit, answer, base });
      else drafts.delete(`${owner} ${room}`);
    },
    kept: async (key) => structuredClone(kept.get(key)),
    async keep(key, value) {
      kept.set(key, structuredClone(value));
    },
    async erase() {
      outbox.clear();
      drafts.clear();
      kept.clear();
    },
    close() {},
  };
}
