import { RoomReplica } from "/static/groupchat/lib/replica/room.js";
import { windowOf } from "/static/groupchat/lib/replica/windows.js";
import { equal, ok } from "./check.js";

const INFO = { id: 4, seq: 1, slug: "general", name: "General", kind: "public", topic: "", first_number: 1, history: "all", created_at: "2026-03-01T09:00:00.000Z" };

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
  const replica = new RoomReplica(4);
  replica.take({ room: INFO, seq: 100, last_number: 100, me: { room: 4, seq: 1, role: "member", state: "joined", last_read_number: 98, notify: "everything" } });
  if (to) page(replica, { messages: messages(from, to) });
  return replica;
}

function page(replica, { seq = 100, first_number = 1, last_number = 100, messages = [], notices = [], ...command }) {
  return replica.messagesCame(replica.pageAsked(), { room: 4, seq, first_number, last_number, messages, notices }, command);
}

function changes(since, to, more = {}) {
  return { type: "changes", room: 4, since, to, last_number: 100, ...more };
}

function ranges(replica) {
  return replica.windows.map(({ from, to, live }) => [from, to, live]);
}

export function rule_1_nothing_new() {
  const replica = room();
  const before = replica.windows;
  replica.apply(changes(90, 100, { messages: [message(60, 60, { body: "old" })] }), 7);
  equal(replica.position, 100);
  ok(replica.windows === before, "the same list, so nothing is drawn");
}

export function rule_2_merges_by_higher_seq_and_stands_at_to() {
  const replica = room();
  replica.apply(changes(95, 102, { messages: [message(60, 102, { body: "new" }), message(61, 10, { body: "older" })] }), 7);
  equal(replica.position, 102);
  equal(replica.windows[0].messages[9].body, "new");
  equal(replica.windows[0].messages[10].body, "message 61");
}

export function rule_3_merges_but_stays_and_knows_that_it_is_behind() {
  const replica = room();
  replica.apply(changes(101, 102, { last_number: 102, messages: [message(102, 102), message(60, 102, { body: "new" })] }), 7);
  equal(replica.position, 100);
  ok(replica.behind);
  equal(replica.windows[0].messages[9].body, "new");
  equal(ranges(replica), [[51, 100, true]], "message 102 would leave a hole");
  equal(replica.lastNumber, 102);
  replica.apply(changes(100, 102, { last_number: 102, messages: [message(101, 101), message(102, 102)] }), 7);
  equal(replica.position, 102);
  ok(!replica.behind);
  equal(ranges(replica), [[51, 102, true]]);
}

export function rule_4_reset_drops_the_pages() {
  const replica = room();
  const asked = replica.pageAsked();
  replica.reset();
  equal([replica.position, replica.windows, replica.members], [null, [], null]);
  equal(replica.messagesCame(asked, { room: 4, seq: 100, first_number: 1, last_number: 100, messages: messages(1, 50), notices: [] }, {}), false);
  equal(replica.windows, []);
}

export function what_changes_while_a_page_is_on_the_way_is_kept() {
  const replica = room({ to: 0 });
  const asked = replica.pageAsked();
  replica.apply(changes(100, 101, { messages: [message(70, 101, { body: "edited" })] }), 7);
  replica.apply(changes(101, 102, { last_number: 101, messages: [message(101, 102)] }), 7);
  replica.apply(changes(102, 103, { last_number: 101, notices: [notice(101, 103)] }), 7);
  replica.messagesCame(asked, { room: 4, seq: 100, first_number: 1, last_number: 100, messages: messages(51, 100), notices: [] }, {});
  equal(ranges(replica), [[51, 101, true]]);
  equal(replica.windows[0].messages[19].body, "edited");
  equal(replica.windows[0].notices.length, 1);
}

export function a_page_that_is_ahead_of_the_position_waits_for_nothing() {
  const replica = room({ to: 0 });
  page(replica, { seq: 110, last_number: 105, messages: messages(56, 105) });
  equal(replica.position, 100);
  replica.apply(changes(100, 106, { last_number: 105, messages: messages(101, 105) }), 7);
  replica.apply(changes(106, 111, { last_number: 106, messages: [message(106, 111)] }), 7);
  equal(ranges(replica), [[56, 106, true]]);
  equal(replica.position, 111);
}

export function a_message_outside_of_the_windows_raises_only_the_last_number() {
  const replica = room({ from: 11, to: 20 });
  const before = replica.windows;
  replica.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101)] }), 7);
  replica.apply(changes(101, 102, { last_number: 101, messages: [message(5, 102), message(21, 102)] }), 7);
  ok(replica.windows === before);
  equal([replica.lastNumber, replica.unread], [101, 3]);
}

export function pages_that_touch_or_overlap_become_one_window() {
  const replica = room({ from: 1, to: 10 });
  page(replica, { messages: messages(31, 40), around: 35 });
  equal(ranges(replica), [[1, 10, false], [31, 40, false]]);
  page(replica, { messages: messages(11, 20), after: 10 });
  equal(ranges(replica), [[1, 20, false], [31, 40, false]]);
  page(replica, { messages: messages(15, 32), before: 33 });
  equal(ranges(replica), [[1, 40, false]]);
  page(replica, { messages: messages(41, 100), after: 40 });
  equal(ranges(replica), [[1, 100, true]]);
}

export function an_empty_page_after_the_end_makes_the_window_live_again() {
  const replica = room();
  replica.keepOnly(51, 90);
  equal(ranges(replica), [[51, 90, false]]);
  replica.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101)] }), 7);
  page(replica, { seq: 101, last_number: 101, messages: messages(91, 101), after: 90 });
  equal(ranges(replica), [[51, 101, true]]);
  page(replica, { seq: 101, last_number: 101, messages: [], after: 101 });
  equal(ranges(replica), [[51, 101, true]]);
}

export function an_empty_room_grows_with_its_first_message() {
  const replica = new RoomReplica(4);
  replica.take({ room: INFO, seq: 1, last_number: 0, me: null });
  page(replica, { seq: 1, last_number: 0 });
  equal(ranges(replica), [[1, 0, true]]);
  replica.apply({ type: "changes", room: 4, since: 1, to: 3, last_number: 1, messages: [message(1, 2)], notices: [notice(0, 3)] }, 7);
  equal(ranges(replica), [[1, 1, true]]);
  equal(replica.windows[0].notices.length, 1, "a notice before the first message");
}

export function notices_are_one_of_a_kind_at_each_place() {
  const replica = room();
  replica.apply(changes(100, 103, { notices: [notice(100, 101), notice(100, 102, "renamed"), notice(40, 103)] }), 7);
  replica.apply(changes(103, 104, { notices: [notice(100, 104)] }), 7);
  equal(replica.windows[0].notices.map(({ kind, seq }) => [kind, seq]), [["renamed", 102], ["topic", 104]]);
}

export function tombstones_and_edits_are_messages_with_a_higher_seq() {
  const replica = room();
  replica.apply(changes(100, 102, { messages: [message(99, 102, { body: "", deleted_at: "2026-03-02T09:00:00.000Z" }), message(98, 101, { body: "x", edited_at: "2026-03-02T09:00:00.000Z" })] }), 7);
  replica.apply(changes(100, 101, { messages: [message(99, 99)] }), 7);
  equal(replica.windows[0].messages[48].deleted_at, "2026-03-02T09:00:00.000Z");
  equal(replica.windows[0].messages[47].body, "x");
}

export function retention_cuts_what_is_loaded() {
  const replica = room({ from: 1, to: 100 });
  replica.apply(changes(100, 101, { info: { ...INFO, seq: 101, first_number: 80 }, notices: [] }), 7);
  equal(ranges(replica), [[80, 100, true]]);
  equal(replica.firstNumber, 80);
}

export function retention_of_messages_that_never_came_leaves_no_hole() {
  const replica = room();
  replica.apply(changes(100, 160, { last_number: 140, info: { ...INFO, seq: 160, first_number: 120 }, messages: messages(120, 140) }), 7);
  equal(ranges(replica), [[120, 140, true]]);
}

export function writing_is_not_reading() {
  const replica = room();
  equal([replica.unread, replica.firstUnread], [2, 99]);
  replica.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101, { author: 7 })] }), 7);
  equal([replica.lastReadNumber, replica.unread, replica.firstUnread], [98, 2, 99]);
  replica.readUpTo(100);
  equal([replica.unread, replica.firstUnread], [0, null]);
  replica.apply(changes(101, 103, { last_number: 103, messages: [message(102, 102), message(103, 103, { author: 7 })] }), 7);
  equal([replica.unread, replica.firstUnread], [1, 102]);
}

export function ones_own_message_behind_the_mark_takes_it_along_and_unread_is_never_negative() {
  const replica = room();
  replica.readUpTo(100);
  replica.apply(changes(100, 101, { last_number: 101, messages: [message(101, 101, { author: 7 })] }), 7);
  equal([replica.lastReadNumber, replica.unread, replica.reading.uncounted.size], [101, 0, 0]);
  replica.readUpTo(50);
  equal(replica.lastReadNumber, 101);
  replica.readUpTo(1000);
  equal(replica.unread, 0);
}

export function a_deleted_message_is_not_unread_however_often_and_whenever_one_hears_of_it() {
  const replica = room();
  const deleted = (number, seq) => message(number, seq, { body: "", deleted_at: "2026-03-02T08:00:00.000Z" });
  const frame = changes(100, 101, { last_number: 100, messages: [deleted(99, 101)] });
  replica.apply(frame, 7);
  replica.apply(frame, 7);
  equal([replica.unread, replica.firstUnread], [1, 100]);
  replica.apply(changes(102, 103, { last_number: 102, messages: [deleted(102, 103)] }), 7); // 101 is still on its way
  equal([replica.behind, replica.unread, replica.firstUnread], [true, 2, 100]);
  replica.apply(changes(101, 103, { last_number: 102, messages: [message(101, 102), deleted(102, 103)] }), 7);
  equal(replica.unread, 2);
  replica.apply(changes(103, 104, { last_number: 102, messages: [deleted(90, 104)] }), 7); // read long ago
  equal(replica.unread, 2);
  replica.readUpTo(101);
  equal(replica.unread, 0);
}

export function what_a_state_names_is_not_unread_and_outlives_a_reset() {
  const replica = room();
  const state = { room: INFO, seq: 110, last_number: 108, me: { ...replica.membership }, uncounted: [[99, 101], [105, 105]] };
  replica.take(state);
  replica.take(state);
  equal([replica.unread, replica.firstUnread], [6, 102]);
  replica.reset();
  equal(replica.unread, 6);
  replica.readUpTo(104);
  equal([replica.unread, replica.firstUnread], [3, 106]);
  replica.take({ ...state, seq: 111, room: { ...INFO, seq: 111, first_number: 107 } });
  equal([replica.unread, replica.firstUnread], [2, 107], "what is not given any more is not unread");
  replica.forget();
  equal(replica.reading.uncounted.size, 0);
}

export function members_merge_by_person_and_are_counted() {
  const replica = room();
  replica.apply(changes(100, 101, { members: [{ person: 3, seq: 101, role: "member", state: "joined" }] }), 7);
  equal(replica.members, null, "nobody asked for members");
  replica.watchMembers();
  const first = replica.pageAsked();
  replica.apply(changes(101, 102, { members: [{ person: 9, seq: 102, role: "member", state: "left" }] }), 7);
  const joined = [2, 9].map((person) => ({ person, seq: person, role: "member", state: "joined" }));
  replica.membersCame(first, { room: 4, seq: 101, count: 4, members: joined, next: 9 });
  equal([replica.joinedCount, replica.membersComplete, replica.membersNext], [4, false, 9]);
  replica.apply(changes(102, 103, { members: [{ person: 11, seq: 103, role: "member", state: "joined" }] }), 7);
  equal(replica.joinedCount, 5);
  replica.membersCame(replica.pageAsked(), { room: 4, seq: 103, count: 4, members: [{ person: 10, seq: 5, role: "owner", state: "joined" }, { person: 11, seq: 103, role: "member", state: "joined" }], next: null });
  equal(replica.membersComplete, true);
  equal(replica.joinedCount, 3, "2, 10 and 11; 9 has left");
  equal(replica.members.get(9).state, "left");
}

export function being_out_is_told_once_and_ends_what_is_here() {
  const replica = room();
  const frame = changes(100, 101, { members: [{ person: 7, seq: 101, role: "member", state: "kicked" }] });
  equal(replica.apply(frame, 7), { out: "kicked", outdated: false });
  equal(replica.apply(frame, 7), { out: null, outdated: true });
  replica.leave("kicked");
  equal([replica.gone, replica.windows, replica.position, replica.unread], ["kicked", [], null, 0]);
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
  const replica = room();
  const before = replica.windows[0].messages;
  replica.apply(changes(100, 101, { messages: [message(60, 101, { body: "new" })] }), 7);
  const after = replica.windows[0].messages;
  equal(after.filter((one, index) => one !== before[index]).map(({ number }) => number), [60]);
}

const MINE = { room: 4, seq: 1, role: "member", state: "joined", last_read_number: 98, notify: "everything", floor: 0 };
const HIDING = { ...INFO, seq: 100, history: "joined" };

/** A room that shows newcomers nothing older, as one who came in at its message 90 sees it. */
function newcomer() {
  const replica = new RoomReplica(4);
  replica.take({ room: HIDING, seq: 100, last_number: 100, me: { ...MINE, floor: 91 } });
  page(replica, { first_number: 91, messages: messages(91, 100) });
  return replica;
}

export function who_has_a_floor_sees_the_room_begin_there() {
  const replica = newcomer();
  equal([replica.firstNumber, replica.floor, replica.snapshot().floor], [91, 91, 91]);
  equal(ranges(replica), [[91, 100, true]]);
  ok(!replica.holds(90) && replica.holds(91), "a link to what is older leads nowhere");
}

export function an_old_page_brings_nothing_from_below_the_floor() {
  const replica = newcomer();
  page(replica, { messages: messages(60, 95), notices: [notice(70, 80), notice(92, 94)], before: 96 });
  equal(ranges(replica), [[91, 100, true]]);
  equal(replica.windows[0].notices, [notice(92, 94)]);
}

export function what_lies_below_a_floor_that_rises_is_dropped() {
  const replica = room();
  replica.quoteCame(replica.pageAsked(), { messages: [message(7)] }, 7);
  replica.apply(changes(100, 101, { info: { ...HIDING, seq: 101 } }), 7);
  equal(ranges(replica), [[51, 100, true]], "who is in the room keeps what they saw");
  replica.takeMembership({ ...MINE, seq: 2, floor: 101 });
  equal(ranges(replica), [[101, 100, true]]);
  equal(replica.quoted.size, 0);
  replica.apply(changes(101, 102, { last_number: 101, messages: [message(101, 102)] }), 7);
  equal(ranges(replica), [[101, 101, true]]);
}

export function a_floor_beyond_what_is_loaded_has_the_rest_loaded_anew() {
  const replica = room();
  replica.apply(changes(100, 105, { last_number: 103, info: { ...HIDING, seq: 101 }, messages: [message(103, 105)] }), 7);
  replica.takeMembership({ ...MINE, seq: 2, floor: 103 });
  equal(ranges(replica), [], "the message 103 came before the floor did, and found no place");
  equal(replica.firstNumber, 103);
}

export function a_room_that_shows_everything_again_has_more_to_load() {
  const replica = newcomer();
  const asked = replica.pageAsked();
  replica.apply(changes(100, 101, { info: { ...INFO, seq: 101 } }), 7);
  equal([replica.firstNumber, replica.floor, replica.membership.floor], [1, 0, 0]);
  equal(ranges(replica), [[91, 100, true]]);
  const late = { room: 4, seq: 100, first_number: 91, last_number: 100, messages: messages(91, 95), notices: [] };
  ok(!replica.messagesCame(asked, late, { before: 96 }), "a page that was read before is asked for anew");
  equal(replica.firstNumber, 1);
  page(replica, { messages: messages(41, 90), before: 91 });
  equal(ranges(replica), [[41, 100, true]]);
}

export function a_floor_goes_without_a_seq_and_comes_with_one() {
  const replica = newcomer();
  replica.apply(changes(100, 101, { info: { ...INFO, seq: 101 } }), 7);
  replica.takeMembership({ ...MINE, floor: 91 });
  equal([replica.floor, replica.membership.floor], [0, 0], "an old word of the same membership");
  replica.takeMembership({ ...MINE, seq: 2, floor: 101 });
  equal([replica.floor, replica.membership.floor], [101, 101]);
}

export function who_looks_in_sees_from_the_state_on() {
  const replica = new RoomReplica(4);
  replica.take({ room: HIDING, seq: 100, last_number: 100, me: null, floor: 101 });
  page(replica, { first_number: 101, messages: [] });
  equal(ranges(replica), [[101, 100, true]]);
  replica.take({ room: HIDING, seq: 110, last_number: 105, me: null, floor: 106 });
  equal([replica.firstNumber, ranges(replica)], [106, []], "back after a while: what passed meanwhile is not for them");
}
