/** Says what became of what one reported, and of a deletion that one asked for. Draws nothing. */

import { gettext, ngettext } from "../lib/i18n.js";
import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { chat, say } from "./chat.js";

export function OrderNews() {
  const order = chat.store.order.value;
  const before = useRef(null);
  useEffect(() => {
    const known = before.current;
    before.current = order;
    if (!known || !order) return;
    const open = new Set(known.reported.filter(({ state }) => state === "open").map(({ id }) => id));
    if (order.reported.some(({ id, state }) => state === "resolved" && open.has(id))) say(gettext("Somebody looked at what you reported. Thank you."));
    for (const { id, deleted, done } of order.purges) {
      const was = known.purges.find((one) => one.id === id);
      if (was && (was.done || was.deleted === deleted) && was.done === done) continue;
      say(done ? ngettext("{count} message was deleted.", "{count} messages were deleted.", deleted) : ngettext("{count} message deleted so far…", "{count} messages deleted so far…", deleted));
    }
  }, [order]);
  return null;
}
