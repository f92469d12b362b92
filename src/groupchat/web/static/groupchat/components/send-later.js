/** Beside *Send*: the same at another time; and the way to what is to be sent. */

import { gettext, ngettext } from "../lib/i18n.js";
import { useRef } from "../vendor/preact-hooks.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { withLazy } from "./loading.js";
import { openDialog } from "./overlays.js";

/** @param {{disabled: boolean, send: (at: string) => void}} props */
export function SendLater({ disabled, send }) {
  const button = useRef(/** @type {HTMLElement|null} */ (null));
  const label = gettext("Send later");

  const clicked = () => withLazy(({ offerTimes }) => offerTimes(button.current, label, send));

  return html`<button class="icon-button send-later" type="button" ref=${button} aria-haspopup="menu" aria-label=${label} title=${label} disabled=${disabled} onClick=${clicked}><${Icon} name="clock" /></button>`;
}

export function openScheduled() {
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
