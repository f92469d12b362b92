/**
 * The loaded parts of a room's history: contiguous ranges of message numbers, apart from each other, in order.
 *
 * All functions are pure: they give new lists, in which everything that did not change is the same object.
 */

/** @typedef {import("../types.js").Window} Window */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Notice} Notice */

/**
 * The window that a page of history is, or null where it says nothing (an empty page before the first message).
 * @param {import("../types.js").MessagePage} page
 * @param {{before?: number, after?: number, around?: number}} command what was asked for
 * @param {number} firstNumber the room's first message
 * @returns {Window|null}
 * @throws {RangeError} where the page has a hole: showing it would hide a message
 */
export function windowOf(page, command, firstNumber) {
  const messages = [...page.messages].sort((a, b) => a.number - b.number);
  messages.forEach((message, index) => {
    if (message.number !== messages[0].number + index) throw new RangeError(`page without message ${messages[0].number + index}`);
  });
  if (messages.length === 0 && command.before != null) return null;
  const from = messages.length ? messages[0].number : Math.min(command.after ?? page.last_number, page.last_number) + 1;
  const to = from + messages.length - 1;
  const notices = sortNotices(page.notices.filter(({ after }) => belongs(after, from, to, firstNumber)));
  return { from, to, live: to >= page.last_number, messages, notices };
}

/**
 * The windows with one more; those that touch or overlap become one.
 * @param {ReadonlyArray<Window>} windows
 * @param {Window} added
 */
export function insertWindow(windows, added) {
  const result = [];
  for (const window of [...windows, added].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = result[result.length - 1];
    if (last && window.from <= last.to + 1) result[result.length - 1] = join(last, window);
    else result.push(window);
  }
  return result;
}

/**
 * The windows with these entities merged in by higher seq. A message behind the end of a live window is added where it joins
 * without a hole; all others outside of the windows change nothing.
 * @param {ReadonlyArray<Window>} windows
 * @param {ReadonlyArray<Message>} messages
 * @param {ReadonlyArray<Notice>} notices
 * @param {number} firstNumber the room's first message; notices may stand before it
 */
export function mergeInto(windows, messages, notices, firstNumber) {
  if (windows.length === 0 || (messages.length === 0 && notices.length === 0)) return windows;
  const inOrder = [...messages].sort((a, b) => a.number - b.number);
  const merged = windows.map((window) => withNotices(withMessages(window, inOrder), notices, firstNumber));
  if (merged.every((window, index) => window === windows[index])) return windows;
  // A live window may have grown up to the next one.
  return merged.slice(1).reduce((result, window) => insertWindow(result, window), merged.slice(0, 1));
}

/**
 * The windows without what stands before `from` or behind `to`; a window that loses its end is live no longer.
 * @param {ReadonlyArray<Window>} windows
 * @param {number} from
 * @param {number} to
 * @param {number} firstNumber the room's first message
 */
export function cutWindows(windows, from, to, firstNumber) {
  if (windows.every((window) => window.from >= from && window.to <= to)) return windows;
  return windows.map((window) => cut(window, from, to, firstNumber)).filter((window) => window !== null);
}

/** The window that holds this number, if any. @param {ReadonlyArray<Window>} windows @param {number} number */
export function windowAt(windows, number) {
  return windows.find((window) => window.from <= number && number <= window.to) ?? null;
}

/** The window that reaches the newest message, if any. @param {ReadonlyArray<Window>} windows */
export function liveWindow(windows) {
  return windows.findLast((window) => window.live) ?? null;
}

/** Whether the entity `seen` tells something that `had` does not. */
export function isNewer(seen, had) {
  return had === undefined || had === null || seen.seq > had.seq;
}

/**
 * A state of a message, with what another one says of one's own reactions: what is told to all does not say it. `mine_at` is the seq at which
 * that was true.
 * @param {Message} message @param {Message} other @returns {Message}
 */
export function knowingMine(message, other) {
  if (message.mine !== undefined || other.mine === undefined) return message;
  if (!message.reactions?.some(({ count, people }) => count > people.length)) return message;
  return { ...message, mine: other.mine, mine_at: other.mine_at ?? other.seq };
}

/** @param {Notice} notice */
export function noticeKey(notice) {
  return `${notice.after} ${notice.kind}`;
}

function join(first, second) {
  const [longer, shorter] = first.to >= second.to ? [first, second] : [second, first];
  const messages = [];
  for (let number = first.from; number <= longer.to; number += 1) {
    const one = first.messages[number - first.from];
    const other = second.messages[number - second.from];
    messages.push(one && other ? (isNewer(other, one) ? knowingMine(other, one) : knowingMine(one, other)) : (one ?? other));
  }
  return {
    from: first.from,
    to: longer.to,
    // Either may be: one that was live for an earlier position is still joined without a hole by what comes next.
    live: longer.live || shorter.live,
    messages,
    notices: mergeNotices(first.notices, second.notices),
  };
}

function withMessages(window, inOrder) {
  let messages = null;
  let to = window.to;
  for (const message of inOrder) {
    const index = message.number - window.from;
    if (message.number === to + 1 && window.live) {
      (messages ??= [...window.messages]).push(message);
      to += 1;
    } else if (index >= 0 && message.number <= to && isNewer(message, (messages ?? window.messages)[index])) {
      messages ??= [...window.messages];
      messages[index] = knowingMine(message, messages[index]);
    }
  }
  return messages ? { ...window, to, messages } : window;
}

function withNotices(window, notices, firstNumber) {
  const mine = notices.filter(({ after }) => belongs(after, window.from, window.to, firstNumber));
  if (mine.length === 0) return window;
  const merged = mergeNotices(window.notices, mine);
  return merged === window.notices ? window : { ...window, notices: merged };
}

/** The window that begins with the very first message has the notices before it, too; retention takes those of its messages with it. */
function belongs(after, from, to, firstNumber) {
  return (from <= after && after <= to) || (after === 0 && firstNumber === 1 && from <= 1);
}

function mergeNotices(had, seen) {
  const byKey = new Map(had.map((notice) => [noticeKey(notice), notice]));
  let changed = false;
  for (const notice of seen) {
    if (!isNewer(notice, byKey.get(noticeKey(notice)))) continue;
    byKey.set(noticeKey(notice), notice);
    changed = true;
  }
  return changed ? sortNotices(byKey.values()) : had;
}

function sortNotices(notices) {
  return [...notices].sort((a, b) => a.after - b.after || a.seq - b.seq);
}

function cut(window, from, to, firstNumber) {
  if (window.from >= from && window.to <= to) return window;
  const start = Math.max(window.from, from);
  const end = Math.min(window.to, to);
  const live = window.live && end === window.to;
  // An empty live window is worth keeping (new messages join it), an empty one in the middle is not.
  if (end < start && !live) return null;
  // Where retention took even messages that had not come yet, the next one is the room's first.
  if (end < start && end < firstNumber) return { from: firstNumber, to: firstNumber - 1, live, messages: [], notices: [] };
  return {
    from: Math.min(start, end + 1),
    to: end,
    live,
    messages: window.messages.slice(start - window.from, end - window.from + 1),
    notices: window.notices.filter(({ after }) => belongs(after, start, end, firstNumber)),
  };
}
