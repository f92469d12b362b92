import { asCode, continued, isLinkFor, linked, marked } from "/static/groupchat/lib/marking.js";
import { equal } from "./check.js";

/** The text with its selection in « », as it is after an edit of one so written. */
function after(written, edit) {
  const from = written.indexOf("«");
  const to = written.indexOf("»") - 1;
  const text = written.replace(/[«»]/g, "");
  const done = edit(text, from, to);
  if (!done) return null;
  const whole = text.slice(0, done.from) + done.insert + text.slice(done.to);
  return `${whole.slice(0, done.select[0])}«${whole.slice(...done.select)}»${whole.slice(done.select[1])}`;
}

const bold = (...where) => marked(...where, "**");
const italic = (...where) => marked(...where, "*");

export function a_mark_is_put_around_and_taken_away() {
  equal(after("a «b» c", bold), "a **«b»** c");
  equal(after("a **«b»** c", bold), "a «b» c");
  equal(after("a «**b**» c", bold), "a «b» c");
  equal(after("a« b »c", bold), "a **«b»** c");
  equal(after("a «»", bold), "a **«»**");
  equal(after("a **«»**", bold), "a «»");
}

export function one_star_is_not_half_of_two() {
  equal(after("**«b»**", italic), "***«b»***");
  equal(after("***«b»***", italic), "**«b»**");
  equal(after("*«b»*", italic), "«b»");
}

export function code_of_a_line_and_of_lines() {
  equal(after("a «b»", asCode), "a `«b»`");
  equal(after("«a\nb»", asCode), "```\n«a\nb»\n```");
  equal(after("x «a\nb» y", asCode), "x \n```\n«a\nb»\n```\n y");
}

export function links() {
  equal(after("a «b»", linked), "a [b](«https://»)");
  equal(after("a «b»", (...where) => linked(...where, "https://x.example/")), "a [b](https://x.example/)«»");
  equal(isLinkFor("https://x.example/", "words"), true);
  for (const [pasted, selected] of [["x", "words"], ["https://x.example/ y", "words"], ["https://x.example/", ""], ["https://x.example/", "https://y.example/"]])
    equal(isLinkFor(pasted, selected), false, pasted);
}

export function a_list_goes_on_and_ends() {
  equal(after("- a«»", continued), "- a\n- «»");
  equal(after("  3) a«»", continued), "  3) a\n  4) «»");
  equal(after("> a«»b", continued), "> a\n> «»b");
  equal(after("- a\n- «»", continued), "- a\n«»");
  equal(after("a«»", continued), null);
  equal(after("```\n- a«»", continued), null);
}
