/** The picture of a room, for who keeps it: another one, or none. */

import { gettext } from "../lib/i18n.js";
import { useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { reason } from "./reason.js";
import { session } from "./site.js";

/** @param {{room: any, info: import("../lib/types.js").RoomInfo}} props */
export function RoomPicture({ room, info }) {
  const id = useId();
  const failure = useSignal("");
  const busy = useSignal(false);

  /** @param {File|null} file */
  async function send(file) {
    if (busy.value) return;
    busy.value = true;
    failure.value = "";
    try {
      const { csrf } = await session();
      const body = new FormData();
      if (file) body.set("picture", file);
      const response = await fetch(`${chat.page.roomPictures}${room.id}/`, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
      if (!response.ok) throw (await response.json().catch(() => ({}))).error ?? { code: "unavailable" };
    } catch (error) {
      failure.value = error.field === "picture" ? gettext("That is no picture that we can take. Choose a smaller one, a JPEG, PNG, WebP or GIF.") : reason(error);
    } finally {
      busy.value = false;
    }
  }

  return html`<div class="dialog-part">
    <div class="field">
      <label for=${id}>${gettext("Picture of the room")}</label>
      <input id=${id} type="file" accept="image/jpeg,image/png,image/webp,image/gif" disabled=${busy.value} onChange=${(event) => event.currentTarget.files[0] && send(event.currentTarget.files[0])} />
    </div>
    ${info.picture && html`<button class="button quiet start" type="button" disabled=${busy.value} onClick=${() => send(null)}>${gettext("Remove the picture")}</button>`}
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  </div>`;
}
