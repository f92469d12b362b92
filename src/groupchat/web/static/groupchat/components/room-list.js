/** The rooms one is in, as the sidebar shows them: its keys and the switcher follow the same order. */

import { sectionOf, sectionsOf } from "../lib/room-sections.js";
import { computed, signal } from "../vendor/signals-core.js";
import { chat } from "./chat.js";
import { current } from "./current.js";

/** Whether all rooms are listed, by name, instead of the last ones. */
export const showsAll = signal(false);

/** Where the open room stood when it was opened: reading it must not move it away. @type {{room: any, section: import("../lib/room-sections.js").Name}|null} */
let opened = null;

export const sections = computed(() => {
  const { room } = current.value;
  if (opened?.room !== room) opened = room ? { room, section: sectionOf(room, { isUnread, isPinned }) } : null;
  return sectionsOf(chat.store.rooms.value, {
    isUnread,
    isPinned,
    writtenAt: (each) => each.lastMessageAt.value || each.info.value.created_at,
    isFixed: (each) => (each === opened?.room ? opened.section : null),
    all: showsAll.value,
  });
});

/** All of them in that order. */
export const inOrder = computed(() => sections.value.flatMap(({ rooms }) => rooms));

function isPinned(room) {
  return room.pinned.value;
}

function isUnread(room) {
  return room.unread.value > 0 && !room.muted.value;
}
