/** Who is writing just now, in the line below the composer. Read out it would only disturb: their message will be. */

import { chat, t } from "./chat.js";
import { html } from "./html.js";

export function Typing({ room }) {
  const people = room.typing.people.value;
  if (people.length === 0) return null;
  const [one, other] = people.slice(0, 2).map((id) => chat.store.person(id).value?.name ?? t("somebody"));
  const text = people.length > 2 ? t("typing.several") : people.length === 2 ? t("typing.two", { one, other }) : t("typing.one", { name: one });
  return html`<p class="composer-typing">${text}</p>`;
}
