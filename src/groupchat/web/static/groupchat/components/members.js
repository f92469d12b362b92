/** Who is in the room, beside the timeline. */

import { gettext, ngettext } from "../lib/i18n.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { KindOfPerson } from "./kind-of-person.js";
import { openPerson } from "./overlays.js";
import { Pane } from "./pane.js";

export function Members({ room }) {
  const end = useRef(null);
  const members = room.members.value;

  useEffect(() => {
    if (room.members.peek() === null) room.loadMembers().catch(() => {});
  }, [room]);

  // The next page when the end of the list comes into sight.
  const more = members !== null && !members.complete;
  useEffect(() => {
    if (!more || !end.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) room.loadMembers().catch(() => {});
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [room, more, members?.people.length]);

  const title = members ? ngettext("{count} member", "{count} members", members.count) : gettext("Members");
  return html`<${Pane} title=${title} close=${gettext("Close the members")} opener="members-button">
    <ul class="members">
      ${members?.people.map((member) => html`<${Member} key=${member.person} member=${member} />`)}
    </ul>
    ${more && html`<p ref=${end} class="timeline-more"></p>`}
  <//>`;
}

function Member({ member }) {
  const person = chat.store.person(member.person).value;
  const me = chat.store.me.value?.id === member.person;
  return html`<li class="member">
    <${Avatar} person=${person} id=${member.person} size="small" onClick=${() => openPerson(member.person)} />
    <span class="member-words">
      <button class="member-name" type="button" dir="auto" onClick=${() => openPerson(member.person)}>${person?.name ?? gettext("Somebody")}</button>
      <span class="member-handle" dir="auto">${person ? `@${person.handle}` : ""}</span>
    </span>
    ${me && html`<span class="tag">${gettext("you")}</span>`}
    ${member.role === "owner" && html`<span class="tag">${gettext("owner")}</span>`}
    <${KindOfPerson} kind=${person?.kind} />
  </li>`;
}
