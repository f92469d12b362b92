/** Who is silenced or banned in a room, for those who may take it back. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { reason } from "./reason.js";
import { WhoItIs } from "./who-it-is.js";

/** @param {{room: any}} props */
export function SanctionsDialog({ room }) {
  const found = useSignal(/** @type {import("../lib/types.js").Sanction[]|null} */ (null));
  const next = useSignal(/** @type {number|null} */ (0));
  const failure = useSignal("");

  async function load() {
    failure.value = "";
    try {
      const page = await room.sanctions(next.peek() ?? 0);
      found.value = [...(found.peek() ?? []), ...page.sanctions];
      next.value = page.next;
    } catch (error) {
      failure.value = reason(error);
    }
  }

  async function takeBack({ person, kind }) {
    failure.value = "";
    try {
      await (kind === "ban" ? room.unban(person) : room.silence(person, { seconds: 0 }));
      found.value = found.peek().filter((one) => one.person !== person);
    } catch (error) {
      failure.value = reason(error);
    }
  }

  useEffect(() => void load(), []);

  return html`<${Dialog} title=${gettext("Silenced and banned")} name="sanctions">
    ${found.value?.length === 0 && html`<p>${gettext("Nobody is silenced or banned here.")}</p>`}
    <ul class="members">
      ${(found.value ?? []).map(
        (one) => html`<li class="member sanction" key=${one.person}>
          <${WhoItIs} id=${one.person} />
          <span class="sanction-words" dir="auto">${wordsOf(one)}</span>
          <button class="button quiet small" type="button" onClick=${() => takeBack(one)}>${one.kind === "ban" ? gettext("Let in again") : gettext("Let write again")}</button>
        </li>`,
      )}
    </ul>
    ${next.value !== null && next.value > 0 && html`<button class="button quiet" type="button" onClick=${load}>${gettext("Show more")}</button>`}
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  <//>`;
}

function wordsOf({ kind, until, reason: why }) {
  const time = until === null ? "" : formatDateTime(until, chat.locale);
  const what = kind === "ban" ? (time ? gettext("banned until {time}", { time }) : gettext("banned for good")) : gettext("silenced until {time}", { time });
  return why ? `${what}: ${why}` : what;
}
