/** What stands before the first message: where one is. */

import { formatDay } from "../lib/format.js";
import { chat, t } from "./chat.js";
import { html } from "./html.js";

export function Beginning({ room }) {
  const info = room.info.value;
  return html`<div class="beginning">
    <p class="beginning-name" dir="auto">${info.name}</p>
    <p>${t("room.beginning", { day: madeOn(info) })}</p>
  </div>`;
}

export function EmptyRoom({ room }) {
  const info = room.info.value;
  return html`<div class="beginning">
    <p class="beginning-name" dir="auto">${info.name}</p>
    <p>${t("room.empty")}</p>
    <p>${t("room.share")} <span class="beginning-address">${location.origin}${location.pathname}</span></p>
  </div>`;
}

function madeOn(info) {
  return formatDay(info.created_at, { locale: chat.locale, now: Date.now(), today: t("today.in"), yesterday: t("yesterday.in") });
}
