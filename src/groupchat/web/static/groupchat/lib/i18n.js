/**
 * Texts of the page as gettext has them: the English text is the key, and a catalogue says it in the language of the page.
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
  return fill(texts[text] ?? text, values);
}

/** One of two texts, by the count, which is also the value of `{count}`. @param {string} one @param {string} many @param {number} count @param {Values} [values] */
export function ngettext(one, many, count, values = {}) {
  return fill(pick(one, one, many, count), { ...values, count });
}

/** A text that would mean something else elsewhere. @param {string} context @param {string} text @param {Values} [values] */
export function pgettext(context, text, values = {}) {
  return fill(texts[context + CONTEXT + text] ?? text, values);
}

/** @param {string} context @param {string} one @param {string} many @param {number} count @param {Values} [values] */
export function npgettext(context, one, many, count, values = {}) {
  return fill(pick(context + CONTEXT + one, one, many, count), { ...values, count });
}

function pick(key, one, many, count) {
  const forms = texts[key];
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
