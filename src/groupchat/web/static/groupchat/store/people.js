/** The people whom frames named, each with a signal of their own: a rename draws what shows the name and nothing else. */

import { signal } from "../vendor/signals-core.js";

/** @typedef {import("../lib/types.js").Person} Person */

export class PeopleStore {
  /** @param {Map<number, Person>} known the replica's map, which stays the one place where they are */
  constructor(known) {
    this.known = known;
    this.signals = new Map();
    /** Rises whenever anybody changed. */
    this.any = signal(0);
  }

  /** @param {number} id */
  person(id) {
    let person = this.signals.get(id);
    if (!person) this.signals.set(id, (person = signal(this.known.get(id))));
    return person;
  }

  all() {
    this.any.value;
    return [...this.known.values()];
  }

  /** @param {Person[]} people */
  changed(people) {
    for (const person of people) {
      const shown = this.signals.get(person.id);
      if (shown) shown.value = person;
    }
    this.any.value += 1;
  }
}
