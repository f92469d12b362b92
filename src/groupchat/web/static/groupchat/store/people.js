/** The people whom frames named, each with a signal of their own: a rename draws what shows the name and nothing else. */

import { computed, signal } from "../vendor/signals-core.js";

/** @typedef {import("../lib/types.js").Person} Person */

export class PeopleStore {
  /** @param {Map<number, Person>} known the replica's map, which stays the one place where they are */
  constructor(known) {
    this.known = known;
    this.signals = new Map();
    this.twins = new Map();
    /** Rises whenever anybody changed. */
    this.any = signal(0);
    /** How many of those who are known look like this one by their name. */
    this.alike = computed(() => {
      const count = new Map();
      for (const { looks } of this.all()) count.set(looks, (count.get(looks) ?? 0) + 1);
      return count;
    });
  }

  /** @param {number} id */
  person(id) {
    let person = this.signals.get(id);
    if (!person) this.signals.set(id, (person = signal(this.known.get(id))));
    return person;
  }

  /** Whether somebody else is known whose name looks like this one's: then both are shown with their handles. @param {number} id */
  hasTwin(id) {
    let twin = this.twins.get(id);
    if (!twin) {
      const looks = () => this.person(id).value?.looks;
      this.twins.set(id, (twin = computed(() => looks() !== undefined && (this.alike.value.get(looks()) ?? 0) > 1)));
    }
    return twin;
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
