import { begunAt, best, linkToRoom } from "/static/groupchat/lib/completing.js";
import { equal } from "./check.js";

/** What is begun where the stroke stands. */
function begun(text) {
  const caret = text.indexOf("|");
  const found = begunAt(text.replace("|", ""), caret);
  return found && `${found.sign}${found.query} ${found.from}-${found.to}`;
}

export function a_sign_begins_a_word() {
  equal(begun("hello @ad|"), "@ad 6-9");
  equal(begun("@|"), "@ 0-1");
  equal(begun("(#team|"), "#team 1-6");
  equal(begun("one\n@a|"), "@a 4-6");
  equal(begun("see @ad|a"), "@ad 4-7", "up to the caret");
  equal(begun("@josé.maria-2|"), "@josé.maria-2 0-13");
  equal(begun("ada@example|"), null, "an address of mail");
  equal(begun("http://example.org/#part|"), null);
  equal(begun("@ada |"), null, "the word is over");
  equal(begun(`@${"a".repeat(60)}|`), null, "nobody finds by so much");
}

export function a_colon_asks_for_emoji_from_two_letters_on() {
  equal(begun("nice :ta|"), ":ta 5-8");
  equal(begun(":+1|"), ":+1 0-3");
  equal(begun("nice :)|"), null);
  equal(begun("nice :-)|"), null);
  equal(begun("nice :t|"), null);
  equal(begun("at 12:30|"), null);
  equal(begun(":tada:|"), null);
}

export function a_stroke_names_a_command_only_where_the_text_begins() {
  equal(begun("/|"), "/ 0-1");
  equal(begun("/sh|"), "/sh 0-3");
  equal(begun("/shrug |"), null);
  equal(begun("and /sh|"), null);
  equal(begun("//sh|"), null);
  equal(begun("/usr/bi|"), null);
}

export function in_code_nothing_is_completed() {
  equal(begun("`@ad|"), null);
  equal(begun("`x` @ad|"), "@ad 4-7");
  equal(begun("```\n@cached|"), null);
  equal(begun("```\nx\n```\n@ad|"), "@ad 10-13");
}

const people = [
  { name: "Ada Lovelace", handle: "countess" },
  { name: "Alan Turing", handle: "alan" },
  { name: "José Álvarez", handle: "jose" },
  { name: "Grace Hopper", handle: "amazing-grace" },
];

function found(query, ...more) {
  return best(people, query, ({ name, handle }) => [name, handle], 3, ...more).map(({ handle }) => handle);
}

export function the_nearer_the_better_and_what_is_as_near_in_its_order() {
  equal(found(""), ["countess", "alan", "jose"], "the first, where nothing is typed");
  equal(found("ala"), ["alan", "countess", "jose"], "the beginning; then letters in this order");
  equal(found("al"), ["alan", "jose", "countess"], "the beginning, of a word, initials");
  equal(found("ALAN"), ["alan"]);
  equal(found("alvarez"), ["jose"], "without accents, and by a later word");
  equal(found("hpr"), ["amazing-grace"]);
  equal(found("xyz"), []);
}

export function some_stand_before_others_however_well_these_fit() {
  equal(found("a", ({ handle }) => Number(handle === "amazing-grace")), ["amazing-grace", "countess", "alan"]);
}

export function a_room_becomes_a_link_whatever_its_name_holds() {
  equal(linkToRoom("Team lunch", "https://chat.example.org/rooms/team_lunch/"), "[#Team lunch](https://chat.example.org/rooms/team_lunch/)");
  equal(linkToRoom("a_b [c]", "https://chat.example.org/rooms/a~_b/"), "[#a\\_b \\[c\\]](https://chat.example.org/rooms/a~_b/)");
  equal(linkToRoom("f(x)", "https://chat.example.org/rooms/f(x)/"), "[#f\\(x\\)](https://chat.example.org/rooms/f%28x%29/)");
}
