/** The rooms one is in, as the sidebar shows them: its keys and the switcher follow the same order. */

import { isConversation } from "../lib/rights.js";
import { sectionOf, sectionsOf } from "../lib/room-sections.js";
import { computed, signal } from "../vendor/signals-core.js";
import { chat } from "./chat.js";
import { current } from "./current.js";

/** Whether all rooms are listed, by name, instead of the last ones. */
export const showsAll = signal(false);

const traits = {
  isUnread: (room) => room.unread.value > 0 && !room.muted.value,
  isPinned: (room) => room.pinned.value,
  isDirect: (room) => isConversation(room.info.value),
};

/** Where the open room stood when it was opened: reading it must not move it away. @type {{room: any, section: import("../lib/room-sections.js").Name}|null} */
let opened = null;

export const sections = computed(() => {
  const { room } = current.value;
  if (opened?.room !== room) opened = room ? { room, section: sectionOf(room, traits) } : null;
  return sectionsOf(chat.store.rooms.value, {
    ...traits,
    placeOf: (each) => each.place.value,
    writtenAt: (each) => each.lastMessageAt.value || each.info.value.created_at,
    isFixed: (each) => (each === opened?.room ? opened.section : null),
    all: showsAll.value,
  });
});

/** All of them in that order. */
export const inOrder = computed(() => sections.value.flatMap(({ rooms }) => rooms));
