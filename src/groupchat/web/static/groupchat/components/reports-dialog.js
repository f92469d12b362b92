/** The queue of those who keep order: what was reported, and what can be done about it. */

import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { mayRemove } from "../lib/rights.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { closeDialog, openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { reportReasons } from "./report-reasons.js";
import { go } from "./route.js";
import { WhoItIs } from "./who-it-is.js";

/** @param {{room?: any}} props without a room: of all that one keeps */
export function ReportsDialog({ room = null }) {
  const found = useSignal(/** @type {import("../lib/types.js").Report[]|null} */ (null));
  const next = useSignal(/** @type {number|null} */ (null));
  const failure = useSignal("");
  const seq = chat.store.order.value?.seq;

  async function load(after) {
    try {
      const page = await chat.store.reports.page(room?.id ?? null, after);
      found.value = after ? [...(found.peek() ?? []), ...page.reports] : page.reports;
      next.value = page.next;
    } catch (error) {
      failure.value = reason(error);
    }
  }

  async function act(work) {
    failure.value = "";
    try {
      await work();
      await load(0);
    } catch (error) {
      failure.value = reason(error);
    }
  }

  // Another one who keeps the room may have been quicker.
  useEffect(() => void load(0), [seq]);

  return html`<${Dialog} title=${gettext("Reports")} name="reports">
    ${found.value?.length === 0 && html`<p>${gettext("Nothing waits to be looked at.")}</p>`}
    <ul class="reports">
      ${(found.value ?? []).map((one) => html`<${Report} key=${one.id} report=${one} act=${act} />`)}
    </ul>
    ${next.value !== null && html`<button class="button quiet" type="button" onClick=${() => load(next.peek())}>${gettext("Show more")}</button>`}
    ${failure.value && html`<p class="form-error" role="alert">${failure.value}</p>`}
  <//>`;
}

function Report({ report, act }) {
  const { id, author, body, number, note, at, reporter, slug, name } = report;
  const room = chat.store.room(report.room);
  const { reports } = chat.store;
  const from = reporter === null ? gettext("found by a filter") : gettext("reported by {name}", { name: nameOf(reporter) });
  const resolve = (outcome) => act(() => reports.resolve(id, { outcome }));
  return html`<li class="report">
    <div class="member"><${WhoItIs} id=${author} /></div>
    <blockquote class="remove-quote" dir="auto">${body}</blockquote>
    <p class="report-words">
      <strong>${(reportReasons[report.reason] ?? reportReasons.other)()}</strong>${note && html` · <span dir="auto">${note}</span>`}<br />
      ${from} · <time datetime=${at}>${formatDateTime(at, chat.locale)}</time>${name && html` · <span dir="auto">${name}</span>`}
      ${report.claimed_by !== null && html`<br />${gettext("{name} looks at it.", { name: nameOf(report.claimed_by) })}`}
    </p>
    <div class="buttons">
      ${slug && html`<button class="button quiet small" type="button" onClick=${() => jump(slug, number)}>${gettext("Go to the message")}</button>`}
      ${report.claimed_by !== chat.store.me.value?.id && html`<button class="button quiet small" type="button" onClick=${() => act(() => reports.claim(id))}>${gettext("I look at it")}</button>`}
      ${room?.membership.value && html`<${Ways} room=${room} report=${report} act=${act} />`}
      <button class="button quiet small" type="button" onClick=${() => resolve("dismissed")}>${gettext("Nothing to be done")}</button>
      <button class="button small" type="button" onClick=${() => resolve("acted")}>${gettext("Done")}</button>
    </div>
  </li>`;
}

/** What can be done at once, in a room that one keeps. */
function Ways({ room, report, act }) {
  const { author, number } = report;
  const member = room.members.value?.people.find(({ person }) => person === author) ?? { person: author, role: "member", state: "joined" };
  if (!mayRemove(room.standing, member)) return null;
  const sanction = (what) => openDialog({ kind: "sanction", room, person: author, what });
  return html`
    <button class="button quiet small" type="button" onClick=${() => act(() => room.remove(number))}>${gettext("Delete")}</button>
    <button class="button quiet small" type="button" onClick=${() => sanction("silence")}>${gettext("Silence…")}</button>
    <button class="button quiet small harm" type="button" onClick=${() => sanction("ban")}>${gettext("Ban…")}</button>
  `;
}

/** Both steps: the dialog closes, and the message is there. */
function jump(slug, number) {
  closeDialog();
  go(slug, number);
}

function nameOf(id) {
  return chat.store.person(id).value?.name ?? gettext("Somebody");
}
