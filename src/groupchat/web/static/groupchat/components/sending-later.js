/** Sending at another time: which times are offered, and how it is written down. */

import { laterToday, tomorrowMorning } from "../lib/ahead.js";
import { formatDateTime } from "../lib/format.js";
import { gettext } from "../lib/i18n.js";
import { chat, say } from "./chat.js";
import { openMenu } from "./open-menu.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { openScheduled } from "./send-later.js";

/** @param {HTMLElement} anchor @param {string} label @param {(at: string) => void} send */
export function offerTimes(anchor, label, send) {
  const now = Date.now();
  const today = laterToday(now);
  openMenu(anchor, label, [
    ...(today ? [{ key: "today", label: gettext("Today at 18:00"), run: () => send(today) }] : []),
    { key: "tomorrow", label: gettext("Tomorrow at 9:00"), run: () => send(tomorrowMorning(now)) },
    { key: "other", label: gettext("Choose a time…"), run: () => openDialog({ kind: "when", title: label, what: "message", choose: send }) },
  ]);
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
