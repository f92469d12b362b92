import { reason } from "/static/groupchat/components/reason.js";
import { ChatFailure } from "/static/groupchat/lib/failure.js";
import { mayComeBack, mayInvite, mayLeave, mayManage, mayRemove, whyNoWriting } from "/static/groupchat/lib/rights.js";
import { equal, ok } from "./check.js";

const WHYS = ["announcement", "archived", "author", "banned", "conversation", "guest", "last_owner", "rank", "reader"];

function refused(error) {
  return reason(ChatFailure.from({ type: "error", error: { message: "as the server says it", ...error } }));
}

export function a_refusal_says_why_in_the_readers_words() {
  const plain = refused({ code: "forbidden" });
  const told = WHYS.map((why) => refused({ code: "forbidden", why }));
  equal(new Set([plain, ...told]).size, WHYS.length + 1, "each in words of its own");
  ok(!told.includes("as the server says it"));
  equal(refused({ code: "forbidden", why: "of a newer server" }), plain);
}

export function what_is_wrong_with_a_field_says_more_than_why() {
  equal(refused({ code: "forbidden", why: "banned", field: "people" }), "Somebody of these was banned from this room.");
  equal(refused({ code: "forbidden", why: "last_owner", field: "role" }), "A room needs an owner. Make somebody else one first.");
  equal(refused({ code: "not_found", field: "people" }), "Somebody of these is not here any more.");
  equal(refused({ code: "of a newer server" }), "as the server says it");
}

function standing(kind, role, { isOwner = false, archived = false } = {}) {
  return { info: /** @type {any} */ ({ kind, archived }), membership: role ? { role, state: "joined" } : null, isOwner };
}

export function what_the_page_offers_is_what_the_rules_allow() {
  equal(["owner", "moderator", "member", "reader", null].map((role) => whyNoWriting(standing("announcement", role))), [null, null, "announcement", "reader", "announcement"]);
  equal(whyNoWriting(standing("announcement", null, { isOwner: true })), null, "the site's owner");
  equal(whyNoWriting(standing("public", "owner", { archived: true })), "archived");
  equal(["owner", "moderator", "member", "reader"].map((role) => mayInvite(standing("private", role))), [true, true, false, false]);
  equal(["owner", "moderator", "member", "reader"].map((role) => mayInvite(standing("public", role))), [true, true, true, false]);
  equal([mayInvite(standing("group", "member")), mayManage(standing("group", "member")), mayLeave(standing("direct", "member")), mayLeave(standing("group", "member"))], [false, false, false, true]);
  const member = { person: 9, seq: 1, role: /** @type {const} */ ("moderator"), state: /** @type {const} */ ("joined") };
  equal([mayRemove(standing("public", "owner"), member), mayRemove(standing("public", "moderator"), member)], [true, false], "only who ranks below");
  equal(["public", "announcement", "private", "group"].map((kind) => mayComeBack(standing(kind, null).info)), [true, true, false, true]);
  equal(mayComeBack(standing("public", null, { archived: true }).info), false);
}
