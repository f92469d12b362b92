/** Ids that a client makes by itself. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * A client_message_id: 126 random bits in 21 of the characters that the protocol permits.
 * @param {(count: number) => Uint8Array} randomBytes
 */
export function newMessageId(randomBytes) {
  return Array.from(randomBytes(21), (byte) => LETTERS[byte & 63]).join("");
}
