/** Above the composer: what holds in a room for now, and the way to end it for those who may. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { isRaided, mayKeepOrder } from "../lib/rights.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Way } from "./no-writing.js";

/** @param {{room: any}} props */
export function OrderNote({ room }) {
  const info = room.info.value;
  const { standing } = room;
  const keeps = mayKeepOrder(standing);
  const raided = isRaided(info, standing.now);
  return html`
    ${raided &&
    html`<div class="room-note" role="status">
      <span>${gettext("Nobody new comes in until {time}.", { time: formatDateTime(info.raid_until, chat.locale) })}</span>
      ${keeps && html`<${Way} label=${gettext("Let people in again")} run=${() => room.keepOrder({ raid: 0 })} />`}
    </div>`}
    ${info.locked &&
    keeps &&
    html`<div class="room-note" role="status">
      <span>${gettext("The room is locked: only you who keep it write.")}</span>
      <${Way} label=${gettext("Unlock it")} run=${() => room.keepOrder({ locked: false })} />
    </div>`}
  `;
}
