/** What is done to a room from several places: leaving, deleting, bringing people in; and the way into a conversation. */

import { mayComeBack } from "../lib/rights.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { chat, say } from "./chat.js";
import { closeDialog, openDialog } from "./overlays.js";
import { reason } from "./reason.js";
import { go } from "./route.js";

/** Go to the conversation with these people, which begins if there was none; rejects with the refusal. @param {number[]} people */
export async function converse(people) {
  const { room } = await chat.store.converse(people);
  go(room.info.peek().slug);
}

export function addPeople(room) {
  const members = () => new Set(room.members.value?.people.map(({ person }) => person));
  openDialog({
    kind: "people",
    title: gettext("Add people to {name}", { name: room.info.peek().name }),
    label: gettext("Add"),
    except: (person) => members().has(person),
    run: async (people) => {
      await room.invite(people.map(({ id }) => id));
      say(ngettext("{count} person was added.", "{count} people were added.", people.length));
    },
  });
}

/** A conversation stays between its people: with more of them another one begins. */
export function startGroup(room) {
  const { people } = room.info.peek();
  openDialog({
    kind: "people",
    title: gettext("Start a group"),
    hint: gettext("A new conversation of {names}, you, and whom you choose. What was written here stays here.", { names: room.info.peek().name }),
    label: gettext("Start"),
    except: (person) => people.includes(person),
    run: (more) => converse([...people, ...more.map(({ id }) => id)]),
  });
}

/** Where one could not come back by oneself it asks. */
export function askToLeave(room) {
  const info = room.info.peek();
  if (mayComeBack(info)) {
    leave(room);
    return;
  }
  openDialog({
    kind: "confirm",
    title: gettext("Leave {name}?", { name: info.name }),
    text: info.archived ? gettext("Nobody can come into an archived room, not even you.") : gettext("It is private: you can come back only when somebody brings you in."),
    label: gettext("Leave"),
    run: () => leave(room),
  });
}

function leave(room) {
  const { name, slug } = room.info.peek();
  const left = chat.store.leaveSoon(room);
  leaveThePage();
  const undo = () => {
    chat.store.stay(room);
    go(slug);
  };
  const takeAway = say(gettext("You left {name}.", { name }), { label: gettext("Undo"), run: undo });
  left.finally(takeAway).catch((error) => say(reason(error)));
}

export function askToDelete(room) {
  const { name } = room.info.peek();
  openDialog({
    kind: "confirm",
    title: gettext("Delete {name}?", { name }),
    text: gettext("It disappears for everybody, with all that was written in it. Its owners can bring it back."),
    label: gettext("Delete the room"),
    run: async () => {
      await room.deleteRoom();
      leaveThePage();
      say(gettext("Deleted."), { label: gettext("Undo"), run: () => void bringBack(room) });
    },
  });
}

/** A deleted room is there again, and one goes there. */
export async function bringBack(room) {
  const { slug } = room.info.peek();
  try {
    await room.restore();
    go(slug);
  } catch (failure) {
    say(reason(failure));
  }
}

/** Both steps go, the dialog's and the room's: going back must not lead into it again. */
function leaveThePage() {
  closeDialog();
  go(null, null, { replace: true });
}
