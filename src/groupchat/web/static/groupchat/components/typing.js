/** Who is writing just now, in the line below the composer. Read out it would only disturb: their message will be. */

import { gettext } from "../lib/i18n.js";
import { chat } from "./chat.js";
import { html } from "./html.js";

export function Typing({ room }) {
  const people = room.typing.people.value;
  if (people.length === 0) return null;
  const [one, other] = people.slice(0, 2).map((id) => chat.store.person(id).value?.name ?? gettext("Somebody"));
  const text = people.length > 2 ? gettext("Several people are typing…") : people.length === 2 ? gettext("{one} and {other} are typing…", { one, other }) : gettext("{name} is typing…", { name: one });
  return html`<p class="composer-typing">${text}</p>`;
}
