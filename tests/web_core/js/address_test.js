import { pathOf, slugOf } from "/static/groupchat/lib/address.js";
import { equal } from "./check.js";

const WRITTEN = {
  "team lunch": "team_lunch",
  "front-end": "front-end",
  snake_case: "snake~_case",
  "~home _ sweet~_": "~~home_~__sweet~~~_",
  "c++": "c%2B%2B",
  "c#": "c%23",
  "tee für zwei": "tee_f%C3%BCr_zwei",
  "kR3-x_9": "kR3-x_9",
};

export function a_slug_stands_in_an_address_as_the_server_writes_it() {
  for (const [slug, address] of Object.entries(WRITTEN)) equal([pathOf(slug), slugOf(address)], [address, slug]);
}

export function what_nothing_writes_is_read_as_well_as_it_goes() {
  equal(["team%20lunch", "a~b", "~", "%", "Team_Lunch"].map(slugOf), ["team lunch", "a~b", "~", "%", "Team_Lunch"]);
}
