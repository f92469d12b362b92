/** Whether the server is there: a quiet word in the sidebar, and a banner when one should know. */

import { secondsUntil } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { chat } from "./chat.js";
import { useLasting, useNow } from "./clock.js";
import { html } from "./html.js";

/** A quiet word for each state that it shows. */
const words = {
  connected: () => gettext("Connected"),
  connecting: () => gettext("Connecting…"),
  waiting: () => gettext("Reconnecting…"),
  offline: () => gettext("No connection"),
};

/** Why the page stopped, by the reason that the store gives. */
const stops = {
  broken: () => gettext("This page and the server misunderstood each other. Reloading helps."),
  reload: () => gettext("There is a new version of the chat."),
  sign_in: () => gettext("Sign in"),
  signed_out: () => gettext("You were signed out."),
  too_large: () => gettext("A message was too large for the server. Reloading helps."),
};

/** What one wrote and the server has not confirmed within a second: the line looks whole, but is it? */
const STALLED_AFTER = 1_000; // ms

export function ConnectionDot() {
  const { store } = chat;
  const { state } = store.connection.value;
  const stalled = useLasting(store.underway.value > 0, STALLED_AFTER);
  const shown = shownOf(state, stalled);
  return html`<span class=${`connection ${shown}`}>${words[shown]()}</span>`;
}

function shownOf(state, stalled) {
  if (state === "stopped") return "offline";
  if (stalled) return "waiting";
  if (state === "caught_up") return "connected";
  return state === "offline" ? "offline" : "connecting";
}

export function ConnectionBanner() {
  const { store, page } = chat;
  const connection = store.connection.value;
  const { state } = connection;
  const away = state === "offline" || state === "connecting";
  const lasting = useLasting(away, 1500);
  const now = useNow(state === "offline");
  if (state === "stopped") return html`<${Stopped} reason=${connection.reason} home=${page.home} />`;
  if (!lasting || !away) return null;
  const seconds = state === "offline" && connection.nextTryAt ? secondsUntil(connection.nextTryAt, now) : 0;
  return html`<div class="banner" role="status">
    <span class="banner-words">
      <strong>${gettext("No connection.")}</strong> ${gettext("What you write is kept and goes out later.")}${" "}
      <span class="banner-next" aria-hidden="true">${seconds > 0 ? ngettext("Next try in {count} s.", "Next try in {count} s.", seconds) : gettext("Trying…")}</span>
    </span>
    <button class="button quiet small" type="button" onClick=${() => store.retryNow()}>${gettext("Try now")}</button>
  </div>`;
}

function Stopped({ reason, home }) {
  if (reason === "closed") return null;
  const out = reason === "sign_in" || reason === "signed_out";
  return html`<div class="banner" role="alert">
    <span class="banner-words">${(stops[reason] ?? stops.broken)()}</span>
    ${out
      ? html`<a class="button small" href=${home}>${gettext("Sign in")}</a>`
      : html`<button class="button small" type="button" onClick=${() => location.reload()}>${gettext("Reload")}</button>`}
  </div>`;
}
