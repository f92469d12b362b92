/** Who is in the room, beside the timeline. */

import { gettext, ngettext } from "../lib/i18n.js";
import { useEffect, useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { closeSide, isNarrow } from "./route.js";

export function Members({ room }) {
  const heading = useRef(null);
  const end = useRef(null);
  const members = room.members.value;

  useLayoutEffect(() => {
    heading.current.focus({ preventScroll: true });
    return () => document.getElementById("members-button")?.focus({ preventScroll: true });
  }, []);

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

  function pressed(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closeSide();
  }

  return html`<aside class="side" aria-labelledby="members-title" onKeyDown=${pressed}>
    <div class="side-head">
      <button class="icon-button" type="button" aria-label=${gettext("Close the members")} onClick=${closeSide}>
        <${Icon} name=${isNarrow.value ? "back" : "close"} flip=${isNarrow.value} />
      </button>
      <h2 id="members-title" tabindex="-1" ref=${heading}>${members ? ngettext("{count} member", "{count} members", members.count) : gettext("Members")}</h2>
    </div>
    <div class="side-body" tabindex="0" role="region" aria-labelledby="members-title">
      <ul class="members">
        ${members?.people.map((member) => html`<${Member} key=${member.person} member=${member} />`)}
      </ul>
      ${more && html`<p ref=${end} class="timeline-more"></p>`}
    </div>
  </aside>`;
}

function Member({ member }) {
  const person = chat.store.person(member.person).value;
  const me = chat.store.me.value?.id === member.person;
  return html`<li class="member">
    <${Avatar} person=${person} id=${member.person} size="small" />
    <span class="member-words">
      <span class="member-name" dir="auto">${person?.name ?? gettext("Somebody")}</span>
      <span class="member-handle" dir="auto">${person ? `@${person.handle}` : ""}</span>
    </span>
    ${me && html`<span class="tag">${gettext("you")}</span>`}
    ${member.role === "owner" && html`<span class="tag">${gettext("owner")}</span>`}
    ${person?.kind === "guest" && html`<span class="tag faint">${gettext("guest")}</span>`}
  </li>`;
}
