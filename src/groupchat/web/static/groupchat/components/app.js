/** The page: rooms, the open room, and what is on demand. */

import { gettext } from "../lib/i18n.js";
import { Announcer } from "./announcer.js";
import { ConfirmDialog } from "./confirm-dialog.js";
import { ConnectionBanner } from "./connection.js";
import { current } from "./current.js";
import { Directory } from "./directory.js";
import { html } from "./html.js";
import { InviteDialog } from "./invite-dialog.js";
import { KeysDialog } from "./keys-dialog.js";
import { MeDialog } from "./me-dialog.js";
import { Members } from "./members.js";
import { NewRoomDialog } from "./new-room-dialog.js";
import { OpenMenu } from "./open-menu.js";
import { dialog, side } from "./overlays.js";
import { PersonCard } from "./person-card.js";
import { PeopleDialog } from "./people-dialog.js";
import { OrderNews } from "./order-news.js";
import { PinsPane } from "./pins.js";
import { PurgeDialog } from "./purge-dialog.js";
import { ReactedDialog } from "./reacted-dialog.js";
import { ReactingDialog } from "./reacting-dialog.js";
import { RemoveDialog } from "./remove-dialog.js";
import { ReportDialog } from "./report-dialog.js";
import { ReportsDialog } from "./reports-dialog.js";
import { RoomDialog } from "./room-dialog.js";
import { RoomView } from "./room-view.js";
import { isNarrow, isWide, route } from "./route.js";
import { Sidebar } from "./sidebar.js";
import { SanctionDialog } from "./sanction-dialog.js";
import { SanctionsDialog } from "./sanctions-dialog.js";
import { SignOutDialog } from "./sign-out-dialog.js";
import { Switcher } from "./switcher.js";
import { Toast } from "./toast.js";
import { VersionsDialog } from "./versions-dialog.js";

const dialogs = {
  confirm: ConfirmDialog,
  directory: Directory,
  keys: KeysDialog,
  me: MeDialog,
  "new-room": NewRoomDialog,
  people: PeopleDialog,
  purge: PurgeDialog,
  reacted: ReactedDialog,
  reacting: ReactingDialog,
  remove: RemoveDialog,
  report: ReportDialog,
  reports: ReportsDialog,
  sanction: SanctionDialog,
  invite: InviteDialog,
  sanctions: SanctionsDialog,
  room: RoomDialog,
  "sign-out": SignOutDialog,
  switcher: Switcher,
  versions: VersionsDialog,
};

const sides = { members: Members, person: PersonCard, pins: PinsPane };

export function App() {
  const { room } = current.value;
  const [name, about] = side.value?.split("/") ?? [];
  const beside = name in sides && room !== null;
  const pane = beside ? "side" : route.value.slug === null ? "list" : "room";
  // Where the pane lies over the others they are out of reach; on a phone they are not there at all.
  const under = beside && !isWide.value && !isNarrow.value;
  return html`
    <a class="skip" href="#composer" inert=${under} onClick=${skip}>${gettext("Skip to the composer")}</a>
    <div class=${beside ? "panes beside" : "panes"} data-pane=${pane}>
      <${Sidebar} inert=${under} />
      <${RoomView} inert=${under} />
      ${beside && html`<${sides[name]} key=${about ?? room.id} room=${room} about=${about} />`}
      <div class="banner-place"><${ConnectionBanner} /></div>
    </div>
    <${OpenDialog} />
    <${OpenMenu} />
    <${Toast} />
    <${Announcer} />
    <${OrderNews} />
  `;
}

function OpenDialog() {
  const open = dialog.value;
  if (!open) return null;
  const { kind, ...props } = open;
  return html`<${dialogs[kind]} key=${kind} ...${props} />`;
}

function skip(event) {
  const composer = document.getElementById("composer") ?? document.getElementById("no-composer");
  if (!composer) return;
  event.preventDefault();
  composer.focus();
}
