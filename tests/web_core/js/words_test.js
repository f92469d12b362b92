import { rowsOf } from "/static/groupchat/lib/grouping.js";
import { backoff } from "/static/groupchat/lib/backoff.js";
import { dayOf, formatDay, formatNumber, formatTime, formatTimeShort, secondsUntil } from "/static/groupchat/lib/format.js";
import { chooseLocale, createTranslator } from "/static/groupchat/lib/i18n.js";
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

export function texts_come_from_catalogues_with_plurals() {
  const catalogues = {
    en: { hello: "Hello {name}", only: "Only English", unread: { one: "{count} new message", other: "{count} new messages", "=0": "Nothing new" } },
    de: { hello: "Hallo {name}", unread: { one: "{count} neue Nachricht", other: "{count} neue Nachrichten" } },
  };
  const t = createTranslator({ locale: "de", catalogues });
  equal(t("hello", { name: "<Ada>" }), "Hallo \u2068<Ada>\u2069");
  equal([t("unread", { count: 1 }), t("unread", { count: 12345 })], ["1 neue Nachricht", "12.345 neue Nachrichten"]);
  equal(t("only"), "Only English");
  equal(t("missing.key"), "missing.key");
  const en = createTranslator({ locale: "en", catalogues });
  equal([en("unread", { count: 0 }), en("unread", { count: 2000 })], ["Nothing new", "2,000 new messages"]);
  equal(en("hello"), "Hello {name}", "what was not given stays visible");
  equal(createTranslator({ locale: "fr", catalogues })("hello", { name: "x" }), "Hello \u2068x\u2069");
}

export function a_value_turns_nothing_around_that_stands_beside_it() {
  const t = createTranslator({ locale: "en", catalogues: { en: { made: "{name} is new, {count} inside" } } });
  equal(t("made", { name: "\u202eabc", count: 2 }), "\u2068abc\u2069 is new, 2 inside");
  equal(isolate("a\u2069\u2067b\u202c"), "\u2068ab\u2069", "nothing in it ends the isolation");
  equal(isolate("two\nlines\u2029and\u0007more"), "\u2068two lines and more\u2069", "nor does a new paragraph");
  equal(isolate("می\u200cخواهم"), "\u2068می\u200cخواهم\u2069");
  equal(isolate(isolate("x")), isolate("x"));
}

export function locales_are_chosen_by_language() {
  equal(chooseLocale(["de-AT", "en"], ["en", "de"]), "de");
  equal(chooseLocale(["fr", "en-US"], ["de", "en"]), "en");
  equal(chooseLocale(["fr"], ["en", "de"]), "en");
  equal(chooseLocale([], ["en", "de"]), "en");
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
