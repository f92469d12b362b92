/** All that opens over the page or beside it, and what completes and carries out what is written. `loading.js` fetches it, with what only this needs, when the first of it opens. */

import { runCommand } from "./commands.js";
import { Completion } from "./completion.js";
import { ConfirmDialog } from "./confirm-dialog.js";
import { Directory } from "./directory.js";
import { Editor } from "./editor.js";
import { ForwardDialog } from "./forward-dialog.js";
import { InviteDialog } from "./invite-dialog.js";
import { KeysDialog } from "./keys-dialog.js";
import { linkByPaste, linkTo, markAs, markByKey, MarksBar } from "./marking.js";
import { MeDialog } from "./me-dialog.js";
import { Members } from "./members.js";
import { Menu } from "./menu.js";
import { NewRoomDialog } from "./new-room-dialog.js";
import { PeopleDialog } from "./people-dialog.js";
import { PersonCard } from "./person-card.js";
import { PinsPane } from "./pins.js";
import { PurgeDialog } from "./purge-dialog.js";
import { ReactedDialog } from "./reacted-dialog.js";
import { ReactingDialog } from "./reacting-dialog.js";
import { RemoveDialog } from "./remove-dialog.js";
import { ReportDialog } from "./report-dialog.js";
import { ReportsDialog } from "./reports-dialog.js";
import { RoomDialog } from "./room-dialog.js";
import { addPeople, bringBack } from "./room-ways.js";
import { SanctionDialog } from "./sanction-dialog.js";
import { SanctionsDialog } from "./sanctions-dialog.js";
import { SavedDialog } from "./saved-dialog.js";
import { ScheduledDialog } from "./scheduled-dialog.js";
import { SelectionBar } from "./selection-bar.js";
import { offerTimes, sendLater } from "./sending-later.js";
import { SignOutDialog } from "./sign-out-dialog.js";
import { Switcher } from "./switcher.js";
import { Thread } from "./thread.js";
import { VersionsDialog } from "./versions-dialog.js";
import { WhenDialog } from "./when-dialog.js";

/** By the `part` of `Later`. */
export const parts = { Editor, MarksBar, SelectionBar };

export { Completion, Menu };

/** What is done with the first press. */
export { addPeople, bringBack, linkByPaste, linkTo, markAs, markByKey, offerTimes, runCommand, sendLater };

/** By the `kind` of `openDialog`. */
export const dialogs = {
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
  forward: ForwardDialog,
  invite: InviteDialog,
  sanctions: SanctionsDialog,
  saved: SavedDialog,
  scheduled: ScheduledDialog,
  when: WhenDialog,
  room: RoomDialog,
  "sign-out": SignOutDialog,
  switcher: Switcher,
  versions: VersionsDialog,
};

/** By the name of `openSide`. */
export const sides = { members: Members, person: PersonCard, pins: PinsPane, thread: Thread };
