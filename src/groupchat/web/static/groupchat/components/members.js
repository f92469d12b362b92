/** Who is in the room, beside the timeline, and what one may do about it. */

import { mayInvite } from "../lib/rights.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { useEffect, useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { walk } from "./list-keys.js";
import { memberWays } from "./member-ways.js";
import { Menu } from "./menu.js";
import { openPerson } from "./overlays.js";
import { Pane } from "./pane.js";
import { addPeople } from "./room-ways.js";
import { WhoItIs } from "./who-it-is.js";

export function Members({ room }) {
  const end = useRef(null);
  const members = room.members.value;
  const isGone = room.gone.value !== null;

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
    ${!isGone && mayInvite(room.standing) && html`<button class="add-people" type="button" onClick=${() => addPeople(room)}><${Icon} name="plus" />${gettext("Add people…")}</button>`}
    <${List} room=${room} people=${members?.people ?? []} isGone=${isGone} />
    ${more && html`<p ref=${end} class="timeline-more"></p>`}
  <//>`;
}

/** One stop of the Tab key; the arrows walk from menu to menu. */
function List({ room, people, isGone }) {
  const menu = useSignal(/** @type {{person: number, anchor: HTMLElement}|null} */ (null));
  const stop = useSignal(/** @type {number|null} */ (null));
  const ways = new Map(isGone ? [] : people.map((member) => [member.person, memberWays(room, member)]));
  const stops = people.filter(({ person }) => ways.get(person)?.length > 0).map(({ person }) => person);
  const reached = stops.includes(stop.value) ? stop.value : stops[0];
  const open = menu.value;
  const items = open ? ways.get(open.person) : undefined;
  return html`<ul class="members" onKeyDown=${(event) => walk(event, ".member-more")} onFocusIn=${(event) => (stop.value = personAt(event.target) ?? stop.value)}>
      ${people.map((member) => html`<${Member} key=${member.person} member=${member} ways=${ways.get(member.person)?.length > 0} stop=${member.person === reached} menu=${menu} />`)}
    </ul>
    ${items && html`<${Menu} key=${open.person} anchor=${open.anchor} label=${open.anchor.getAttribute("aria-label")} items=${items} onClose=${() => menu.peek() === open && (menu.value = null)} />`}`;
}

function Member({ member, ways, stop, menu }) {
  const name = chat.store.person(member.person).value?.name ?? gettext("Somebody");
  return html`<li class="member">
    <${WhoItIs} id=${member.person} role=${member.role} onOpen=${() => openPerson(member.person)} />
    ${ways ? html`<${More} person=${member.person} name=${name} stop=${stop} menu=${menu} />` : html`<span class="member-no-more"></span>`}
  </li>`;
}

/** Opens the menu of a member. */
function More({ person, name, stop, menu }) {
  const button = useRef(null);
  /** A press on the button of an open menu has closed it before the click is told. */
  const closes = useRef(false);
  const isOpen = menu.value?.person === person;
  const label = gettext("Options for {name}", { name });

  useLayoutEffect(
    () => () => {
      // The member goes, perhaps by what was chosen here: the keyboard stays in the pane.
      if (document.activeElement !== button.current) return;
      const pane = button.current.closest(".side-body");
      queueMicrotask(() => pane.focus({ preventScroll: true }));
    },
    [],
  );

  function clicked(event) {
    menu.value = closes.current ? null : { person, anchor: event.currentTarget };
    closes.current = false;
  }

  return html`<button
    class="icon-button member-more"
    type="button"
    data-person=${person}
    ref=${button}
    tabindex=${stop ? "0" : "-1"}
    aria-haspopup="menu"
    aria-expanded=${isOpen ? "true" : "false"}
    aria-label=${label}
    title=${label}
    onPointerDown=${() => (closes.current = menu.peek()?.person === person)}
    onClick=${clicked}
  >
    <${Icon} name="more" />
  </button>`;
}

function personAt(element) {
  return element.dataset.person ? Number(element.dataset.person) : null;
}
