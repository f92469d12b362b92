/** Above the timeline: where one is, and the ways to the panes beside it. */

import { formatCount } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { isConversation } from "../lib/rights.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { KindOfPerson } from "./kind-of-person.js";
import { closeSide, openDialog, openSide, side } from "./overlays.js";
import { PinsButton } from "./pinning.js";
import { RoomKind } from "./room-kind.js";
import { leaveRoom } from "./route.js";

export function RoomHeader({ room }) {
  const info = room.info.value;
  const { name, topic, kind, archived } = info;
  const about = isConversation(info) ? gettext("About this conversation") : gettext("About this room");
  const open = side.value === "members";
  const others = chat.store.rooms.value.some((other) => other !== room && other.unread.value > 0);
  return html`<header class="room-header">
    <button class="icon-button room-back" type="button" aria-label=${others ? gettext("All rooms, some have unread messages") : gettext("All rooms")} onClick=${leaveRoom}>
      <${Icon} name="back" flip />${others && html`<span class="room-back-dot"></span>`}
    </button>
    <div class="room-words">
      <div class="room-title">
        <${RoomKind} kind=${kind} />
        <h1 class="room-name" dir="auto">${name}</h1>
        ${archived && html`<span class="tag faint">${gettext("archived")}</span>`}
      </div>
      ${isConversation(info) ? html`<${Who} info=${info} />` : topic && html`<p class="room-topic" dir="auto" title=${topic}>${topic}</p>`}
    </div>
    <${PinsButton} room=${room} />
    <button class="icon-button members-button" id="members-button" type="button" aria-expanded=${open ? "true" : "false"} title=${gettext("Members")} onClick=${() => (open ? closeSide() : openSide("members"))}>
      <span class="quietly">${gettext("Members")}</span><${Faces} room=${room} />
    </button>
    <button class="icon-button" type="button" aria-haspopup="dialog" aria-label=${about} title=${about} onClick=${() => openDialog({ kind: "room", room })}>
      <${Icon} name="more" />
    </button>
  </header>`;
}

/** In the place of the topic: a conversation is about its people. */
function Who({ info }) {
  const me = chat.store.me.value?.id;
  const { people = [] } = info;
  if (info.kind === "group") return html`<p class="room-topic">${ngettext("{count} person", "{count} people", people.length)}</p>`;
  const person = chat.store.person(people.find((id) => id !== me) ?? 0).value;
  return person ? html`<p class="room-topic"><span dir="auto">@${person.handle}</span> <${KindOfPerson} kind=${person.kind} /></p>` : null;
}

const MOST_FACES = 3;
const LOADS_AFTER = 1_000; // ms: who only passes through asks for nothing

/** A few of those who are in the room, and how many there are. */
function Faces({ room }) {
  const members = room.members.value;
  const known = members !== null;
  const stays = room.timeline.value !== null && room.gone.value === null;

  useEffect(() => {
    if (known || !stays) return undefined;
    const timer = setTimeout(() => room.loadMembers().catch(() => {}), LOADS_AFTER);
    return () => clearTimeout(timer);
  }, [room, known, stays]);

  if (!known || members.people.length === 0) return html`<${Icon} name="people" />`;
  return html`<span class="faces">${members.people.slice(0, MOST_FACES).map(({ person }) => html`<${Face} key=${person} id=${person} />`)}</span>
    <span aria-hidden="true">${formatCount(members.count, chat.locale)}</span>`;
}

function Face({ id }) {
  return html`<${Avatar} person=${chat.store.person(id).value} id=${id} size="tiny" />`;
}
