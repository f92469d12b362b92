import { rowsOf } from "/static/groupchat/lib/grouping.js";
import { backoff } from "/static/groupchat/lib/backoff.js";
import { dayOf, formatDay, formatNumber, formatTime, formatTimeShort, secondsUntil } from "/static/groupchat/lib/format.js";
import { gettext, keyOf, learn, ngettext, npgettext, pgettext, speak } from "/static/groupchat/lib/i18n.js";
import { newMessageId } from "/static/groupchat/lib/ids.js";
import { countCharacters, initials, isVisible, isolate, personHue, wellFormed } from "/static/groupchat/lib/text.js";
import { equal, ok } from "./check.js";

const ZONE = "Europe/Berlin";

function message(number, at, author = 9, more = {}) {
  return { number, seq: number, author, body: "x", at, client_message_id: `c${number}`, ...more };
}

function rows(view) {
  return rowsOf({ messages: [], notices: [], pending: [], atEnd: true, newMessagesAt: null, me: 7, timeZone: ZONE, ...view }).map((row) => {
    switch (row.kind) {
      case "day":
        return `day ${row.day}`;
      case "message":
        return `${row.first ? "first " : ""}${row.message.number}${row.mine ? " mine" : ""}`;
      case "notice":
        return `notice ${row.notice.kind}`;
      case "pending":
        return `${row.first ? "first " : ""}pending ${row.pending.client_message_id}`;
      default:
        return row.kind;
    }
  });
}

export function messages_of_one_author_within_five_minutes_are_a_group() {
  const messages = [
    message(1, "2026-03-02T08:00:00.000Z"),
    message(2, "2026-03-02T08:05:00.000Z"),
    message(3, "2026-03-02T08:10:00.001Z"),
    message(4, "2026-03-02T08:10:01.000Z", 7),
    message(5, "2026-03-02T08:10:02.000Z"),
  ];
  equal(rows({ messages }), ["day 2026-03-02", "first 1", "2", "first 3", "first 4 mine", "first 5"]);
}

export function days_are_the_readers_days() {
  const messages = [message(1, "2026-03-01T22:59:00.000Z"), message(2, "2026-03-01T23:01:00.000Z"), message(3, "2026-03-01T22:58:00.000Z")];
  equal(rows({ messages }), ["day 2026-03-01", "first 1", "day 2026-03-02", "first 2", "3"]);
  const keys = rowsOf({ messages, notices: [], pending: [], atEnd: true, newMessagesAt: null, me: 7, timeZone: ZONE }).map(({ key }) => key);
  equal(new Set(keys).size, keys.length, "keys are unique even where a clock was set back");
}

export function notices_and_the_new_messages_line_stand_in_their_places() {
  const at = "2026-03-02T08:00:00.000Z";
  const messages = [1, 2, 3].map((number) => message(number, at));
  const notices = [
    { after: 0, kind: "topic", seq: 1, actor: 7, text: "", at },
    { after: 2, kind: "renamed", seq: 3, actor: 7, text: "", at },
    { after: 2, kind: "topic", seq: 4, actor: 7, text: "", at },
  ];
  const expected = ["day 2026-03-02", "notice topic", "first 1", "2", "notice renamed", "notice topic", "new", "first 3"];
  equal(rows({ messages, notices, newMessagesAt: 3 }), expected);
  equal(rows({ messages, newMessagesAt: 4 }).includes("new"), false, "its message is not here");
  equal(rows({ notices: notices.slice(0, 1) }), ["day 2026-03-02", "notice topic"], "a room without messages");
}

export function the_new_messages_line_stands_before_what_is_there_and_another_persons() {
  const at = "2026-03-02T08:00:00.000Z";
  const deleted = { body: "", deleted_at: at };
  const messages = [message(1, at), message(2, at, 9, deleted), message(3, at, 7), message(4, at), message(5, at)];
  equal(rows({ messages, newMessagesAt: 2 }), ["day 2026-03-02", "first 1", "2", "first 3 mine", "new", "first 4", "5"]);
  equal(rows({ messages: messages.slice(0, 3), newMessagesAt: 2 }).includes("new"), false, "nothing new is left");
  equal(rows({ messages: messages.slice(3), newMessagesAt: 2 }).includes("new"), false, "further up");
}

export function pending_messages_stand_at_the_end_until_they_arrive() {
  const at = "2026-03-02T08:00:00.000Z";
  const messages = [message(1, at, 7, { client_message_id: "a" }), message(2, at, 9, { client_message_id: "b" })];
  const pending = ["a", "b", "c"].map((id) => ({ client_message_id: id, at, body: "", state: "waiting" }));
  equal(rows({ messages, pending }), ["day 2026-03-02", "first 1 mine", "first 2", "first pending b", "pending c"], "b of another author is another message");
  equal(rows({ messages, pending, atEnd: false }), ["day 2026-03-02", "first 1 mine", "first 2"]);
  const view = { messages, notices: [], pending, atEnd: true, newMessagesAt: null, me: 7, timeZone: ZONE };
  equal(rowsOf(view)[1].key, rowsOf({ ...view, messages: [] })[1].key, "the element of a pending message stays");
}

export function the_newest_of_ones_own_is_known_where_the_window_reaches_the_end() {
  const at = "2026-03-02T08:00:00.000Z";
  const messages = [message(1, at, 7), message(2, at, 7), message(3, at, 9)];
  const view = { messages, notices: [], pending: [], atEnd: true, newMessagesAt: null, me: 7, timeZone: ZONE };
  const newest = (rowsThere) => rowsThere.filter((row) => row.newest).map((row) => row.message.number);
  equal([newest(rowsOf(view)), newest(rowsOf({ ...view, atEnd: false })), newest(rowsOf({ ...view, me: 5 }))], [[2], [], []]);
}

const GERMAN = {
  language: "de",
  texts: {
    [keyOf("Hello {name}")]: "Hallo {name}",
    [keyOf("{count} new message")]: { one: "{count} neue Nachricht", other: "{count} neue Nachrichten" },
    [keyOf("key\u0004Shift")]: "Umschalt",
    [keyOf("list\u0004{count} left")]: { one: "{count} übrig", other: "{count} übrig" },
  },
};

function speaking(catalogue, ask) {
  speak(catalogue);
  try {
    return ask();
  } finally {
    speak({ language: "en", texts: {} });
  }
}

export function a_text_without_a_catalogue_is_itself() {
  equal(gettext("Hello {name}", { name: "<Ada>" }), "Hello \u2068<Ada>\u2069");
  equal(gettext("Hello {name}"), "Hello {name}", "what was not given stays visible");
  const counted = (count) => ngettext("{count} message in {room}", "{count} messages in {room}", count, { room: "lunch" });
  equal([1, 0, 2000].map(counted), ["1 message in \u2068lunch\u2069", "0 messages in \u2068lunch\u2069", "2,000 messages in \u2068lunch\u2069"]);
  equal([pgettext("key", "Shift"), npgettext("list", "{count} left", "{count} left", 3)], ["Shift", "3 left"]);
}

/** `tools/messages.py` makes the same: tests/web/test_texts.py. */
export function a_key_is_made_of_its_text() {
  equal(["", "Send", "key\u0004Shift", "Größe – 🎉"].map(keyOf), ["tntfp", "atbdb", "qt13g", "daqj2"]);
}

export function what_opens_later_brings_more_in_the_same_language() {
  const told = speaking(GERMAN, () => {
    learn({ language: "de", texts: { [keyOf("Close")]: "Schließen" } });
    learn({ language: "fr", texts: { [keyOf("Send")]: "Envoyer" } });
    return [gettext("Close"), gettext("Send"), pgettext("key", "Shift")];
  });
  equal(told, ["Schließen", "Send", "Umschalt"]);
}

export function a_catalogue_says_it_in_its_language() {
  const told = speaking(GERMAN, () => [
    gettext("Hello {name}", { name: "Ada" }),
    ...[1, 12345].map((count) => ngettext("{count} new message", "{count} new messages", count)),
    [gettext("Shift"), pgettext("key", "Shift"), npgettext("list", "{count} left", "{count} left", 1)],
    [gettext("Only English"), ngettext("{count} egg", "{count} eggs", 1), ngettext("{count} egg", "{count} eggs", 1000)],
  ]);
  equal(told, [
    "Hallo \u2068Ada\u2069",
    "1 neue Nachricht",
    "12.345 neue Nachrichten",
    ["Shift", "Umschalt", "1 übrig"],
    ["Only English", "1 egg", "1.000 eggs"],
  ]);
}

export function plurals_follow_the_rules_of_the_language() {
  const texts = { [keyOf("{count} file")]: { one: "one", few: "few", many: "many", other: "other" }, [keyOf("{count} line")]: { other: "other" } };
  const told = speaking({ language: "ru", texts }, () => [1, 3, 11, 21].map((count) => ngettext("{count} file", "{count} files", count)));
  equal(told, ["one", "few", "many", "one"]);
  equal(speaking({ language: "ru", texts }, () => ngettext("{count} line", "{count} lines", 3)), "other", "a form that the catalogue lacks");
}

export function a_value_turns_nothing_around_that_stands_beside_it() {
  equal(gettext("{name} is new, {count} inside", { name: "\u202eabc", count: 2 }), "\u2068abc\u2069 is new, 2 inside");
  equal(isolate("a\u2069\u2067b\u202c"), "\u2068ab\u2069", "nothing in it ends the isolation");
  equal(isolate("two\nlines\u2029and\u0007more"), "\u2068two lines and more\u2069", "nor does a new paragraph");
  equal(isolate("می\u200cخواهم"), "\u2068می\u200cخواهم\u2069");
  equal(isolate(isolate("x")), isolate("x"));
}

export function days_and_times_are_formatted_for_the_reader() {
  const words = { locale: "en-GB", now: Date.parse("2026-03-02T12:00:00Z"), today: "Today", yesterday: "Yesterday", timeZone: ZONE };
  equal(formatDay("2026-03-01T23:30:00.000Z", words), "Today");
  equal(formatDay("2026-03-01T22:30:00.000Z", words), "Yesterday");
  ok(!formatDay("2026-02-20T12:00:00.000Z", words).includes("2026"));
  ok(formatDay("2025-02-20T12:00:00.000Z", words).includes("2025"));
  equal(formatTime("2026-03-02T08:05:00.000Z", "en-GB", ZONE), "09:05");
  equal(formatTimeShort("2026-03-02T08:05:00.000Z", "en-GB", ZONE), "09:05");
  equal(formatTimeShort("2026-03-02T20:05:00.000Z", "en-US", ZONE), "9:05");
  equal(formatTimeShort("2026-03-02T20:05:00.000Z", "ko-KR", ZONE), "9:05"); // there the half of the day stands in front
  equal(dayOf("2026-03-29T22:30:00.000Z", ZONE), "2026-03-30", "summer time");
  equal(formatNumber(8000, "de"), "8.000");
  equal([secondsUntil(1500, 0), secondsUntil(0, 1500)], [2, 0]);
}

export function characters_are_counted_as_the_server_counts_them() {
  equal([countCharacters("ab"), countCharacters("🎉é"), countCharacters("👩‍👩‍👧")], [2, 2, 5]);
  equal(wellFormed("a\ud83db\udc00c🎉"), "a\ufffdb\ufffdc🎉");
  equal([isVisible(" \u200b\u3164"), isVisible("\u0000\n"), isVisible("."), isVisible("🎉")], [false, false, true, true]);
}

export function people_have_initials_and_hues() {
  equal([initials("e\u0301mile zola"), initials("Émile"), initials("3 d"), initials("A")], ["E\u0301Z", "É", "3D", "A"]);
  equal([initials("Ada Lovelace"), initials("grace"), initials(" jean paul de X "), initials("👩‍👩‍👧 z"), initials("")], ["AL", "G", "JX", "👩‍👩‍👧Z", ""]);
  for (let id = 1; id < 1000; id += 1) ok(personHue(id) >= 0 && personHue(id) < 360);
  ok(Math.abs(personHue(7) - personHue(8)) > 60);
}

export function message_ids_are_what_the_protocol_permits() {
  const seen = new Set();
  for (let count = 0; count < 1000; count += 1) {
    const id = newMessageId((length) => crypto.getRandomValues(new Uint8Array(length)));
    ok(/^[A-Za-z0-9_-]{21}$/.test(id), id);
    seen.add(id);
  }
  equal(seen.size, 1000);
}

export function delays_grow_up_to_a_limit() {
  const least = backoff({ base: 100, most: 1000, random: () => 0 });
  const most = backoff({ base: 100, most: 1000, random: () => 0.999 });
  equal([0, 1, 2, 10, 500].map(least), [50, 100, 200, 500, 500]);
  ok(most(500) < 1000);
}
