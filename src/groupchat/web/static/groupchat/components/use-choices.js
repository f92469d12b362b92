/** What the switcher chooses from: one's own rooms at once, and what the server finds as it comes. */

import { choicesOf, nameOfSomebody } from "../lib/choices.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { useConnected } from "./connected.js";
import { current } from "./current.js";
import { inOrder } from "./room-list.js";
import { publicRooms } from "./site.js";

const PAGE_ROOMS = 20; // that the server names at once: a few more than are shown, for some are one's own

/** @param {string} text @returns {import("../lib/choices.js").Choice[]} */
export function useChoices(text) {
  const rooms = useSeen(text, chat.store.searchRooms, keyOfRoom);
  const people = useSeen(nameOfSomebody(text), chat.store.searchPeople, keyOfPerson);
  const others = useOthers(rooms.seen);
  const me = chat.store.me.value?.id;
  return choicesOf({
    text,
    mine: ownRooms(text),
    others,
    people: [...new Map([...chat.store.people(), ...people.seen].map((person) => [person.id, person])).values()].filter(({ id }) => id !== me),
    found: new Set([...rooms.found, ...people.found]),
  });
}

const keyOfRoom = ({ room }) => `room ${room.slug}`;
const keyOfPerson = ({ id }) => `person ${id}`;

/** Those that the sidebar leaves out, too. */
function ownRooms(text) {
  const here = current.value.room;
  const own = [...new Set([...inOrder.value, ...chat.store.rooms.value])];
  // Before a letter is written the room that is open is no place to go to.
  return own.filter((room) => text || room !== here).map((room) => ({ key: `room ${room.info.value.slug}`, info: room.info.value, unread: room.unread.value, mine: true }));
}

/** The open rooms that the server named; where there is no connection, those that the site lists, if they are at hand. */
function useOthers(seen) {
  const listed = useSignal([]);
  const connected = useConnected();
  useEffect(() => {
    if (!connected) publicRooms().then((rooms) => (listed.value = rooms));
  }, [connected]);
  const infos = [...seen.map(({ room }) => room), ...listed.value.map((room) => ({ kind: "public", ...room }))];
  return [...new Map(infos.map((info) => [info.slug, info])).values()].map((info) => ({ key: `room ${info.slug}`, info }));
}

/**
 * What the server found for what was typed so far: what came once stays to choose from, so that nothing goes away under the pointer.
 * `found`: the keys of the answer to this very text. @param {string|null} text null: nothing is to be looked for
 */
function useSeen(text, start, keyOf) {
  const search = useRef(null);
  const seen = useRef(new Map());
  const connected = useConnected();
  search.current ??= start(PAGE_ROOMS);
  useEffect(() => {
    if (connected && text !== null) search.current.wants(text);
  }, [connected, text]);
  useEffect(() => () => search.current.forget(), []);
  const answer = search.current.found.value ?? [];
  for (const one of answer) seen.current.set(keyOf(one), one);
  return { seen: [...seen.current.values()], found: search.current.answered === text ? answer.map(keyOf) : [] };
}
