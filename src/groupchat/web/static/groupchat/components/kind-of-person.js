/** Beside a name: that somebody is a guest or a program. Whoever has an account needs no word. */

import { gettext } from "../lib/i18n.js";
import { html } from "./html.js";

const kinds = { bot: () => gettext("bot"), guest: () => gettext("guest") };

/** @param {{kind: string|undefined}} props */
export function KindOfPerson({ kind }) {
  return kinds[kind] ? html`<span class="tag faint">${kinds[kind]()}</span>` : null;
}
