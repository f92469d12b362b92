import { MOST_PEOPLE, MOST_ROOMS, choicesOf, nameOfSomebody } from "/static/groupchat/lib/choices.js";
import { isKnownToBeIn } from "/static/groupchat/lib/shared-rooms.js";
import { equal } from "./check.js";

const room = (name, more = {}) => ({ key: `room ${name}`, info: { slug: name, name, kind: "public", topic: "", ...more } });
const mine = [room("lunch"), room("library"), room("Grace", { slug: "Rand", kind: "direct", people: [1, 9] })];
const others = [room("general"), room("lunch"), room("plum")];
const people = [
  { id: 9, handle: "grace", name: "Grace" },
  { id: 11, handle: "lovelace", name: "Ada" },
];
const keys = (what) => choicesOf({ text: "", mine, others, people, found: new Set(), ...what }).map(({ key }) => key);

export function before_anything_is_typed_there_are_ones_own_rooms_then_those_of_the_server_each_once() {
  equal(keys({}), ["room lunch", "room library", "room Grace", "room general", "room plum"]);
  equal(keys({ others: Array.from({ length: 30 }, (_, index) => room(String(index))) }).length, MOST_ROOMS);
}

export function the_nearest_name_leads_and_at_last_a_room_of_that_name_can_be_started() {
  equal(keys({ text: "lu" }), ["room lunch", "room plum", "start public", "start private"]);
}

export function an_open_room_of_that_name_is_no_room_to_start_but_a_private_one_is() {
  equal(keys({ text: "LUNCH" }).filter((key) => key.startsWith("start")), ["start private"]);
  equal(keys({ text: "board", mine: [room("board", { slug: "Xq3", kind: "private" })] }).filter((key) => key.startsWith("start")), ["start public", "start private"]);
  equal(keys({ text: "Grace" }).filter((key) => key.startsWith("start")), ["start public", "start private"], "a conversation has no name of its own");
}

export function what_the_server_found_stays_though_its_letters_are_others() {
  equal(keys({ text: "strasse", others: [room("Straße")], found: new Set(["room Straße"]) }), ["room Straße", "start public", "start private"]);
  equal(keys({ text: "strasse", others: [room("Straße")] }), ["start public", "start private"]);
}

export function people_come_from_the_second_letter_or_behind_an_at_sign() {
  equal([nameOfSomebody(""), nameOfSomebody("a"), nameOfSomebody("ad"), nameOfSomebody("@"), nameOfSomebody("@a")], [null, null, "ad", null, "a"]);
  equal(keys({ text: "ad" })[0], "person 11", "by name");
  equal(keys({ text: "love" })[0], "person 11", "or handle");
  equal(keys({ text: "a" }).includes("person 11"), false);
}

export function behind_an_at_sign_there_are_only_people() {
  equal(keys({ text: "@g" }), ["person 9"]);
  equal(keys({ text: "@" }), []);
}

export function with_whom_one_talks_already_is_there_once() {
  equal(keys({ text: "grace" }).slice(0, 2), ["room Grace", "start public"]);
}

export function people_leave_room_for_rooms() {
  const many = Array.from({ length: 40 }, (_, index) => ({ id: 100 + index, handle: `lu${index}`, name: `lu${index}` }));
  equal(keys({ text: "lu", people: many }).filter((key) => key.startsWith("person")).length, MOST_PEOPLE);
  equal(keys({ text: "@lu", people: many }).length, MOST_ROOMS);
}

export function rooms_are_shared_as_far_as_one_heard_of_their_members() {
  const info = { people: [1, 9] };
  const members = (state) => new Map([[9, { person: 9, role: "member", state }]]);
  equal([isKnownToBeIn({ info: {}, members: null }, 9), isKnownToBeIn({ info: {}, members: members("joined") }, 9)], [false, true]);
  equal([isKnownToBeIn({ info, members: null }, 9), isKnownToBeIn({ info, members: members("left") }, 9), isKnownToBeIn({ info: null, members: null }, 9)], [true, false, false]);
}
