/** What is meant by a text that begins with a stroke. */

const COMMAND = /^\/([\p{L}\p{N}_-]+)(?:\s+([^]*))?$/u;

/**
 * A command, `/name text`; or the message that it is: `//name` is one that begins with one stroke, and so is `/me waves`, which pages show
 * as *Ada waves*. Where it could be taken for that, both strokes stay.
 * @param {string} text @returns {{name: string, text: string}|{body: string}}
 */
export function meantBy(text) {
  const found = COMMAND.exec(text);
  const rest = found?.[2]?.trim() ?? "";
  if (found && !(found[1] === "me" && rest)) return { name: found[1].toLowerCase(), text: rest };
  return { body: /^\/\/(?!me\s)[\p{L}\p{N}]/u.test(text) ? text.slice(1) : text };
}
