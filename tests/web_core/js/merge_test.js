import { RoomCopy } from "/static/groupchat/lib/merge.js";
import { windowOf } from "/static/groupchat/lib/windows.js";
import { equal, ok } from "./check.js";

const INFO = { id: 4, seq: 1, slug: "general", name: "General", kind: "public", topic: "", first_number: 1, created_at: "2026-03-01T09:00:00.000Z" };

function message(number, seq = number, changes = {}) {
  return { number, seq, author: 9, body: `message ${number}`, at: "2026-03-02T08:00:00.000Z", client_message_id: `m${number}`, ...changes };
}

function messages(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
}

function notice(after, seq, kind = "topic") {
  return { after, kind, seq, actor: 7, text: `at ${seq}`, at: "2026-03-02T08:00:00.000Z" };
}

/** A room at seq 100 with 100 messages, as one that one is in. */
function room({ from = 51, to = 100 } = {}) {
  const copy = new RoomCopy(4);
  copy.take({ room: INFO, seq: 100, last_number: 100, me: { room: 4, seq: 1, role: "member", state: "joined", last_read_number: 98, notify: "everything" } });
  if (to) page(copy, { messages: messages(from, to) });
  return copy;
}

function page(copy, { seq = 100, first_number = 1, last_number = 100, messages = [], notices = [], ...command }) {
  return copy.messagesCame(copy.pageAsked(), { room: 4, seq, first_number, last_number, messages, notices }, command);
}

function changes(since, to, more = {}) {
  return { type: "changes", room: 4, since, to, last_number: 100, ...more };
}

function ranges(copy) {
  return copy.windows.map(({ from, to, live }) => [from, to, live]);
}

export function rule_1_nothing_new() {
  const copy = room();
  const before = copy.windows;
  copy.apply(changes(90, 100, { messages: [message(60, 60, { body: "old" })] }), 7);
  equal(copy.position, 100);
  ok(copy.windows === before, "the same list, so nothing is drawn");
}

export function rule_2_merges_by_higher_seq_and_stands_at_to() {
  const copy = room();
  copy.apply(changes(95, 102, { messages: [message(60, 102, { body: "new" }), message(61, 10, { body: "older" })] }), 7);
  equal(copy.position, 102);
  equal(copy.windows[0].messages[9].body, "new");
  equal(copy.windows[0].messages[10].body, "message 61");
}

export function rule_3_merges_but_stays_and_knows_that_it_is_behind() {
  const copy = room();
  copy.apply(changes(101, 102, { last_number: 102, messages: [message(102, 102), message(60, 102, { body: "new" })] }), 7);
  equal(copy.position, 100);
  ok(copy.behind);
  equal(copy.windows[0].messages[9].body, "new");
  equal(ranges(copy), [[51, 100, true]], "message 102 would leave a hole");
  equal(copy.lastNumber, 102);
  copy.apply(changes(100, 102, { last_number: 102, messages: [message(101, 101), message(102, 102)] }), 7);
  equal(copy.position, 102);
  ok(!copy.behind);
  equal(ranges(copy), [[51, 102, true]]);
}

export function rule_4_reset_drops_the_pages() {
  const copy = room();
  const asked = copy.pageAsked();
  copy.reset();
  equal([copy.position, copy.windows, copy.members], [null, [], null]);
  equal(copy.messagesCame(asked, { room: 4, seq: 100, first_number: 1, last_number: 100, messages: messages(1, 50), notices: [] }, {}), false);
  equal(copy.windows, []);
}

export function what_changes_while_a_page_is_on_the_way_is_kept() {
  const copy = room({ to: 0 });
  const asked = copy.pageAsked();
  copy.apply(changes(100, 101, { messages: [message(70, 101, { body: "edited" })] }), 7);
  copy.apply(changes(101, 102, { last_number: 101, messages: [message(101, 102)] }), 7);
  copy.apply(changes(102, 103, { last_number: 101, notices: [notice(101, 103)] }), 7);
  copy.messagesCame(asked, { room: 4, seq: 100, first_number: 1, last_number: 100, messages: messages(51, 100), notices: [] }, {});
  equal(ranges(copy), [[51, 101, true]]);
  equal(copy.windows[0].messages[19].body, "edited");
  equal(copy.windows[0].notices.length, 1);
}

export function a_page_that_is_ahead_of_the_position_waits_for_nothing() {
  const copy = room({ to: 0 });
  page(copy, { seq: 110, last_number: 105, messages: messages(56, 105) });
  equal(copy.position, 100);
  copy.apply(changes(100, 106, { last_number: 105, messages: messages(101, 105) }), 7);
  copy.apply(changes(106, 111, { last_number: 106, messages: [message(106, 111)] }), 7);
  equal(ranges(copy), [[56, 106, true]]);
  equal(copy.position, 111);
}

export function a_message_outside_of_the_windows_raises_only_the_last_number() {
  const copy = room({ from: 11, to: 20 });
  const before = copy.windows;
  copy.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101)] }), 7);
  copy.apply(changes(101, 102, { last_number: 101, messages: [message(5, 102), message(21, 102)] }), 7);
  ok(copy.windows === before);
  equal([copy.lastNumber, copy.unread], [101, 3]);
}

export function pages_that_touch_or_overlap_become_one_window() {
  const copy = room({ from: 1, to: 10 });
  page(copy, { messages: messages(31, 40), around: 35 });
  equal(ranges(copy), [[1, 10, false], [31, 40, false]]);
  page(copy, { messages: messages(11, 20), after: 10 });
  equal(ranges(copy), [[1, 20, false], [31, 40, false]]);
  page(copy, { messages: messages(15, 32), before: 33 });
  equal(ranges(copy), [[1, 40, false]]);
  page(copy, { messages: messages(41, 100), after: 40 });
  equal(ranges(copy), [[1, 100, true]]);
}

export function an_empty_page_after_the_end_makes_the_window_live_again() {
  const copy = room();
  copy.keepOnly(51, 90);
  equal(ranges(copy), [[51, 90, false]]);
  copy.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101)] }), 7);
  page(copy, { seq: 101, last_number: 101, messages: messages(91, 101), after: 90 });
  equal(ranges(copy), [[51, 101, true]]);
  page(copy, { seq: 101, last_number: 101, messages: [], after: 101 });
  equal(ranges(copy), [[51, 101, true]]);
}

export function an_empty_room_grows_with_its_first_message() {
  const copy = new RoomCopy(4);
  copy.take({ room: INFO, seq: 1, last_number: 0, me: null });
  page(copy, { seq: 1, last_number: 0 });
  equal(ranges(copy), [[1, 0, true]]);
  copy.apply({ type: "changes", room: 4, since: 1, to: 3, last_number: 1, messages: [message(1, 2)], notices: [notice(0, 3)] }, 7);
  equal(ranges(copy), [[1, 1, true]]);
  equal(copy.windows[0].notices.length, 1, "a notice before the first message");
}

export function notices_are_one_of_a_kind_at_each_place() {
  const copy = room();
  copy.apply(changes(100, 103, { notices: [notice(100, 101), notice(100, 102, "renamed"), notice(40, 103)] }), 7);
  copy.apply(changes(103, 104, { notices: [notice(100, 104)] }), 7);
  equal(copy.windows[0].notices.map(({ kind, seq }) => [kind, seq]), [["renamed", 102], ["topic", 104]]);
}

export function tombstones_and_edits_are_messages_with_a_higher_seq() {
  const copy = room();
  copy.apply(changes(100, 102, { messages: [message(99, 102, { body: "", deleted_at: "2026-03-02T09:00:00.000Z" }), message(98, 101, { body: "x", edited_at: "2026-03-02T09:00:00.000Z" })] }), 7);
  copy.apply(changes(100, 101, { messages: [message(99, 99)] }), 7);
  equal(copy.windows[0].messages[48].deleted_at, "2026-03-02T09:00:00.000Z");
  equal(copy.windows[0].messages[47].body, "x");
}

export function retention_cuts_what_is_loaded() {
  const copy = room({ from: 1, to: 100 });
  copy.apply(changes(100, 101, { info: { ...INFO, seq: 101, first_number: 80 }, notices: [] }), 7);
  equal(ranges(copy), [[80, 100, true]]);
  equal(copy.firstNumber, 80);
}

export function retention_of_messages_that_never_came_leaves_no_hole() {
  const copy = room();
  copy.apply(changes(100, 160, { last_number: 140, info: { ...INFO, seq: 160, first_number: 120 }, messages: messages(120, 140) }), 7);
  equal(ranges(copy), [[120, 140, true]]);
}

export function writing_is_not_reading() {
  const copy = room();
  equal([copy.unread, copy.firstUnread], [2, 99]);
  copy.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101, { author: 7 })] }), 7);
  equal([copy.lastReadNumber, copy.unread, copy.firstUnread], [98, 2, 99]);
  copy.readUpTo(100);
  equal([copy.unread, copy.firstUnread], [0, null]);
  copy.apply(changes(101, 103, { last_number: 103, messages: [message(102, 102), message(103, 103, { author: 7 })] }), 7);
  equal([copy.unread, copy.firstUnread], [1, 102]);
}

export function ones_own_message_behind_the_mark_takes_it_along_and_unread_is_never_negative() {
  const copy = room();
  copy.readUpTo(100);
  copy.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101, { author: 7 })] }), 7);
  equal([copy.lastReadNumber, copy.unread, copy.uncounted.size], [101, 0, 0]);
  copy.readUpTo(50);
  equal(copy.lastReadNumber, 101);
  copy.readUpTo(1000);
  equal(copy.unread, 0);
}

export function a_deleted_message_is_not_unread_however_often_and_whenever_one_hears_of_it() {
  const copy = room();
  const deleted = (number, seq) => message(number, seq, { body: "", deleted_at: "2026-03-02T08:00:00.000Z" });
  const frame = changes(100, 101, { last_number: 100, messages: [deleted(99, 101)] });
  copy.apply(frame, 7);
  copy.apply(frame, 7);
  equal([copy.unread, copy.firstUnread], [1, 100]);
  copy.apply(changes(102, 103, { last_number: 102, messages: [deleted(102, 103)] }), 7); // 101 is still on its way
  equal([copy.behind, copy.unread, copy.firstUnread], [true, 2, 100]);
  copy.apply(changes(101, 103, { last_number: 102, messages: [message(101, 102), deleted(102, 103)] }), 7);
  equal(copy.unread, 2);
  copy.apply(changes(103, 104, { last_number: 102, messages: [deleted(90, 104)] }), 7); // read long ago
  equal(copy.unread, 2);
  copy.readUpTo(101);
  equal(copy.unread, 0);
}

export function what_a_state_names_is_not_unread_and_outlives_a_reset() {
  const copy = room();
  const state = { room: INFO, seq: 110, last_number: 108, me: { ...copy.membership }, uncounted: [[99, 101], [105, 105]] };
  copy.take(state);
  copy.take(state);
  equal([copy.unread, copy.firstUnread], [6, 102]);
  copy.reset();
  equal(copy.unread, 6);
  copy.readUpTo(104);
  equal([copy.unread, copy.firstUnread], [3, 106]);
  copy.take({ ...state, seq: 111, room: { ...INFO, seq: 111, first_number: 107 } });
  equal([copy.unread, copy.firstUnread], [2, 107], "what is not given any more is not unread");
  copy.forget();
  equal(copy.uncounted.size, 0);
}

export function members_merge_by_person_and_are_counted() {
  const copy = room();
  copy.apply(changes(100, 101, { members: [{ person: 3, seq: 101, role: "member", state: "joined" }] }), 7);
  equal(copy.members, null, "nobody asked for members");
  copy.watchMembers();
  const first = copy.pageAsked();
  copy.apply(changes(101, 102, { members: [{ person: 9, seq: 102, role: "member", state: "left" }] }), 7);
  const joined = [2, 9].map((person) => ({ person, seq: person, role: "member", state: "joined" }));
  copy.membersCame(first, { room: 4, seq: 101, count: 4, members: joined, next: 9 });
  equal([copy.joinedCount, copy.membersComplete, copy.membersNext], [4, false, 9]);
  copy.apply(changes(102, 103, { members: [{ person: 11, seq: 103, role: "member", state: "joined" }] }), 7);
  equal(copy.joinedCount, 5);
  copy.membersCame(copy.pageAsked(), { room: 4, seq: 103, count: 4, members: [{ person: 10, seq: 5, role: "owner", state: "joined" }, { person: 11, seq: 103, role: "member", state: "joined" }], next: null });
  equal(copy.membersComplete, true);
  equal(copy.joinedCount, 3, "2, 10 and 11; 9 has left");
  equal(copy.members.get(9).state, "left");
}

export function being_out_is_told_once_and_ends_what_is_here() {
  const copy = room();
  const frame = changes(100, 101, { members: [{ person: 7, seq: 101, role: "member", state: "kicked" }] });
  equal(copy.apply(frame, 7), { out: "kicked", outdated: false });
  equal(copy.apply(frame, 7), { out: null, outdated: true });
  copy.leave("kicked");
  equal([copy.gone, copy.windows, copy.position, copy.unread], ["kicked", [], null, 0]);
}

export function a_page_with_a_hole_is_refused_aloud() {
  const page = { room: 4, seq: 100, first_number: 1, last_number: 100, messages: [message(1), message(3)], notices: [] };
  let error = null;
  try {
    windowOf(page, {}, 1);
  } catch (caught) {
    error = caught;
  }
  equal(error?.name, "RangeError");
}

export function what_did_not_change_stays_the_same_object() {
  const copy = room();
  const before = copy.windows[0].messages;
  copy.apply(changes(100, 101, { messages: [message(60, 101, { body: "new" })] }), 7);
  const after = copy.windows[0].messages;
  equal(after.filter((one, index) => one !== before[index]).map(({ number }) => number), [60]);
}
