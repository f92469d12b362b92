/** Somebody in a list of people: picture, name, handle, and what they are. */

import { gettext } from "../lib/i18n.js";
import { Avatar } from "./avatar.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { KindOfPerson } from "./kind-of-person.js";

/** A member is what everybody is. @type {{[role: string]: () => string}} */
const roles = {
  owner: () => gettext("owner"),
  moderator: () => gettext("moderator"),
  reader: () => gettext("reader"),
};

/** @param {{id: number, role?: string, onOpen?: () => void}} props `role`: in a room; `onOpen`: a click on who it is leads to more */
export function WhoItIs({ id, role = "member", onOpen }) {
  const person = chat.store.person(id).value;
  const name = person?.name ?? gettext("Somebody");
  return html`<${Avatar} person=${person} id=${id} size="small" onClick=${onOpen} />
    <span class="member-words">
      ${onOpen ? html`<button class="member-name" type="button" tabindex="-1" dir="auto" onClick=${onOpen}>${name}</button>` : html`<span class="member-name" dir="auto">${name}</span>`}
      <span class="member-line">
        <span class="member-handle" dir="auto">${person ? `@${person.handle}` : ""}</span>
        ${chat.store.me.value?.id === id && html`<span class="tag">${gettext("you")}</span>`}
        ${roles[role] && html`<span class="tag">${roles[role]()}</span>`}
        <${KindOfPerson} kind=${person?.kind} />
      </span>
    </span>`;
}
