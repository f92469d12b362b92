/** A message's text before it is kept for sending: what the server would refuse never leaves the device. */

import { ChatFailure } from "../lib/failure.js";
import { countCharacters, isVisible, wellFormed } from "../lib/text.js";

/** The text as it is sent; throws a ChatFailure where it can't be. @param {Record<string, number>} limits @param {string} body */
export function checked(limits, body) {
  const text = wellFormed(body);
  const most = limits.body_characters;
  const count = countCharacters(text);
  if (most && count > most) throw new ChatFailure("too_long", `A message holds at most ${most} characters; this one has ${count}.`, { field: "body" });
  if (!isVisible(text) || text.includes("\0")) throw new ChatFailure("invalid", "Write something first: this message shows nothing.", { field: "body" });
  return text;
}
