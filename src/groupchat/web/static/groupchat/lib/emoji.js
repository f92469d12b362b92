/** The list of emoji that the page shows: found by words, and with the skin tone that one likes. */

/**
 * @typedef {[emoji: string, label: string, words: string, tones?: string[]]} Emoji `tones`: from light to dark, where it has them
 * @typedef {{groups: [name: string, list: Emoji[]][]}} EmojiList
 */

/** Those which are most used, for whoever has used none yet. */
export const QUICK = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

const MOST_FOUND = 60;

/** With the skin tone, from 1 (light) to 5 (dark), or 0 (none). @param {Emoji} entry @param {number} tone */
export function toned(entry, tone) {
  return entry[3]?.[tone - 1] ?? entry[0];
}

/**
 * Those in whose label or words each of the words begins; the better ones first: in the label, and there at its beginning.
 * @param {EmojiList} list @param {string} text @returns {Emoji[]}
 */
export function findEmoji(list, text) {
  const wanted = folded(text).split(/[\s_:]+/u).filter(Boolean);
  if (wanted.length === 0) return [];
  const found = [];
  for (const [, entries] of list.groups) {
    for (const entry of entries) {
      const score = entry[0] === text.trim() ? 5 : scoreOf(entry, wanted);
      if (score > 0) found.push({ entry, score });
    }
  }
  return found
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST_FOUND)
    .map(({ entry }) => entry);
}

/** What an emoji is called, with or without a skin tone; undefined where the list has none such. @param {EmojiList} list @param {string} emoji */
export function labelOf(list, emoji) {
  for (const [, entries] of list.groups) {
    for (const [plain, label, , tones] of entries) if (plain === emoji || tones?.includes(emoji)) return label;
  }
  return undefined;
}

/** The emoji used last stands first, each once. @param {ReadonlyArray<string>} recent @param {string} emoji @param {number} most @returns {string[]} */
export function usedNow(recent, emoji, most) {
  return [emoji, ...recent.filter((one) => one !== emoji)].slice(0, most);
}

/** The quick ones: those used last, filled up with the most used. @param {ReadonlyArray<string>} recent @returns {string[]} */
export function quickOnes(recent) {
  return [...new Set([...recent, ...QUICK])].slice(0, QUICK.length);
}

function scoreOf(entry, wanted) {
  const called = folded(entry[1]);
  const all = `${called} ${folded(entry[2])}`.split(/[\s-]+/u);
  if (!wanted.every((word) => all.some((one) => one.startsWith(word)))) return 0;
  if (called === wanted.join(" ")) return 4;
  if (called.startsWith(wanted[0])) return 3;
  return called.split(/[\s-]+/u).some((word) => word.startsWith(wanted[0])) ? 2 : 1;
}

/** Without case and without accents. */
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
