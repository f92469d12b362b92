/** What names and bodies are, counted and shown. */

/** The length as the server counts it: code points, not UTF-16 units. */
export function countCharacters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The text without halves of surrogate pairs: they can't be written as UTF-8 and the server refuses the frame. */
export function wellFormed(text) {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

/** Whether a reader would see anything of it. The server decides; this saves a round trip. */
export function isVisible(text) {
  return /[^\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\ufff0-\ufff8\u{e0000}-\u{e0fff}\u115f\u1160\u3164\uffa0\u2800\u034f]/u.test(text);
}

/** One or two letters that stand for a name. */
export function initials(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return chosen.map((word) => firstGrapheme(word).toLocaleUpperCase()).join("");
}

/** A hue from 0 to 359 that stays with a person; neighbouring ids get hues far from each other. */
export function personHue(id) {
  return Math.round((id * 137.508) % 360) % 360;
}

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

function firstGrapheme(word) {
  if (!segmenter) return [...word][0] ?? "";
  for (const { segment } of segmenter.segment(word)) return segment;
  return "";
}
