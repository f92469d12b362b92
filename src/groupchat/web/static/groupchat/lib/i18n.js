/** Texts of the page from catalogues, with plurals by Intl. */

import { isolate } from "./text.js";

/**
 * @typedef {string|Object<string, string>} Entry a text with `{names}`, or one for each plural category of `count`
 * @typedef {Object<string, Entry>} Catalogue
 */

/**
 * A function that gives the text of a key. Values stand in for `{name}`, isolated; numbers are written as the locale writes them. A key that the
 * locale lacks is taken from the fallback, one that this lacks too is shown itself: an untranslated page is better than none.
 * @param {{locale: string, catalogues: Object<string, Catalogue>, fallback?: string}} options
 * @returns {((key: string, values?: Object<string, any>) => string) & {locale: string}}
 */
export function createTranslator({ locale, catalogues, fallback = "en" }) {
  const chain = [locale, fallback].filter((name) => catalogues[name]);
  const numbers = new Map(chain.map((name) => [name, new Intl.NumberFormat(name)]));
  const plurals = new Map(chain.map((name) => [name, new Intl.PluralRules(name)]));

  function translate(key, values = {}) {
    for (const name of chain) {
      const entry = catalogues[name][key];
      if (entry === undefined) continue;
      return fill(pick(entry, values.count, plurals.get(name)), values, numbers.get(name));
    }
    return key;
  }

  return Object.assign(translate, { locale: chain[0] ?? locale });
}

/**
 * The best of the available locales for a reader who wants these, in this order: exact, else the same language, else the first one.
 * @param {ReadonlyArray<string>} wanted
 * @param {ReadonlyArray<string>} available
 */
export function chooseLocale(wanted, available) {
  for (const tag of wanted) {
    const exact = available.find((name) => name.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    const language = tag.toLowerCase().split("-")[0];
    const same = available.find((name) => name.toLowerCase().split("-")[0] === language);
    if (same) return same;
  }
  return available[0];
}

function pick(entry, count, rules) {
  if (typeof entry === "string") return entry;
  return entry[`=${count}`] ?? entry[rules.select(count ?? 0)] ?? entry.other;
}

function fill(text, values, numbers) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!(name in values)) return whole;
    const value = values[name];
    return typeof value === "number" ? numbers.format(value) : isolate(value);
  });
}
