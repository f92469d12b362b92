/** What stands before the first message: where one is. */

import { formatDay } from "../lib/format.js";
import { chat, say, t } from "./chat.js";
import { html } from "./html.js";
import { addressOf } from "./route.js";

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
    <p class="beginning-share">
      <span>${t("room.share")} <span class="beginning-address" dir="ltr">${readable(addressOfRoom(info))}</span></span>
      <button class="button quiet small" type="button" onClick=${() => copyAddress(info)}>${t("message.copy")}</button>
    </p>
  </div>`;
}

function addressOfRoom(info) {
  return new URL(addressOf(info.slug), location.href).href;
}

/** An address with its letters as letters; a space in it stays encoded, or it would end there when it is pasted. */
function readable(address) {
  return address.replace(/(?:%[89a-f][0-9a-f])+/giu, decodeURIComponent);
}

async function copyAddress(info) {
  try {
    await navigator.clipboard.writeText(addressOfRoom(info));
    say(t("copied"));
  } catch {
    // The address stands beside the button.
  }
}

function madeOn(info) {
  return formatDay(info.created_at, { locale: chat.locale, now: Date.now(), today: t("today.in"), yesterday: t("yesterday.in") });
}
