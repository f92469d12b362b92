/** Invite links into a room: make one, hand it on, and end those that are there. */

import { formatDateTime } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { mayManage } from "../lib/rights.js";
import { useEffect, useId } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { NewLink } from "./new-link.js";
import { reason } from "./reason.js";
import { WhoItIs } from "./who-it-is.js";

const DAY = 24 * 3_600;
const times = {
  [DAY]: () => gettext("for a day"),
  [7 * DAY]: () => gettext("for a week"),
  [30 * DAY]: () => gettext("for a month"),
};
const roles = {
  member: () => gettext("members: they read and write"),
  reader: () => gettext("readers: they read, and don't write"),
  moderator: () => gettext("moderators: they keep the room"),
};

/** @param {{room: any}} props */
export function InviteDialog({ room }) {
  const id = useId();
  const made = useSignal(/** @type {string|null} */ (null));
  const links = useSignal(/** @type {import("../lib/types.js").InviteLink[]} */ ([]));
  const next = useSignal(/** @type {number|null} */ (0));
  const failure = useSignal("");
  const busy = useSignal(false);

  async function trying(work) {
    busy.value = true;
    failure.value = "";
    await work().catch((error) => (failure.value = reason(error)));
    busy.value = false;
  }

  const load = () =>
    trying(async () => {
      const page = await room.invites(next.peek() ?? 0);
      links.value = [...links.peek(), ...page.links];
      next.value = page.next;
    });

  function make(event) {
    event.preventDefault();
    const { time, count, role } = event.currentTarget.elements;
    const how = { expires_in: Number(time.value), role: role.value, ...(count.value ? { uses: Number(count.value) } : {}) };
    trying(async () => {
      const { link, token } = await room.makeInvite(how);
      made.value = token;
      links.value = [...links.peek(), link];
    });
  }

  const end = (link) =>
    trying(async () => {
      await room.endInvite(link.id);
      links.value = links.peek().filter((one) => one !== link);
    });

  useEffect(() => void load(), []);

  return html`<${Dialog} title=${gettext("Invite by link")} name="invite">
    ${made.value !== null && html`<${NewLink} token=${made.value} />`}
    <form class="dialog-form" onSubmit=${make}>
      <div class="field">
        <label for=${`${id}-time`}>${gettext("It works")}</label>
        <select id=${`${id}-time`} name="time">
          ${Object.entries(times).map(([seconds, words]) => html`<option key=${seconds} value=${seconds} selected=${Number(seconds) === 7 * DAY}>${words()}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for=${`${id}-count`}>${gettext("For how many people")}</label>
        <select id=${`${id}-count`} name="count">
          <option value="">${gettext("for everybody who has it")}</option>
          ${[1, 5, 25].map((count) => html`<option key=${count} value=${count}>${ngettext("for {count} person", "for {count} people", count)}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for=${`${id}-role`}>${gettext("Newcomers become")}</label>
        <select id=${`${id}-role`} name="role">
          ${Object.entries(roles)
            .filter(([role]) => role !== "moderator" || mayManage(room.standing))
            .map(([role, words]) => html`<option key=${role} value=${role}>${words()}</option>`)}
        </select>
      </div>
      <button class="button" type="submit" disabled=${busy.value}>${gettext("Make a link")}</button>
    </form>
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
    ${links.value.length > 0 &&
    html`<section class="dialog-part" aria-label=${gettext("Links that work")}>
      <h3>${gettext("Links that work")}</h3>
      <ul class="members">
        ${links.value.map(
          (link) => html`<li class="member sanction" key=${link.id}>
            <${WhoItIs} id=${link.maker} />
            <span class="sanction-words">${wordsOf(link)}</span>
            <button class="button quiet small" type="button" disabled=${busy.value} onClick=${() => end(link)}>${gettext("End it")}</button>
          </li>`,
        )}
      </ul>
      ${next.value !== null && next.value > 0 && html`<button class="button quiet" type="button" onClick=${load}>${gettext("Show more")}</button>`}
    </section>`}
  <//>`;
}

/** @param {import("../lib/types.js").InviteLink} link */
function wordsOf({ uses, most_uses: most, expires_at: until, role }) {
  const came = most === null ? ngettext("{count} person came", "{count} people came", uses) : gettext("{uses} of {most} came", { uses, most });
  const time = until === null ? gettext("no end") : gettext("until {time}", { time: formatDateTime(until, chat.locale) });
  const as = role === "member" ? "" : role === "reader" ? gettext("as readers") : gettext("as moderators");
  return [came, time, as].filter(Boolean).join(" · ");
}
