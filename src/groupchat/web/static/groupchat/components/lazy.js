/** All that opens over the page or beside it. `loading.js` fetches it, with what only this needs, when the first of it opens. */

import { ConfirmDialog } from "./confirm-dialog.js";
import { Directory } from "./directory.js";
import { InviteDialog } from "./invite-dialog.js";
import { KeysDialog } from "./keys-dialog.js";
import { MeDialog } from "./me-dialog.js";
import { Members } from "./members.js";
import { NewRoomDialog } from "./new-room-dialog.js";
import { PeopleDialog } from "./people-dialog.js";
import { PersonCard } from "./person-card.js";
import { PurgeDialog } from "./purge-dialog.js";
import { ReactedDialog } from "./reacted-dialog.js";
import { ReactingDialog } from "./reacting-dialog.js";
import { RemoveDialog } from "./remove-dialog.js";
import { ReportDialog } from "./report-dialog.js";
import { ReportsDialog } from "./reports-dialog.js";
import { RoomDialog } from "./room-dialog.js";
import { SanctionDialog } from "./sanction-dialog.js";
import { SanctionsDialog } from "./sanctions-dialog.js";
import { SignOutDialog } from "./sign-out-dialog.js";
import { Switcher } from "./switcher.js";
import { Thread } from "./thread.js";
import { VersionsDialog } from "./versions-dialog.js";

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
  invite: InviteDialog,
  sanctions: SanctionsDialog,
  room: RoomDialog,
  "sign-out": SignOutDialog,
  switcher: Switcher,
  versions: VersionsDialog,
};

/** By the name of `openSide`. */
export const sides = { members: Members, person: PersonCard, thread: Thread };
