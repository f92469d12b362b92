/** The way back to the end, when one has scrolled up; it says how much is new there. */

import { gettext, ngettext } from "../lib/i18n.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

export function JumpPill({ room, away, jump }) {
  if (!away.value || room.timeline.value === null) return null;
  const count = room.unread.value;
  return html`<button class="jump-pill" type="button" onClick=${jump}>
    <${Icon} name="down" />
    <span>${gettext("Jump to latest")}</span>
    ${count > 0 && html`<span class="jump-count">${ngettext("{count} new", "{count} new", count)}</span>`}
  </button>`;
}
