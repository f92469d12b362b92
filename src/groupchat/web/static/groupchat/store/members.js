/** Who is in a room: page by page, and then as the changes bring it. */

import { computed, signal } from "../vendor/signals-core.js";

import { rankOf } from "../lib/rights.js";

export const PAGE_MEMBERS = 100;

export class Members {
  /**
   * @param {import("../lib/replica/room.js").RoomReplica} replica
   * @param {{value: import("../lib/replica/room.js").RoomSnapshot}} snapshot
   * @param {any} lent see `RoomStore`
   * @param {(make: () => any, came: (generation: number, result: any) => boolean) => Promise<any>} fetchPage as for `History`
   */
  constructor(replica, snapshot, { people, collator }, fetchPage) {
    this.replica = replica;
    this.people = people;
    this.collator = collator;
    this.fetchPage = fetchPage;
    this.loading = signal(false);
    this.onTheWay = null;
    this.list = computed(() => this.#list(snapshot.value));
  }

  /** The first page, or the next; resolves when it is here. */
  load() {
    if (this.replica.membersComplete) return Promise.resolve();
    if (this.onTheWay) return this.onTheWay;
    const done = this.#fetch().finally(() => {
      if (this.onTheWay === done) this.abandon();
    });
    this.onTheWay = done;
    return done;
  }

  /** The page has turned to another room: what is on the way is for nobody. */
  abandon() {
    this.onTheWay = null;
    this.loading.value = false;
  }

  async #fetch() {
    this.loading.value = true;
    await this.fetchPage(
      () => {
        this.replica.watchMembers();
        return { type: "members", room: this.replica.id, after: this.replica.membersNext, limit: PAGE_MEMBERS };
      },
      (generation, page) => this.replica.membersCame(generation, page),
    );
  }

  #list({ members, memberCount, membersComplete }) {
    if (members === null) return null;
    this.people.any.value; // names order the list
    const name = (member) => this.people.known.get(member.person)?.name ?? "";
    const list = [...members.values()].filter((member) => member.state === "joined");
    list.sort(
      (a, b) => rankOf(b) - rankOf(a) || this.collator.compare(name(a), name(b)) || a.person - b.person,
    );
    return { people: list, count: memberCount ?? list.length, complete: membersComplete, loading: this.loading.value };
  }
}
