/** Why something failed, in the reader's words. A new code of docs/protocol.md needs a line here. */

import { gettext } from "../lib/i18n.js";

/** By the code of the protocol; by `code.field` and `code.why` where what was wrong with a field, or what stands against it, says more. */
const reasons = {
  forbidden: () => gettext("You may not do that."),
  "forbidden.silenced": () => gettext("You can't write here for a while."),
  "forbidden.announcement": () => gettext("Only its owners and moderators write into this room."),
  "forbidden.archived": () => gettext("This room is archived. Its owner can open it again."),
  "forbidden.author": () => gettext("Only its author may change a message."),
  "forbidden.banned": () => gettext("You were banned from this room."),
  "forbidden.conversation": () => gettext("A conversation stays between its people. Start another one with more people."),
  "forbidden.guest": () => gettext("As a guest you may write to those with whom you are in a room. With an account you reach everybody."),
  "forbidden.invited": () => gettext("This chat is for invited people. Ask for a link."),
  "forbidden.one_room": () => gettext("As a guest you were invited into one room. With an account you can do more."),
  "forbidden.no_guests": () => gettext("Guests don't come into this room. Sign in first."),
  "forbidden.last_owner": () => gettext("A room needs an owner. Make somebody else one first."),
  "forbidden.locked": () => gettext("This room is locked for now: only its owners and moderators write."),
  "forbidden.newcomer": () => gettext("You are new here: no links into this room for a while."),
  "forbidden.people": () => gettext("Somebody of these was banned from this room."),
  "forbidden.raid": () => gettext("Nobody new comes into this room for a while."),
  "forbidden.member": () => gettext("Join this room first."),
  "forbidden.rank": () => gettext("That takes a higher role in this room."),
  "forbidden.reader": () => gettext("You can read this room, but not write into it."),
  idempotency_conflict: () => gettext("Another message of yours has the same id."),
  invalid: () => gettext("The server can't take this as it is."),
  "invalid.name": () => gettext("That can't be a room's name. Use letters, digits or an emoji, nothing invisible, and neither / nor \\."),
  "invalid.topic": () => gettext("A topic can't hold characters that can't be seen."),
  "invalid.people": () => gettext("Those are too many people at once. Take fewer, or make a private room for them."),
  "invalid.emoji": () => gettext("The server does not know this emoji."),
  "invalid.reply_to": () => gettext("The message that you answer is not there any more."),
  "invalid.past": () => gettext("That time is over. Choose a later one."),
  "invalid.far": () => gettext("That is too far ahead."),
  "limit_reached.emoji": () => gettext("There are enough different reactions to this message. Use one of these."),
  limit_reached: () => gettext("A limit of this server is reached."),
  lost: () => gettext("The connection was lost before the answer came."),
  name_taken: () => gettext("Another room has or had this name."),
  not_found: () => gettext("That is not there any more."),
  "not_found.name": () => gettext("There is no such command."),
  "not_found.people": () => gettext("Somebody of these is not here any more."),
  "not_found.person": () => gettext("This person is not in the room any more."),
  offline: () => gettext("There is no connection."),
  outbox_full: () => gettext("Too many messages are waiting. Let some go out first."),
  rate_limited: (seconds) => gettext("Too fast. Try again in {seconds} s.", { seconds }),
  "rate_limited.newcomer": (seconds) => gettext("You are new here: few messages at first. Try again in {seconds} s.", { seconds }),
  "rate_limited.slow": (seconds) => gettext("This room is slow. Try again in {seconds} s.", { seconds }),
  timeout: () => gettext("The server did not answer in time."),
  too_long: () => gettext("That is too long."),
  unauthenticated: () => gettext("Sign in first."),
  unavailable: () => gettext("The server can't do that right now."),
  wrong_version: () => gettext("There is a new version: reload the page."),
};

/** What to tell of a `ChatFailure`: in the reader's language where its code is known, else as the server said it. */
export function reason(failure) {
  const known = reasons[`${failure.code}.${failure.field}`] ?? reasons[`${failure.code}.${failure.why}`] ?? reasons[failure.code];
  if (known) return known(Math.max(1, Math.ceil(failure.retryAfter ?? 1)));
  return failure.message || gettext("That did not work.");
}
