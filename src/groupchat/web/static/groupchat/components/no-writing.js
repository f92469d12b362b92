/** In the place of the composer where one can't write: why, and what one can do about it. What was written before is kept. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { chat, say } from "./chat.js";
import { html } from "./html.js";
import { reason } from "./reason.js";

/** By what `whyNoWriting` says: of one's membership, and of the room. @type {{[why: string]: (membership: any, info: any) => string}} */
const words = {
  announcement: () => gettext("Only its owners and moderators write here."),
  archived: () => gettext("This room is archived."),
  locked: () => gettext("This room is locked for now: only its owners and moderators write."),
  raid: (_membership, { raid_until: until }) => gettext("Nobody new comes in until {time}.", { time: formatDateTime(until, chat.locale) }),
  reader: () => gettext("You can read here, not write."),
  silenced: ({ silenced_until: until, reason: why }) => {
    const time = formatDateTime(until, chat.locale);
    return why ? gettext("You can't write here until {time}: {why}", { time, why }) : gettext("You can't write here until {time}.", { time });
  },
};

/** @param {{room: any, why: "archived"|"reader"|"silenced"|"announcement"|"locked"|"raid", looking: boolean}} props */
export function NoWriting({ room, why, looking }) {
  const isArchived = why === "archived";
  return html`<div class="room-note no-writing" id="no-composer" role="status" tabindex="-1">
    <span>${words[why](room.membership.value, room.info.value)}</span>
    ${isArchived && room.mayManage() && html`<${Way} label=${gettext("Open it again")} run=${() => room.archive(false)} />`}
    ${looking && !isArchived && why !== "raid" && html`<${Way} label=${gettext("Join")} run=${() => room.join()} />`}
  </div>`;
}

/** What can be done about it. @param {{label: string, run: () => Promise<any>, small?: boolean}} props */
export function Way({ label, run, small = true }) {
  return html`<button class=${small ? "button small" : "button"} type="button" onClick=${() => run().catch((failure) => say(reason(failure)))}>${label}</button>`;
}
