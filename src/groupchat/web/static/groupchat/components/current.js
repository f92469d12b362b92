/** The room on screen: opened as the address says, closed when the page goes elsewhere. */

import { gettext } from "../lib/i18n.js";
import { effect, signal, untracked } from "../vendor/signals-core.js";
import { attended, chat, say } from "./chat.js";
import { keep, kept } from "./device.js";
import { closeDialog } from "./overlays.js";
import { go, isNarrow, renameTo, route } from "./route.js";

/** {room, slug, status, failure}; status: "none", "opening", "open", "failed". */
export const current = signal({ room: null, slug: null, status: "none", failure: null });

export const LAST_ROOM = "groupchat-last-room";

export function followRoute() {
  effect(() => {
    const wanted = route.value;
    untracked(() => show(wanted));
  });
  effect(() => {
    // Where the address is only the list, a wide page shows the room where one was last.
    if (isNarrow.value || route.value.slug !== null || !chat.store.known.value) return;
    const rooms = chat.store.rooms.value;
    if (rooms.length === 0) return;
    const last = kept(LAST_ROOM);
    const room = rooms.find((each) => each.info.peek().slug === last) ?? latest(rooms);
    untracked(() => go(room.info.value.slug, null, { replace: true, under: true }));
  });
  effect(() => {
    // Nothing is known of the room any more: signed out, here or in another tab; or the server knows us as another person,
    // who opens the room anew.
    const { room } = current.value;
    if (!room || room.info.value !== null) return;
    untracked(() => {
      closeDialog(); // it may be about the room
      current.value = { room: null, slug: null, status: "none", failure: null };
      if (chat.store.known.value) show(route.value);
    });
  });
  effect(() => {
    const { room, slug } = current.value;
    const present = room?.info.value?.slug;
    if (!present || present === slug || route.peek().slug !== slug) return;
    untracked(() => {
      current.value = { ...current.value, slug: present };
      renameTo(present);
      keep(LAST_ROOM, present);
    });
  });
  effect(() => {
    // A permalink to what is not there: the room is at its end by now, and so is the address.
    const { room } = current.value;
    if (!room || room.missing.value === null) return;
    untracked(() => {
      room.missing.value = null;
      say(gettext("There is no such message here."));
      go(room.info.value.slug, null, { replace: true, under: true });
    });
  });
  effect(() => {
    // Who comes back to the window finds the line above what came meanwhile.
    if (!attended.value) return;
    untracked(() => {
      const { room } = current.value;
      if (room && room.unread.value > 0) room.markNewMessages();
    });
  });
}

/** Ask again for a room that could not be opened. */
export function openAgain() {
  current.value = { ...current.value, slug: null };
  show(route.value);
}

/** Join or make the room of this name and go there; rejects with the refusal. */
export async function enterRoom(name) {
  arrive(await chat.store.enter(name));
}

/** Make a room and go there; rejects with the refusal. @param {{name: string, kind: string, topic?: string}} facts */
export async function makeRoom(facts) {
  arrive(await chat.store.create(facts));
}

/** Go to the conversation with these people, which begins where there is none; rejects with the refusal. @param {number[]} people */
export async function talkTo(people) {
  const { room } = await chat.store.converse(people);
  go(room.info.value.slug);
}

function arrive({ room, created }) {
  const { slug } = room.info.value;
  const there = current.value.slug === slug; // the page went there by itself, for it knew of no other room
  go(slug, null, { made: created && !there });
  if (created && there) sayMade(room);
}

function sayMade(room) {
  say(gettext("{name} is new: you just made it.", { name: room.info.value.name }));
}

async function show({ slug, number, made }) {
  if (slug !== current.value.slug) await open(slug, number, made);
  else if (number !== null) await current.value.room?.loadAround(number).catch(() => {}); // `failure` shows it
}

async function open(slug, number, made) {
  const before = current.value.room;
  if (before) chat.store.close(before);
  if (slug === null) {
    current.value = { room: null, slug: null, status: "none", failure: null };
    return;
  }
  current.value = { room: null, slug, status: "opening", failure: null };
  try {
    const room = await chat.store.open(number === null ? { slug } : { slug, around: number });
    if (current.value.slug !== slug) {
      if (current.value.room !== room) chat.store.close(room);
      return;
    }
    const present = room.info.value.slug;
    current.value = { room, slug: present, status: "open", failure: null };
    if (present !== slug) renameTo(present);
    keep(LAST_ROOM, present);
    if (made) sayMade(room);
  } catch (failure) {
    if (current.value.slug === slug) current.value = { room: null, slug, status: "failed", failure };
  }
}

/** The room in which somebody wrote last. */
function latest(rooms) {
  return rooms.reduce((one, other) => (other.lastMessageAt.peek() > one.lastMessageAt.peek() ? other : one));
}
