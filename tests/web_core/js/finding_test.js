import { matching } from "/static/groupchat/lib/finding.js";
import { equal } from "./check.js";

const people = [
  { id: 1, handle: "countess", name: "Ada Lovelace", kind: "user", version: 1 },
  { id: 2, handle: "ada.king", name: "Zoë", kind: "user", version: 1 },
  { id: 3, handle: "bob", name: "Bob (Adam) O'Neill", kind: "guest", version: 1 },
  { id: 4, handle: "jose", name: "José", kind: "guest", version: 1 },
];

function found(text) {
  return matching(people, text, "en").map(({ id }) => id);
}

export function people_are_found_by_name_then_by_handle_then_by_another_word_of_the_name() {
  equal(found("ada"), [1, 2, 3]);
  equal(found("  ADA "), [1, 2, 3]);
  equal(found("@bob"), [3]);
  equal(found("neill"), [3], "a word may begin behind a sign");
  equal(found("love"), [1]);
  equal(found("velace"), [], "only the beginning of a word");
}

export function accents_and_forms_of_letters_are_not_asked_for() {
  equal(found("jose"), [4]);
  equal(found("José"), [4], "composed otherwise");
  equal(found("zoe"), [2]);
}

export function without_a_letter_everybody_is_there_by_name() {
  equal(found(""), [1, 3, 4, 2]);
  equal(found("@"), [1, 3, 4, 2]);
}
