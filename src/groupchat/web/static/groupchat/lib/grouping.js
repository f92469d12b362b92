/** From a window of messages to the rows that are drawn: a pure function, so that a test can look at every case. */

import { dayOf } from "./format.js";

export const GROUP_MILLISECONDS = 5 * 60 * 1000;

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Notice} Notice */
/** @typedef {import("./types.js").Pending} Pending */

/**
 * @typedef {{kind: "day", key: string, day: string, at: string}
 *   |{kind: "new", key: string}
 *   |{kind: "message", key: string, message: Message, first: boolean, mine: boolean, newest: boolean}
 *   |{kind: "notice", key: string, notice: Notice}
 *   |{kind: "pending", key: string, pending: Pending, first: boolean}} Row
 */

/**
 * Rows in the order in which they are read. `first` opens a group: another author, more than five minutes since the message before, or
 * something in between. The *new messages* line stands before the message with the number `newMessagesAt`, where that is still there and
 * not one's own: else before the next one that is. Pending messages stand at the end, and only where the window reaches the end; those that are already in the window are left out. `newest` is the last message of one's own in a window that reaches the end.
 * @param {{messages: ReadonlyArray<Message>, notices: ReadonlyArray<Notice>, pending: ReadonlyArray<Pending>, atEnd: boolean,
 *          newMessagesAt: number|null, me: number|null, timeZone?: string}} view
 * @returns {Row[]}
 */
export function rowsOf({ messages, notices, pending, atEnd, newMessagesAt, me, timeZone }) {
  /** @type {Row[]} */
  const rows = [];
  const arrived = new Set();
  let day = null;
  let group = null; // {author, at} of the message directly above
  let next = 0;
  let line = newMessagesAt !== null && messages.length > 0 && messages[0].number <= newMessagesAt ? newMessagesAt : Infinity;

  function startDay(at) {
    const today = dayOf(at, timeZone);
    // A clock that was set back opens no second separator for a day that is over.
    if (day !== null && today <= day) return;
    day = today;
    group = null;
    rows.push({ kind: "day", key: `day ${today}`, day: today, at });
  }

  function joinsGroup(author, at) {
    const time = Date.parse(at);
    const joins = group !== null && group.author === author && time - group.time <= GROUP_MILLISECONDS;
    group = { author, time };
    return joins;
  }

  function addNotices(upTo) {
    for (; next < notices.length && notices[next].after <= upTo; next += 1) {
      const notice = notices[next];
      startDay(notice.at);
      group = null;
      rows.push({ kind: "notice", key: `notice ${notice.after} ${notice.kind}`, notice });
    }
  }

  for (const message of messages) {
    addNotices(message.number - 1);
    startDay(message.at);
    const mine = me !== null && message.author === me;
    if (message.number >= line && !mine && !message.deleted_at) {
      line = Infinity;
      group = null;
      rows.push({ kind: "new", key: "new" });
    }
    if (mine) arrived.add(message.client_message_id);
    const first = !joinsGroup(message.author, message.at);
    rows.push({ kind: "message", key: keyOf(message, mine), message, first, mine, newest: false });
  }
  addNotices(Infinity);

  if (!atEnd) return rows;
  const newest = rows.findLast((row) => row.kind === "message" && row.mine);
  if (newest?.kind === "message") newest.newest = true;
  for (const item of pending) {
    if (arrived.has(item.client_message_id)) continue;
    startDay(item.at);
    const first = !joinsGroup(me ?? "me", item.at);
    rows.push({ kind: "pending", key: `mine ${item.client_message_id}`, pending: item, first });
  }
  return rows;
}

/** One's own message keeps the key that it had while it was pending, so its element stays. */
function keyOf(message, mine) {
  return mine ? `mine ${message.client_message_id}` : `message ${message.number}`;
}
