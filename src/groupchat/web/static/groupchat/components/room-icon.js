/** What stands before a room's name: a sign of its kind, or the pictures of those whom one talks to. */

import { gettext } from "../lib/i18n.js";
import { isConversation } from "../lib/rights.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Picture } from "./picture.js";
import { roomKinds } from "./room-kind.js";

const MOST_FACES = 2;

/** @param {{info: import("../lib/types.js").RoomInfo}} props */
export function RoomIcon({ info }) {
  if (info.picture) return html`<span class="room-picture"><${Picture} of=${info.picture} /></span>`;
  if (!isConversation(info)) return html`<${Icon} name=${roomKinds[info.kind]?.icon ?? "hash"} />`;
  const faces = othersIn(info).slice(0, MOST_FACES);
  return html`<span class=${faces.length > 1 ? "room-faces two" : "room-faces"}>${faces.map((id) => html`<${Face} key=${id} id=${id} />`)}</span>`;
}

function Face({ id }) {
  return html`<${Avatar} person=${chat.store.person(id).value} id=${id} size="tiny" />`;
}

/** Those whom one talks to; oneself where nobody else is there. @param {import("../lib/types.js").RoomInfo} info @returns {number[]} */
export function othersIn(info) {
  const people = info.people ?? [];
  const others = people.filter((id) => id !== chat.store.me.value?.id);
  return others.length > 0 ? others : people;
}

const words = { private: () => gettext("private"), announcement: () => gettext("announcements"), public: () => gettext("public") };

/** What the sign says, in a word; nothing of a conversation. @param {import("../lib/types.js").RoomInfo} info */
export function kindInAWord(info) {
  return words[info.kind]?.() ?? "";
}
