/** What stands before the first message: where one is. */

import { formatDay } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { isConversation, isOpen, mayInvite, mayManage, whyNoWriting } from "../lib/rights.js";
import { chat, say } from "./chat.js";
import { html } from "./html.js";
import { withLazy } from "./loading.js";
import { openDialog } from "./overlays.js";
import { addressOf } from "./route.js";

export function Beginning({ room }) {
  const info = room.info.value;
  if (room.isCut.value) return html`<${SinceThen} room=${room} />`;
  return html`<div class="beginning">
    <p class="beginning-name" dir="auto">${info.name}</p>
    <p>${isConversation(info) ? ofConversation(info) : gettext("This is where it began, {day}.", { day: madeOn(info) })}</p>
  </div>`;
}

/** Where the past is not for those who came later. */
function SinceThen({ room }) {
  const joined = room.membership.value?.state === "joined";
  return html`<div class="beginning">
    <p class="beginning-name" dir="auto">${room.info.value.name}</p>
    <p>${joined ? gettext("You see what was written since you joined.") : gettext("You see what is written while you look in.")}</p>
  </div>`;
}

export function EmptyRoom({ room }) {
  const info = room.info.value;
  if (room.isCut.value) return html`<${SinceThen} room=${room} />`;
  if (isConversation(info)) return html`<${Beginning} room=${room} />`;
  const isSilent = whyNoWriting(room.standing) !== null;
  return html`<div class="beginning">
    <p class="beginning-name" dir="auto">${info.name}</p>
    <p>${isSilent ? gettext("Nobody has written here yet.") : gettext("Nobody has written here yet. Say hello.")}</p>
    ${isOpen(info) ? html`<${Address} info=${info} />` : html`<${Hidden} room=${room} />`}
    <${FirstSteps} room=${room} />
  </div>`;
}

/** What whoever made it may want to do first. */
function FirstSteps({ room }) {
  const { standing } = room;
  const topic = mayManage(standing) && !room.info.value.topic;
  const link = mayInvite(standing);
  if (!topic && !link) return null;
  return html`<p class="beginning-share">
    ${topic && html`<button class="button quiet small" type="button" onClick=${() => openDialog({ kind: "room", room })}>${gettext("Set a topic…")}</button>`}
    ${link && html`<button class="button quiet small" type="button" onClick=${() => openDialog({ kind: "invite", room })}>${gettext("Invite by link…")}</button>`}
  </p>`;
}

function ofConversation(info) {
  return gettext("This is the beginning of your conversation with {names}.", { names: info.name });
}

function Address({ info }) {
  return html`<p class="beginning-share">
    <span>${gettext("Whoever opens this address is in the same room:")} <span class="beginning-address" dir="ltr">${readable(addressOfRoom(info))}</span></span>
    <button class="button quiet small" type="button" onClick=${() => copyAddress(info)}>${gettext("Copy link")}</button>
  </p>`;
}

/** Of a private room the address is of no use to others. */
function Hidden({ room }) {
  return html`<p class="beginning-share">
    <span>${gettext("Only who is in this room reads what is written here.")}</span>
    ${mayInvite(room.standing) && html`<button class="button quiet small" type="button" onClick=${() => withLazy(({ addPeople }) => addPeople(room))}>${gettext("Add people…")}</button>`}
  </p>`;
}

function addressOfRoom(info) {
  return new URL(addressOf(info.slug), location.href).href;
}

/** An address with its letters as letters. */
function readable(address) {
  return address.replace(/(?:%[89a-f][0-9a-f])+/giu, decodeURIComponent);
}

async function copyAddress(info) {
  try {
    await navigator.clipboard.writeText(addressOfRoom(info));
    say(gettext("Link copied."));
  } catch {
    // The address stands beside the button.
  }
}

function madeOn(info) {
  return formatDay(info.created_at, { locale: chat.locale, now: Date.now(), today: gettext("today"), yesterday: gettext("yesterday") });
}
