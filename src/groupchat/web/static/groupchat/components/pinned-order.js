/** Putting the pinned rooms in one's own order: by dragging one, or with Alt, Shift and an arrow on it. */

import { gettext } from "../lib/i18n.js";
import { moved } from "../lib/room-sections.js";
import { chat, say } from "./chat.js";
import { reason } from "./reason.js";

const TYPE = "application/x-groupchat-room";

/** What a pinned room's link needs for it. @param {any} room @param {ReadonlyArray<any>} rooms the pinned ones, as they stand */
export function orderProps(room, rooms) {
  return {
    draggable: true,
    "aria-keyshortcuts": "Alt+Shift+ArrowUp Alt+Shift+ArrowDown",
    onDragStart: (event) => {
      event.dataTransfer.setData(TYPE, String(room.id));
      event.dataTransfer.effectAllowed = "copyMove";
    },
    onDragOver: (event) => {
      if (event.dataTransfer.types.includes(TYPE)) event.preventDefault(); // it may be dropped here
    },
    onDrop: (event) => {
      const dragged = rooms.find(({ id }) => String(id) === event.dataTransfer.getData(TYPE));
      if (!dragged) return;
      event.preventDefault();
      if (dragged !== room) put(moved(rooms, dragged, rooms.indexOf(room)));
    },
    onKeyDown: (event) => {
      if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const to = rooms.indexOf(room) + (event.key === "ArrowUp" ? -1 : 1);
      if (to < 0 || to >= rooms.length) return;
      const link = event.currentTarget;
      put(moved(rooms, room, to)).then(() => {
        link.focus(); // where it went
        say(gettext("{name}: {place} of {count}", { name: room.info.peek().name, place: to + 1, count: rooms.length }));
      });
    },
  };
}

async function put(rooms) {
  await chat.store.orderRooms(rooms).catch((failure) => say(reason(failure)));
}
