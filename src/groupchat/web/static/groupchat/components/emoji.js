/** What this page knows of emoji: their list, fetched when somebody first wants it, and which ones this device used last. */

import { usedNow } from "../lib/emoji.js";
import { signal } from "../vendor/signals-core.js";
import { chat } from "./chat.js";
import { keep, kept } from "./device.js";

const MOST_RECENT = 24;
const RECENT = "groupchat-recent-emoji";
const TONE = "groupchat-skin-tone";

/** @type {{value: import("../lib/emoji.js").EmojiList|null, peek: () => import("../lib/emoji.js").EmojiList|null}} */
export const emojiList = signal(null);

/** Those used here, the last one first. */
export const recentEmoji = signal(/** @type {string[]} */ (known(RECENT, [])));

/** The skin tone that one likes: 1 (light) to 5 (dark), 0: none. */
export const skinTone = signal(/** @type {number} */ (known(TONE, 0)));

let fetching = null;

/** Resolves when the list is here; rejects where it can't be had, and then the next one asks again. */
export function loadEmoji() {
  fetching ??= fetchList().catch((error) => {
    fetching = null;
    throw error;
  });
  return fetching;
}

async function fetchList() {
  const response = await fetch(chat.page.emoji);
  if (!response.ok) throw new Error(`The list of emoji could not be read: ${response.status}.`);
  emojiList.value = await response.json();
}

export function useEmoji(emoji) {
  recentEmoji.value = usedNow(recentEmoji.peek(), emoji, MOST_RECENT);
  keep(RECENT, JSON.stringify(recentEmoji.peek()));
}

export function chooseTone(tone) {
  skinTone.value = tone;
  keep(TONE, JSON.stringify(tone));
}

/** Whoever sits here next need not know. */
export function forgetEmoji() {
  for (const name of [RECENT, TONE]) keep(name, null);
}

function known(name, otherwise) {
  try {
    const value = JSON.parse(kept(name) ?? "null");
    return typeof value === typeof otherwise && Array.isArray(value) === Array.isArray(otherwise) && value !== null ? value : otherwise;
  } catch {
    return otherwise;
  }
}
