/** Why something failed, in the reader's words. A new code of docs/protocol.md needs a line here. */

import { gettext } from "../lib/i18n.js";

/** By the code of the protocol, and by `code.field` where what was wrong with a field says more. */
const reasons = {
  forbidden: () => gettext("You may not do that."),
  idempotency_conflict: () => gettext("Another message of yours has the same id."),
  invalid: () => gettext("The server can't take this as it is."),
  "invalid.name": () => gettext("That can't be a room's name. Use letters, digits or an emoji, nothing invisible, and neither / nor \\."),
  "invalid.topic": () => gettext("A topic can't hold characters that can't be seen."),
  "invalid.reply_to": () => gettext("The message that you answer is not there any more."),
  limit_reached: () => gettext("A limit of this server is reached."),
  lost: () => gettext("The connection was lost before the answer came."),
  name_taken: () => gettext("Another room has or had this name."),
  not_found: () => gettext("That is not there any more."),
  offline: () => gettext("There is no connection."),
  outbox_full: () => gettext("Too many messages are waiting. Let some go out first."),
  rate_limited: (seconds) => gettext("Too fast. Try again in {seconds} s.", { seconds }),
  timeout: () => gettext("The server did not answer in time."),
  too_long: () => gettext("That is too long."),
  unauthenticated: () => gettext("Sign in first."),
  unavailable: () => gettext("The server can't do that right now."),
  wrong_version: () => gettext("There is a new version: reload the page."),
};

/** What to tell of a `ChatFailure`: in the reader's language where its code is known, else as the server said it. */
export function reason(failure) {
  const known = reasons[`${failure.code}.${failure.field}`] ?? reasons[failure.code];
  if (known) return known(Math.max(1, Math.ceil(failure.retryAfter ?? 1)));
  return failure.message || gettext("That did not work.");
}
