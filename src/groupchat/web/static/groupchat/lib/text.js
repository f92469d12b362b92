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
  // The combining grapheme joiner is one of them, which no letter stands before here.
  // eslint-disable-next-line no-misleading-character-class
  return /[^\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u2065\ufff0-\ufff8\u{e0000}-\u{e0fff}\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u034f]/u.test(text);
}

/**
 * A value for a text that is not made of elements (a title, a label, a toast): whatever it holds, it turns nothing around that stands
 * beside it. What could end its isolation early goes.
 */
export function isolate(value) {
  return `\u2068${String(value).replace(/[\u202a-\u202e\u2066-\u2069]/g, "").replace(/[\p{Cc}\u2028\u2029]+/gu, " ")}\u2069`;
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

/** Made when a name needs it: it takes longer than all else that happens while the modules load. */
let segmenter;

function firstGrapheme(word) {
  if (/^[a-z]([a-z]|$)/i.test(word)) return word[0];
  if (typeof Intl.Segmenter !== "function") return [...word][0] ?? "";
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(word)) return segment;
  return "";
}
