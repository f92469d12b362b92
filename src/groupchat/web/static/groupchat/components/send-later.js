/** Beside *Send*: the same at another time; and the way to what is to be sent. */

import { laterToday, tomorrowMorning } from "../lib/ahead.js";
import { formatDateTime } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { useRef } from "../vendor/preact-hooks.js";
import { chat, say } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { openMenu } from "./open-menu.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";

/** @param {{disabled: boolean, send: (at: string) => void}} props */
export function SendLater({ disabled, send }) {
  const button = useRef(/** @type {HTMLElement|null} */ (null));
  const label = gettext("Send later");

  function clicked() {
    const now = Date.now();
    const today = laterToday(now);
    openMenu(button.current, label, [
      ...(today ? [{ key: "today", label: gettext("Today at 18:00"), run: () => send(today) }] : []),
      { key: "tomorrow", label: gettext("Tomorrow at 9:00"), run: () => send(tomorrowMorning(now)) },
      { key: "other", label: gettext("Choose a time…"), run: () => openDialog({ kind: "when", title: label, what: "message", choose: send }) },
    ]);
  }

  return html`<button class="icon-button send-later" type="button" ref=${button} aria-haspopup="menu" aria-label=${label} title=${label} disabled=${disabled} onClick=${clicked}><${Icon} name="clock" /></button>`;
}

/** What was asked for last and may have been written down: the same again has the same id. @type {{room: number, body: string, id: string}|null} */
let unsure = null;

/** Write down that it is to be sent then. False where that was refused, and told. */
export async function sendLater(room, { body, at, answer }) {
  if (unsure?.room !== room.id || unsure.body !== body) unsure = { room: room.id, body, id: chat.store.later.newId() };
  try {
    await chat.store.later.schedule(room.id, { body, at, answer, id: unsure.id });
    unsure = null;
    say(gettext("It will be sent {when}.", { when: formatDateTime(at, chat.locale) }), { label: gettext("See all"), run: openScheduled });
    return true;
  } catch (failure) {
    say(reason(failure));
    return false;
  }
}

function openScheduled() {
  openDialog({ kind: "scheduled" });
}

/** In the sidebar: what is to be sent, and what was refused. */
export function ScheduledWay() {
  const list = chat.store.agenda.value?.scheduled ?? [];
  if (list.length === 0) return null;
  const failed = list.filter((one) => one.failed).length;
  const words = failed > 0 ? ngettext("{count} message was not sent", "{count} messages were not sent", failed) : ngettext("{count} message to be sent", "{count} messages to be sent", list.length);
  return html`<button class=${failed > 0 ? "sidebar-all sidebar-due" : "sidebar-all"} type="button" aria-haspopup="dialog" onClick=${openScheduled}>${words}</button>`;
}
