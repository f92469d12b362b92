/**
 * Boils the emoji of `emojibase-data` down to what the chat needs: a list for the picker in each language, and all that the server takes.
 *
 * The list of a language is `{groups: [[name, [[emoji, label, words, skins?], …]], …]}`: `words` is what else it is found by (tags, and the short
 * codes of English), `skins` are the five skin tones from light to dark, where it has them. `all.txt` has an emoji a line, with every mix of tones.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const LANGUAGES = ["en", "de"];
const SHORT_CODES = ["emojibase", "github"]; // of English; no language has better known ones
const COMPONENTS = 2; // skin tones and hair by themselves
const TONES = [1, 2, 3, 4, 5];

/** The files by name, from the folder of the package. */
export function emojiFiles(home) {
  const read = (path) => JSON.parse(readFileSync(join(home, path), "utf8"));
  const codes = SHORT_CODES.map((name) => read(`en/shortcodes/${name}.json`));
  const files = new Map();
  for (const language of LANGUAGES) {
    const list = picker(chosen(read(`${language}/data.json`)), read(`${language}/messages.json`).groups, codes);
    files.set(`${language}.json`, Buffer.from(`${JSON.stringify(list)}\n`));
  }
  const all = chosen(read("en/data.json")).flatMap((one) => [one.emoji, ...(one.skins ?? []).map((skin) => skin.emoji)]);
  return files.set("all.txt", Buffer.from(`${all.join("\n")}\n`));
}

/** Those that stand in a group, in the order in which people know them. */
function chosen(data) {
  const found = data.filter((one) => one.group !== undefined && one.group !== COMPONENTS).sort((one, other) => one.order - other.order);
  return found.map((one) => ({ ...one, emoji: qualified(one.emoji), skins: one.skins?.map((skin) => ({ ...skin, emoji: qualified(skin.emoji) })) }));
}

/** As keyboards write it, "fully qualified": with a variation selector only where the character would else be drawn as text. */
function qualified(emoji) {
  return emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");
}

function picker(data, groups, codes) {
  const named = groups.filter((group) => group.order !== COMPONENTS).sort((one, other) => one.order - other.order);
  return { groups: named.map(({ order, message }) => [upper(message), data.filter((one) => one.group === order).map((one) => entry(one, codes))]) };
}

function entry({ emoji, label, tags = [], hexcode, skins = [] }, codes) {
  const words = new Set([...tags, ...codes.flatMap((of) => of[hexcode] ?? [])].map((word) => word.toLowerCase().replaceAll("_", " ")));
  words.delete(label.toLowerCase());
  const tones = TONES.map((tone) => skins.find((skin) => skin.tone === tone || (Array.isArray(skin.tone) && skin.tone.every((one) => one === tone)))?.emoji);
  return [emoji, label, [...words].join(" "), ...(tones.every(Boolean) ? [tones] : [])];
}

const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
