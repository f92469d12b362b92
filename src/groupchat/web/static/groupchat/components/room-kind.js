/** The kinds of rooms in the reader's words. A conversation is none of them: it is called by its people. */

import { gettext } from "../lib/i18n.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/**
 * In the order in which one chooses; `describe` says whole what `inShort` says beside the others, `icon` is where it is worth a sign beside the name.
 * @type {{[kind: string]: {label: () => string, inShort: () => string, describe: () => string, icon?: "lock"|"megaphone"}}}
 */
export const roomKinds = {
  public: { label: () => gettext("Public"), inShort: () => gettext("Everyone finds it and can join."), describe: () => gettext("Everybody finds it, reads it and can join.") },
  announcement: {
    label: () => gettext("Announcements"),
    inShort: () => gettext("Everyone reads, few write."),
    describe: () => gettext("Everybody finds and reads it; only its owners and moderators write."),
    icon: "megaphone",
  },
  private: {
    label: () => gettext("Private"),
    inShort: () => gettext("Only who is brought in."),
    describe: () => gettext("Only who is in it knows of it. Its owners and moderators bring others in."),
    icon: "lock",
  },
};

/** Beside the room's name: that it is private, or for announcements. @param {{kind: string}} props */
export function RoomKind({ kind }) {
  const { icon, label } = roomKinds[kind] ?? {};
  return icon ? html`<span class="room-kind" title=${label()}><${Icon} name=${icon} /><span class="quietly">${label()}</span></span>` : null;
}
