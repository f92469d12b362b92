/** Whether the server is there: a quiet word in the sidebar, and a banner when one should know. */

import { secondsUntil } from "../lib/format.js";
import { chat, t } from "./chat.js";
import { useLasting, useNow } from "./clock.js";
import { html } from "./html.js";

export function ConnectionDot() {
  const { state } = chat.store.connection.value;
  const shown = state === "caught_up" ? "connected" : state === "offline" || state === "stopped" ? "offline" : "connecting";
  return html`<span class=${`connection ${shown}`}>${t(`connection.${shown}`)}</span>`;
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
      <strong>${t("banner.offline")}</strong> ${t("banner.kept")}${" "}
      <span class="banner-next" aria-hidden="true">${seconds > 0 ? t("banner.next", { count: seconds }) : t("banner.trying")}</span>
    </span>
    <button class="button quiet small" type="button" onClick=${() => store.retryNow()}>${t("banner.now")}</button>
  </div>`;
}

function Stopped({ reason, home }) {
  if (reason === "closed") return null;
  const known = ["reload", "sign_in", "signed_out", "too_large"].includes(reason) ? reason : "broken";
  const out = known === "sign_in" || known === "signed_out";
  return html`<div class="banner" role="alert">
    <span class="banner-words">${t(`banner.${known}`)}</span>
    ${out
      ? html`<a class="button small" href=${home}>${t("banner.sign_in")}</a>`
      : html`<button class="button small" type="button" onClick=${() => location.reload()}>${t("reload")}</button>`}
  </div>`;
}
