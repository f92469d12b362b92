/** What one may do with a member of a room: the items of their menu. */

import { isConversation, mayManage, mayRemove } from "../lib/rights.js";
import { gettext } from "../lib/i18n.js";
import { chat, say } from "./chat.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { converse } from "./room-ways.js";

/** From the highest. @type {{[role: string]: {label: () => string, told: (name: string) => string}}} */
const roles = {
  owner: { label: () => gettext("Make owner"), told: (name) => gettext("{name} is an owner of the room now.", { name }) },
  moderator: { label: () => gettext("Make moderator"), told: (name) => gettext("{name} is a moderator now.", { name }) },
  member: { label: () => gettext("Make member"), told: (name) => gettext("{name} is a member now: reads and writes.", { name }) },
  reader: { label: () => gettext("Make reader"), told: (name) => gettext("{name} is a reader now: reads, and does not write.", { name }) },
};

/** @returns {{key: string, label: string, danger?: boolean, run: () => void}[]} */
export function memberWays(room, member) {
  const { standing } = room;
  const { kind } = standing.info;
  const isMe = chat.store.me.value?.id === member.person;
  const ways = [];
  if (!isMe && kind !== "direct") ways.push({ key: "message", label: gettext("Message"), run: () => void converse([member.person]).catch(tell) });
  if (mayManage(standing)) {
    for (const [role, { label, told }] of Object.entries(roles)) {
      if (role !== member.role) ways.push({ key: role, label: label(), run: () => giveRole(room, member, role, told) });
    }
  }
  if (!isMe && !isConversation(standing.info) && mayRemove(standing, member)) {
    ways.push({ key: "silence", label: gettext("Silence…"), run: () => openDialog({ kind: "sanction", room, person: member.person, what: "silence" }) });
    ways.push({ key: "purge", label: gettext("Delete their messages…"), danger: true, run: () => openDialog({ kind: "purge", room, person: member.person }) });
    ways.push({ key: "out", label: gettext("Send out of the room"), danger: true, run: () => askToSendOut(room, member) });
    ways.push({ key: "ban", label: gettext("Ban from the room…"), danger: true, run: () => openDialog({ kind: "sanction", room, person: member.person, what: "ban" }) });
  }
  return ways;
}

async function giveRole(room, member, role, told) {
  try {
    await room.giveRole(member.person, role);
    say(told(nameOf(member)));
  } catch (failure) {
    tell(failure);
  }
}

function askToSendOut(room, member) {
  const name = nameOf(member);
  const isOpen = ["public", "announcement"].includes(room.info.value.kind);
  openDialog({
    kind: "confirm",
    title: gettext("Send {name} out of the room?", { name }),
    text: isOpen ? gettext("What they wrote stays. This room is open to everybody: they can come back.") : gettext("What they wrote stays. They read here again only when somebody brings them back."),
    label: gettext("Send out"),
    run: () => room.sendOut(member.person),
  });
}

function nameOf(member) {
  return chat.store.person(member.person).peek()?.name ?? gettext("Somebody");
}

function tell(failure) {
  say(reason(failure));
}
