/** When to come back after a WebSocket was closed: the table of close codes in docs/protocol.md. */

const KNOWN = new Map([
  [1009, { reconnect: "never", reason: "too_large" }],
  [1012, { reconnect: "later", reason: "restart" }],
  [4000, { reconnect: "never", reason: "broken" }],
  [4001, { reconnect: "never", reason: "reload" }],
  [4002, { reconnect: "never", reason: "sign_in" }],
  [4003, { reconnect: "never", reason: "signed_out" }],
  [4004, { reconnect: "never", reason: "unknown_room" }],
  [4005, { reconnect: "never", reason: "removed" }],
  [4100, { reconnect: "later", reason: "flooding" }],
  [4101, { reconnect: "later", reason: "too_many_connections" }],
  [4102, { reconnect: "later", reason: "error" }],
  [4103, { reconnect: "later", reason: "signed_up" }],
  [4200, { reconnect: "now", reason: "slow" }],
]);

/**
 * The rule for a close code. A code of ours that this version does not know goes by its range; any other means later.
 * @param {number} code
 * @returns {{reconnect: "never"|"later"|"now", reason: string}}
 */
export function closeRule(code) {
  const rule = KNOWN.get(code);
  if (rule) return /** @type {any} */ (rule);
  if (code >= 4000 && code < 4100) return { reconnect: "never", reason: "refused" };
  if (code >= 4200 && code < 4300) return { reconnect: "now", reason: "asked" };
  return { reconnect: "later", reason: "lost" };
}

/** The codes of the table, for the test that compares it with the protocol's. */
export const CLOSE_CODES = KNOWN;
