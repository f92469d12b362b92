/** Why something was not done: the error table of the protocol, and what only a client can meet. */

/** A refusal with a reason. `retryAfter` is in seconds; `why` says in a word what stands against it, where the server does. */
export class ChatFailure extends Error {
  /**
   * @param {string} code one of docs/protocol.md, or offline, lost, timeout, outbox_full
   * @param {string} message what the server said, in its language
   * @param {{field?: string|null, why?: string|null, retryAfter?: number|null}} [more]
   */
  constructor(code, message, { field = null, why = null, retryAfter = null } = {}) {
    super(message);
    this.name = "ChatFailure";
    this.code = code;
    this.field = field;
    this.why = why;
    this.retryAfter = retryAfter;
  }

  /** The failure in an error frame. */
  static from(frame) {
    const error = frame.error ?? {};
    return new ChatFailure(error.code ?? "invalid", error.message ?? "", {
      field: error.field ?? null,
      why: error.why ?? null,
      retryAfter: error.retry_after ?? null,
    });
  }
}

const AGAIN = new Set(["unavailable", "rate_limited", "offline", "lost", "timeout"]);
const LATER = new Set(["unauthenticated", "wrong_version"]);

/**
 * What to do with a command that met this failure: `again` by itself (after `retryAfter` or a growing delay), `later` (on
 * another connection: after signing in, after a reload), `never` as it is.
 * @param {string} code
 * @returns {"again"|"later"|"never"}
 */
export function sameAgain(code) {
  if (AGAIN.has(code)) return "again";
  return LATER.has(code) ? "later" : "never";
}
