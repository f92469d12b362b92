/** What one may do with a message: the one list behind the tools beside it, the keys on it, and the list of keys. */

import { gettext } from "../lib/i18n.js";
import { answer, edit, say } from "./chat.js";
import { openDialog, openPerson, openSide } from "./overlays.js";
import { openReacted, openReacting } from "./reactions.js";
import { reason } from "./reason.js";
import { addressOf, go } from "./route.js";

/**
 * @typedef {{name: string, icon?: string, label?: () => string, may: (room: any, message: any) => boolean,
 *            run: (room: any, message: any) => void, keys?: string[], printed?: string, describe?: () => string}} Tool
 * `icon`, `label`: the button beside the message, where it has one; `keys`: each of them, pressed on the message, does it; `printed` and `describe` are their line in the list of keys
 */

/** @type {Tool[]} */
export const messageTools = [
  {
    name: "react",
    icon: "smile",
    label: () => gettext("React"),
    may: (room, message) => room.mayReact(message),
    run: openReacting,
    keys: ["+"],
    printed: "+",
    describe: () => gettext("React to the message"),
  },
  {
    name: "answer",
    icon: "reply",
    label: () => gettext("Reply"),
    may: (room, message) => room.mayAnswer(message),
    run: (room, message) => answer(room, message),
    keys: ["r"],
    printed: "R",
    describe: () => gettext("Reply to the message"),
  },
  {
    name: "thread",
    icon: "thread",
    label: () => gettext("Open the thread"),
    may: (room, message) => room.threads.rootOf(message) !== message.number || message.thread !== undefined || room.mayAnswer(message),
    run: (room, message) => openSide(`thread/${room.threads.rootOf(message)}`),
    keys: ["t"],
    printed: "T",
    describe: () => gettext("Open the thread of the message"),
  },
  {
    name: "unread",
    icon: "unread",
    label: () => gettext("Mark as unread from here"),
    may: (room) => room.replica.joined,
    run: markUnread,
    keys: ["u"],
    printed: "U",
    describe: () => gettext("Mark as unread from the message on"),
  },
  { name: "link", icon: "link", label: () => gettext("Copy link"), may: (_room, message) => !message.deleted_at, run: copyLink },
  {
    name: "edit",
    icon: "edit",
    label: () => gettext("Edit"),
    may: (room, message) => room.mayEdit(message),
    run: (room, message) => edit(room, message),
    keys: ["e"],
    printed: "E",
    describe: () => gettext("Edit the message"),
  },
  {
    name: "remove",
    icon: "trash",
    label: () => gettext("Delete"),
    may: (room, message) => room.mayRemove(message),
    run: (room, message) => openDialog({ kind: "remove", room, message }),
    keys: ["Delete", "Backspace"],
    printed: "delete",
    describe: () => gettext("Delete the message"),
  },
  {
    name: "reacted",
    may: (room, message) => room.reactionsOf(message).length > 0,
    run: (room, message) => openReacted(room, message),
    keys: ["w"],
    printed: "W",
    describe: () => gettext("See who reacted to the message"),
  },
  {
    name: "report",
    icon: "flag",
    label: () => gettext("Report"),
    may: (room, message) => room.mayReport(message),
    run: (room, message) => openDialog({ kind: "report", room, message }),
  },
  {
    name: "author", // a click on their name does it, too
    may: () => true,
    run: (_room, message) => openPerson(message.author),
    keys: ["p"],
    printed: "P",
    describe: () => gettext("See who wrote the message"),
  },
];

async function markUnread(room, message) {
  try {
    await room.markUnread(message.number);
    say(gettext("Unread from here, until you come back to the room."));
  } catch (failure) {
    say(reason(failure));
  }
}

async function copyLink(room, message) {
  const { slug } = room.info.peek();
  try {
    await navigator.clipboard.writeText(new URL(addressOf(slug, message.number), location.href).href);
    say(gettext("Link copied."));
  } catch {
    go(slug, message.number);
  }
}
