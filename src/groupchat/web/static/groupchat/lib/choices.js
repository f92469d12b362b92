/** What the switcher offers for what was typed. */

import { ranked } from "./ranking.js";
import { isConversation, isOpen } from "./rights.js";

export const MOST_ROOMS = 12;
export const MOST_PEOPLE = 5; // beside rooms
const FEWEST_LETTERS_OF_PEOPLE = 2; // one letter names everybody

/**
 * @typedef {import("./types.js").RoomInfo} RoomInfo
 * @typedef {import("./types.js").Person} Person
 * @typedef {{key: string, info: RoomInfo, unread?: number, mine?: boolean}} RoomChoice
 * @typedef {RoomChoice|{key: string, person: Person}|{key: string, start: string, kind: "public"|"private"}} Choice `start`: the name of a room that is to be
 */

/** What people are looked for by: what stands behind an at sign, or anything of two letters; else null. @param {string} text */
export function nameOfSomebody(text) {
  if (text.startsWith("@")) return text.length > 1 ? text.slice(1) : null;
  return text.length >= FEWEST_LETTERS_OF_PEOPLE ? text : null;
}

/**
 * @param {{text: string, mine: ReadonlyArray<RoomChoice>, others: ReadonlyArray<RoomChoice>, people: ReadonlyArray<Person>, found: ReadonlySet<string>}} what
 *   `mine`: without the open room where nothing was typed; `found`: keys of those that the server found for this text, whatever letters they have
 * @returns {Choice[]} rooms, then people, then what can be started
 */
export function choicesOf({ text, mine, others, people, found }) {
  const known = new Set(mine.map(({ info }) => info.slug));
  const all = [...mine, ...others.filter(({ info }) => !known.has(info.slug))];
  if (!text) return all.slice(0, MOST_ROOMS);
  const who = nameOfSomebody(text);
  const onlyPeople = text.startsWith("@");
  const rooms = onlyPeople ? [] : sought(all, text, found, ({ info }) => [info.name]).slice(0, MOST_ROOMS);
  const talked = new Set(rooms.flatMap(({ info }) => (info.kind === "direct" ? (info.people ?? []) : [])));
  const strangers = people.filter(({ id }) => !talked.has(id)).map((person) => ({ key: `person ${person.id}`, person }));
  const some = who === null ? [] : sought(strangers, who, found, ({ person }) => [person.name, person.handle]).slice(0, onlyPeople ? MOST_ROOMS : MOST_PEOPLE);
  return [...rooms, ...some, ...(onlyPeople ? [] : starts(text, rooms))];
}

function sought(list, text, found, namesOf) {
  const first = ranked(list, text, namesOf);
  const there = new Set(first);
  return [...first, ...list.filter((one) => found.has(one.key) && !there.has(one))];
}

/** @param {string} name @param {RoomChoice[]} rooms @returns {Choice[]} */
function starts(name, rooms) {
  const same = rooms.filter(({ info }) => !isConversation(info) && info.name.toLowerCase() === name.toLowerCase());
  const taken = same.some(({ info }) => isOpen(info));
  return [...(taken ? [] : [{ key: "start public", start: name, kind: /** @type {const} */ ("public") }]), { key: "start private", start: name, kind: /** @type {const} */ ("private") }];
}
