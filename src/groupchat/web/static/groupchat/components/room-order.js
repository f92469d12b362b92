/** For those who keep the order in a room: slow, locked, shut to newcomers, and who is silenced or banned. */

import { gettext } from "../lib/i18n.js";
import { isRaided } from "../lib/rights.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { useEndOf } from "./clock.js";
import { html } from "./html.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";

const RAID_SECONDS = 3_600;
const paces = {
  0: () => gettext("as often as they like"),
  10: () => gettext("every 10 seconds"),
  30: () => gettext("every 30 seconds"),
  60: () => gettext("every minute"),
  300: () => gettext("every 5 minutes"),
  900: () => gettext("every 15 minutes"),
  3600: () => gettext("every hour"),
};

/** @param {{room: any, info: import("../lib/types.js").RoomInfo}} props */
export function RoomOrder({ room, info }) {
  const id = useId();
  const failure = useSignal("");
  useEndOf(info.raid_until);
  const raided = isRaided(info, Date.now());
  const pace = info.slow_mode ?? 0;

  async function set(changes) {
    failure.value = "";
    await room.keepOrder(changes).catch((error) => (failure.value = reason(error)));
  }

  return html`<section class="dialog-part" aria-label=${gettext("Order")}>
    <div class="field">
      <label for=${`${id}-pace`}>${gettext("Members write")}</label>
      <select id=${`${id}-pace`} value=${pace} onChange=${(event) => set({ slow_mode: Number(event.currentTarget.value) })}>
        ${Object.entries(paces).map(([seconds, words]) => html`<option key=${seconds} value=${seconds}>${words()}</option>`)}
        ${!(pace in paces) && html`<option value=${pace}>${gettext("every {count} seconds", { count: pace })}</option>`}
      </select>
    </div>
    <label class="check"><input type="checkbox" checked=${info.locked === true} onChange=${(event) => set({ locked: event.currentTarget.checked })} />${gettext("Locked: only owners and moderators write")}</label>
    <div class="buttons">
      <button class="button quiet" type="button" onClick=${() => set({ raid: raided ? 0 : RAID_SECONDS })}>${raided ? gettext("Let people in again") : gettext("Let nobody new in for an hour")}</button>
      <button class="button quiet" type="button" onClick=${() => openDialog({ kind: "sanctions", room })}>${gettext("Silenced and banned…")}</button>
      <button class="button quiet" type="button" onClick=${() => openDialog({ kind: "reports", room })}>${gettext("Reports…")}</button>
    </div>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  </section>`;
}
