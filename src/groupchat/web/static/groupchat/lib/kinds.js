/**
 * What this client understands of a room's changes. A snapshot that another version kept may lack what it did not understand, and its position
 * says that nothing is missing: it is of no use to a version with another list.
 */

/** What has a seq of its own in a room, by its name in `changes`. */
export const KINDS = ["info", "members", "messages", "notices"];

/** What hangs on a message, by its name in it, beyond the message's own words. */
export const PARTS = ["html", "reply_to", "root", "thread", "versions", "reactions", "mine", "pinned"];
