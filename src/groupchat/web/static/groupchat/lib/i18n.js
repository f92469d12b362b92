/**
 * Texts of the page as gettext has them: the English text is the key, and a catalogue says it in the language of the page. In a catalogue a
 * key is only a few letters, made of the text: whole, the English texts would be most of what a page loads to be in another language.
 *
 * `make messages` finds the texts by the names of these functions, so each call begins with the text itself, in double quotes.
 */

import { isolate } from "./text.js";

/**
 * @typedef {Object<string, any>} Values what stands in for `{name}`: numbers as the language writes them, texts isolated
 * @typedef {string|Object<string, string>} Entry a text, or one for each plural category of its count
 * @typedef {{language: string, texts: Object<string, Entry>}} Catalogue `tools/messages.py` builds it from a .po file
 */

/** Between a context and its text in a key, as in gettext's own files. */
const CONTEXT = "\u0004";

let language = "en";
let texts = {};
/** By text: made once for each. @type {Map<string, string>} */
const keys = new Map();
// Made when they are needed first.
let plurals = null;
let numbers = null;

/** Take the texts from this catalogue; what it lacks is English. To be called before anything is drawn. @param {Catalogue} catalogue */
export function speak(catalogue) {
  ({ language, texts } = catalogue);
  plurals = numbers = null;
}

/** Take more texts, before what they are for is drawn; none where the page is in another language. @param {Catalogue} catalogue */
export function learn(catalogue) {
  if (catalogue.language === language) texts = { ...texts, ...catalogue.texts };
}

/** @param {string} text @param {Values} [values] */
export function gettext(text, values = {}) {
  return fill(said(text) ?? text, values);
}

/** One of two texts, by the count, which is also the value of `{count}`. @param {string} one @param {string} many @param {number} count @param {Values} [values] */
export function ngettext(one, many, count, values = {}) {
  return fill(pick(one, one, many, count), { ...values, count });
}

/** A text that would mean something else elsewhere. @param {string} context @param {string} text @param {Values} [values] */
export function pgettext(context, text, values = {}) {
  return fill(said(context + CONTEXT + text) ?? text, values);
}

/** @param {string} context @param {string} one @param {string} many @param {number} count @param {Values} [values] */
export function npgettext(context, one, many, count, values = {}) {
  return fill(pick(context + CONTEXT + one, one, many, count), { ...values, count });
}

/** Of a text, behind its context and U+0004 where it has one: FNV-1a over its UTF-16, in five signs at most, as `tools/messages.py` makes it. @param {string} text */
export function keyOf(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash >>> 0) % 36 ** 5).toString(36);
}

/** @returns {any} what the catalogue has for it */
function said(text) {
  if (language === "en") return undefined;
  const key = keys.get(text) ?? keyOf(text);
  keys.set(text, key);
  return texts[key];
}

function pick(key, one, many, count) {
  const forms = said(key);
  if (!forms) return count === 1 ? one : many;
  plurals ??= new Intl.PluralRules(language);
  // A browser may know a category that the catalogue has no form for: all languages have `other`.
  return forms[plurals.select(count)] ?? forms.other;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!(name in values)) return whole;
    const value = values[name];
    return typeof value === "number" ? (numbers ??= new Intl.NumberFormat(language)).format(value) : isolate(value);
  });
}
