import { actionIn, saidIn } from "/static/groupchat/lib/plain.js";
import { meantBy } from "/static/groupchat/lib/slash.js";
import { equal } from "./check.js";

export function a_stroke_and_a_name_are_a_command() {
  equal(meantBy("/topic"), { name: "topic", text: "" });
  equal(meantBy("/Topic  The harbour \n at night "), { name: "topic", text: "The harbour \n at night" });
  equal(meantBy("/déploy_2 now"), { name: "déploy_2", text: "now" });
  equal(meantBy("/me"), { name: "me", text: "" });
}

export function what_is_none_is_the_message_that_is_meant() {
  equal(meantBy("/usr/bin/env"), { body: "/usr/bin/env" });
  equal(meantBy("/ alone"), { body: "/ alone" });
  equal(meantBy("and /topic"), { body: "and /topic" });
  equal(meantBy("/me waves"), { body: "/me waves" });
}

export function two_strokes_are_a_message_that_begins_with_one() {
  equal(meantBy("//topic of today"), { body: "/topic of today" });
  equal(meantBy("// a comment"), { body: "// a comment" });
  equal(meantBy("//me waves"), { body: "//me waves" }, "or it would be what somebody does");
  equal(meantBy("//mean"), { body: "/mean" });
}

export function what_somebody_does_stands_behind_their_name() {
  equal(actionIn({ body: "/me waves" }), { body: "waves" });
  equal(actionIn({ body: "/me **waves**", html: '<p dir="auto">/me <strong>waves</strong></p>' }), { body: "**waves**", html: '<p dir="auto"><strong>waves</strong></p>' });
  equal(actionIn({ body: "/me" }), null);
  equal(actionIn({ body: "/mean" }), null);
  equal(actionIn({ body: "so /me waves" }), null);
  equal(saidIn({ body: "/me waves" }), "waves");
}
