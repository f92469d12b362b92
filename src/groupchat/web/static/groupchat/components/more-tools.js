/** What one may do with a message beyond the tools beside it: a menu. */

import { gettext } from "../lib/i18n.js";
import { useRef } from "../vendor/preact-hooks.js";
import { useComputed } from "../vendor/signals.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { messageTools } from "./message-tools.js";
import { menu, openMenu } from "./open-menu.js";

export function MoreTools({ room, message }) {
  const button = useRef(/** @type {HTMLElement|null} */ (null));
  /** A press on the button of an open menu has closed it before the click is told. */
  const closes = useRef(false);
  const open = useComputed(() => menu.value !== null && menu.value.anchor === button.current);
  const tools = messageTools.filter(({ inMenu, may }) => inMenu && may(room, message));
  if (tools.length === 0) return null;
  const label = gettext("More");

  function clicked() {
    const items = tools.map((tool) => ({ key: tool.name, label: tool.label(room, message), run: () => tool.run(room, message) }));
    if (!closes.current) openMenu(button.current, label, items);
    closes.current = false;
  }

  return html`<button class="icon-button" type="button" tabindex="-1" ref=${button} title=${label} aria-label=${label} aria-haspopup="menu" aria-expanded=${open.value ? "true" : "false"}
    onPointerDown=${() => (closes.current = open.peek())} onClick=${clicked}><${Icon} name="more" /></button>`;
}
