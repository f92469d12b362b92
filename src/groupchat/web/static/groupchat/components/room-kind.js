/** The kinds of rooms in the reader's words. A conversation is none of them: it is called by its people. */

import { gettext } from "../lib/i18n.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** In the order in which one chooses; `icon` where it is worth a sign beside the name. @type {{[kind: string]: {label: () => string, describe: () => string, icon?: "lock"|"megaphone"}}} */
export const roomKinds = {
  public: { label: () => gettext("Public"), describe: () => gettext("Everybody finds it, reads it and can join.") },
  announcement: {
    label: () => gettext("Announcements"),
    describe: () => gettext("Everybody finds and reads it; only its owners and moderators write."),
    icon: "megaphone",
  },
  private: { label: () => gettext("Private"), describe: () => gettext("Only who is in it knows of it. Its owners and moderators bring others in."), icon: "lock" },
};

/** Beside the room's name: that it is private, or for announcements. @param {{kind: string}} props */
export function RoomKind({ kind }) {
  const { icon, label } = roomKinds[kind] ?? {};
  return icon ? html`<span class="room-kind" title=${label()}><${Icon} name=${icon} /><span class="quietly">${label()}</span></span>` : null;
}
