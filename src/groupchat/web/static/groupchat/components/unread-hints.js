/** Beside a list that is longer than the screen: that there is more to read further up or down, and the way there. */

import { ngettext } from "../lib/i18n.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { chat } from "./chat.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { sections } from "./room-list.js";

/** What of the list can't be seen, the nearest first. @type {Object<string, (links: HTMLElement[], box: DOMRect) => HTMLElement[]>} */
const hidden = {
  up: (links, box) => links.filter((link) => link.getBoundingClientRect().bottom <= box.top + 1).reverse(),
  down: (links, box) => links.filter((link) => link.getBoundingClientRect().top >= box.bottom - 1),
};

/** @param {{list: {current: HTMLElement|null}, direction: "up"|"down"}} props `list` scrolls, and holds the links of the rooms */
export function UnreadHint({ list, direction }) {
  const count = useSignal(0);
  chat.store.unread.value; // which links are unread may have changed
  sections.value;

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

  function found() {
    const links = /** @type {HTMLElement[]} */ ([...list.current.querySelectorAll(".room-link.unread")]);
    return hidden[direction](links, list.current.getBoundingClientRect());
  }

  function look() {
    count.value = found().length;
  }

  function show() {
    const [link] = found();
    link?.scrollIntoView({ block: "center" });
    link?.focus({ preventScroll: true }); // the button goes
  }

  return html`<div class=${`unread-hint ${direction}`}>
    ${count.value > 0 &&
    html`<button type="button" onClick=${show}>
      <${Icon} name=${direction} />${ngettext("{count} more unread room", "{count} more unread rooms", count.value)}
    </button>`}
  </div>`;
}
