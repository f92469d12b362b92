/** For the owners of the site: for a while nobody new comes into any open room. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { reason } from "./reason.js";

const RAID_SECONDS = 3_600;

export function SiteDoor() {
  const until = useSignal(/** @type {string|null|undefined} */ (undefined)); // undefined: not known yet
  const failure = useSignal("");

  async function ask(seconds) {
    failure.value = "";
    try {
      until.value = await chat.store.shutSite(seconds);
    } catch (error) {
      failure.value = reason(error);
    }
  }

  useEffect(() => void ask(null), []);

  return html`<div class="dialog-part">
    <p class="hint" role="status">${until.value ? gettext("Nobody new comes into any open room until {time}.", { time: formatDateTime(until.value, chat.locale) }) : gettext("If strangers flood this chat, let nobody new into any open room for an hour.")}</p>
    <button class="button quiet start" type="button" disabled=${until.value === undefined} onClick=${() => ask(until.value ? 0 : RAID_SECONDS)}>${until.value ? gettext("Let people in again") : gettext("Let nobody new in for an hour")}</button>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  </div>`;
}
