/** Under a list that is longer than the screen: that there is more to read further down, and the way there. */

import { ngettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @param {{list: {current: HTMLElement|null}}} props `list` scrolls, and holds the links of the rooms */
export function UnreadBelow({ list }) {
  const count = useSignal(0);
  chat.store.unread.value; // which links are unread may have changed
  chat.store.rooms.value;

  // After the paint: by then the links themselves are drawn anew, too.
  useEffect(look);

  useEffect(() => {
    const scroller = list.current;
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  }, []);

  function below() {
    const { bottom } = list.current.getBoundingClientRect();
    return [...list.current.querySelectorAll(".room-link.unread")].filter((link) => link.getBoundingClientRect().top >= bottom);
  }

  function look() {
    count.value = below().length;
  }

  const show = () => below()[0]?.scrollIntoView({ block: "center" });

  if (count.value === 0) return null;
  return html`<button class="unread-below" type="button" onClick=${show}>
    <${Icon} name="down" />${ngettext("{count} more unread", "{count} more unread", count.value)}
  </button>`;
}
