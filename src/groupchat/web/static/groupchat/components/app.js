/** The page: rooms, the open room, and what is on demand. */

import { gettext } from "../lib/i18n.js";
import { Announcer } from "./announcer.js";
import { ConnectionBanner } from "./connection.js";
import { current } from "./current.js";
import { html } from "./html.js";
import { lazy } from "./loading.js";
import { dialog, side } from "./overlays.js";
import { OrderNews } from "./order-news.js";
import { RoomView } from "./room-view.js";
import { isNarrow, isWide, route } from "./route.js";
import { Sidebar } from "./sidebar.js";
import { Toast } from "./toast.js";

export function App() {
  const { room } = current.value;
  const [name, about] = side.value?.split("/") ?? [];
  const beside = room !== null && name in (lazy.value?.sides ?? {});
  const pane = beside ? "side" : route.value.slug === null ? "list" : "room";
  // Where the pane lies over the others they are out of reach; on a phone they are not there at all.
  const under = beside && !isWide.value && !isNarrow.value;
  return html`
    <a class="skip" href="#composer" inert=${under} onClick=${skip}>${gettext("Skip to the composer")}</a>
    <div class=${beside ? "panes beside" : "panes"} data-pane=${pane}>
      <${Sidebar} inert=${under} />
      <${RoomView} inert=${under} />
      ${beside && html`<${lazy.value.sides[name]} key=${about ?? room.id} room=${room} about=${about} />`}
      <div class="banner-place"><${ConnectionBanner} /></div>
    </div>
    <${OpenDialog} />
    <${Toast} />
    <${Announcer} />
    <${OrderNews} />
  `;
}

function OpenDialog() {
  const open = dialog.value;
  if (!open || !lazy.value) return null;
  const { kind, ...props } = open;
  return html`<${lazy.value.dialogs[kind]} key=${kind} ...${props} />`;
}

function skip(event) {
  const composer = document.getElementById("composer") ?? document.getElementById("no-composer");
  if (!composer) return;
  event.preventDefault();
  composer.focus();
}
