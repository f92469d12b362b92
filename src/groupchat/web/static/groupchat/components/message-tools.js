/** What one may do with a message: the one list behind the tools beside it, the keys on it, and the list of keys. */

import { gettext } from "../lib/i18n.js";
import { answer, say } from "./chat.js";
import { edit } from "./editing.js";
import { openDialog, openPerson, openSide } from "./overlays.js";
import { pin } from "./pinning.js";
import { openReacted, openReacting } from "./reactions.js";
import { reason } from "./reason.js";
import { addressOf, go } from "./route.js";
import { openReminder, save, savedOf } from "./saving.js";
import { select } from "./selecting.js";

/**
 * @typedef {{name: string, icon?: string, label?: (room: any, message: any) => string, inMenu?: boolean, may: (room: any, message: any) => boolean,
 *            run: (room: any, message: any) => void, keys?: string[], printed?: string, describe?: () => string}} Tool
 * `icon`, `label`: the button beside the message, where it has one; `inMenu`: it stands in the menu beside the message instead; `keys`: each of them, pressed on the message, does it; `printed` and `describe` are their line in the list of keys
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
    name: "pin",
    inMenu: true,
    label: (_room, message) => (message.pinned ? gettext("Unpin") : gettext("Pin for all")),
    may: (room, message) => room.acts.mayPin(message),
    run: (room, message) => pin(room, message, !message.pinned),
    keys: ["p"],
    printed: "P",
    describe: () => gettext("Pin the message, or unpin it"),
  },
  {
    name: "save",
    inMenu: true,
    label: (room, message) => (savedOf(room, message.number) ? gettext("Save no more") : gettext("Save for me")),
    may: (room, message) => room.gone.value === null && (!message.deleted_at || Boolean(savedOf(room, message.number))),
    run: (room, message) => save(room, message.number, { on: !savedOf(room, message.number) }),
    keys: ["s"],
    printed: "S",
    describe: () => gettext("Save the message for you, or do so no more"),
  },
  { name: "remind", inMenu: true, label: () => gettext("Remind me…"), may: (room, message) => room.gone.value === null && !message.deleted_at, run: openReminder },
  {
    name: "select",
    inMenu: true,
    label: () => gettext("Select"),
    may: (_room, message) => !message.deleted_at,
    run: select,
    keys: ["x"],
    printed: "X",
    describe: () => gettext("Select the message, to do something with several"),
  },
  {
    name: "author", // a click on their name does it, too
    may: () => true,
    run: (_room, message) => openPerson(message.author),
    keys: ["a"],
    printed: "A",
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
