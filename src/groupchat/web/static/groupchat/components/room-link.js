/** A room in the list: what it is, its name, and how much in it is unread. */

import { gettext, ngettext } from "../lib/i18n.js";
import { useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { current } from "./current.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { RoomIcon, kindInAWord } from "./room-icon.js";
import { addressOf, follow } from "./route.js";

/** @param {{room: any, stop: boolean, more?: any}} props `stop`: Tab goes here; `more`: of the link */
export function RoomLink({ room, stop, more = {} }) {
  const info = room.info.value;
  const { slug, name } = info;
  const unread = room.unread.value;
  const muted = room.muted.value;
  const here = current.value.room === room;
  const link = useRef(null);
  const draft = !here && Boolean(room.writing.text.value || room.writing.edit.value);

  function follows(event) {
    if (here) event.preventDefault();
    else follow(event, slug);
  }

  // Of many rooms the one that is open is in sight, however one came into it.
  useLayoutEffect(() => {
    if (here) link.current.scrollIntoView({ block: "nearest" });
  }, [here]);

  const classes = ["room-link", unread > 0 && "unread", muted && "muted"].filter(Boolean).join(" ");
  return html`<li>
    <a ref=${link} class=${classes} href=${addressOf(slug)} tabindex=${stop ? "0" : "-1"} aria-current=${here ? "page" : undefined} onClick=${follows} ...${more}>
      <${RoomIcon} info=${info} />
      <span class="room-link-name" dir="auto">${name}</span>
      ${info.kind !== "public" && html`<span class="quietly">${kindInAWord(info)}</span>`}
      ${draft && html`<span class="room-link-draft"><${Icon} name="edit" /><span class="quietly">${gettext("draft")}</span></span>`}
      ${unread > 0 &&
      html`<span class="badge"><span aria-hidden="true">${unread > 999 ? "999+" : unread}</span><span class="quietly">${ngettext("{count} unread", "{count} unread", unread)}</span></span>`}
    </a>
  </li>`;
}
