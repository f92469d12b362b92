/** Saved messages: keeping one, being reminded of it, the sign on it, the way to all of them. */

import { formatDateTime } from "../lib/format.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { computed } from "../vendor/signals-core.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { chat, say } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { go } from "./route.js";

/** What one saved, by room and number. */
const saved = computed(() => new Map((chat.store.agenda.value?.saved ?? []).map((one) => [`${one.room} ${one.number}`, one])));

/** @returns {import("../lib/types.js").SavedMessage|undefined} */
export function savedOf(room, number) {
  return saved.value.get(`${room.id} ${number}`);
}

/** Keep it for oneself, or do so no more. */
export async function save(room, number, { on = true, remindAt = null } = {}) {
  try {
    await chat.store.later.save(room.id, number, { on, remindAt });
    if (!on) say(gettext("Not saved any more."));
    else say(remindAt ? gettext("You will be reminded {when}.", { when: formatDateTime(remindAt, chat.locale) }) : gettext("Saved for you alone."), { label: gettext("See all"), run: openSaved });
  } catch (failure) {
    say(reason(failure));
  }
}

export function openSaved() {
  openDialog({ kind: "saved" });
}

/** Asks for a time. */
export function openReminder(room, message) {
  openDialog({ kind: "when", title: gettext("Remind me"), what: "reminder", choose: (remindAt) => save(room, message.number, { remindAt }) });
}

/** Above what a message says. */
export function SavedSign({ room, number }) {
  const one = savedOf(room, number);
  if (!one) return null;
  const words = one.due ? gettext("Reminder") : one.remind_at ? gettext("Saved, reminder {when}", { when: formatDateTime(one.remind_at, chat.locale) }) : gettext("Saved");
  return html`<p class=${one.due ? "message-sign due" : "message-sign"}><${Icon} name="bookmark" /><span>${words}</span></p>`;
}

/** In the sidebar: what one saved, and how much of it is due. */
export function SavedWay() {
  const list = chat.store.agenda.value?.saved ?? [];
  if (list.length === 0) return null;
  const due = list.filter((one) => one.due).length;
  const words = due > 0 ? ngettext("{count} reminder", "{count} reminders", due) : gettext("Saved messages");
  return html`<button class=${due > 0 ? "sidebar-all sidebar-due" : "sidebar-all"} type="button" aria-haspopup="dialog" onClick=${openSaved}>${words}</button>`;
}

/** Says what has just become due. Draws nothing. */
export function ReminderNews() {
  const agenda = chat.store.agenda.value;
  const before = useRef(null);
  useEffect(() => {
    const known = before.current;
    before.current = agenda;
    if (!known || !agenda) return;
    const told = new Set(known.saved.filter((one) => one.due).map((one) => `${one.room} ${one.number}`));
    const fresh = agenda.saved.filter((one) => one.due && !told.has(`${one.room} ${one.number}`));
    if (fresh.length === 1) remind(fresh[0]);
    else if (fresh.length > 1) say(ngettext("{count} reminder", "{count} reminders", fresh.length), { label: gettext("Open"), run: openSaved });
  }, [agenda]);
  return null;
}

function remind({ room, number }) {
  const info = chat.store.room(room)?.info.value;
  const words = info ? gettext("Reminder: a message in {room}", { room: info.name }) : gettext("Reminder");
  say(words, { label: gettext("Open"), run: () => (info ? go(info.slug, number) : openSaved()) });
}
