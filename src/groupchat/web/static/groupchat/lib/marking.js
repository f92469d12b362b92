/**
 * What the keys and buttons for marks do to a text in a field: pure, in terms of the range that is replaced.
 *
 * @typedef {{from: number, to: number, insert: string, select: [number, number]}} Edit the range, what comes instead, what is selected then
 */

const ITEM = /^([ \t]*)([-*+]|(\d{1,9})([.)])|>)([ \t]+)/;
const URL_ALONE = /^(?:https?:\/\/|mailto:)\S+$/i;

/**
 * With the mark around what is selected, or without, where it is there already.
 * @param {string} text @param {number} from @param {number} to @param {string} mark @returns {Edit}
 */
export function marked(text, from, to, mark) {
  const size = mark.length;
  // Spaces at the ends stay outside: a mark before one opens nothing.
  while (from < to && /\s/.test(text[from])) from += 1;
  while (to > from && /\s/.test(text[to - 1])) to -= 1;
  const chosen = text.slice(from, to);
  if (isMarked(text, from - size, to, mark)) return { from: from - size, to: to + size, insert: chosen, select: [from - size, to - size] };
  if (chosen.length >= 2 * size && isMarked(text, from, to - size, mark)) {
    const insert = chosen.slice(size, -size);
    return { from, to, insert, select: [from, from + insert.length] };
  }
  return { from, to, insert: mark + chosen + mark, select: [from + size, to + size] };
}

/** Whether this very mark begins at `before` and again at `behind`: `*` is none that is half of `**`. */
function isMarked(text, before, behind, mark) {
  if (before < 0 || text.slice(before, before + mark.length) !== mark || text.slice(behind, behind + mark.length) !== mark) return false;
  return mark.length > 1 || (text[before - 1] !== mark && text[behind + 1] !== mark) || (text.slice(before - 2, before) === mark + mark && text.slice(behind + 1, behind + 3) === mark + mark);
}

/** Three backticks around lines, one pair within a line. @param {string} text @param {number} from @param {number} to @returns {Edit} */
export function asCode(text, from, to) {
  if (!text.slice(from, to).includes("\n")) return marked(text, from, to, "`");
  const before = from > 0 && text[from - 1] !== "\n" ? "\n```\n" : "```\n";
  const after = text[to] !== undefined && text[to] !== "\n" ? "\n```\n" : "\n```";
  return { from, to, insert: before + text.slice(from, to) + after, select: [from + before.length, to + before.length] };
}

/** What is selected as the words of a link; where it leads is selected to be typed, unless it is known. @param {string} text @param {number} from @param {number} to @param {string} [url] @returns {Edit} */
export function linked(text, from, to, url = "") {
  const words = text.slice(from, to);
  const insert = `[${words}](${url || "https://"})`;
  const start = from + words.length + 3;
  const end = from + insert.length;
  return { from, to, insert, select: url ? [end, end] : [start, end - 1] };
}

/** Whether what is pasted over a selection becomes its link. @param {string} pasted @param {string} selected */
export function isLinkFor(pasted, selected) {
  return URL_ALONE.test(pasted) && selected.trim() !== "" && !selected.includes("\n") && !URL_ALONE.test(selected.trim());
}

/** A new line in a list or a quote goes on with it; in an empty item it ends it. Null: it is an ordinary one. @param {string} text @param {number} from @param {number} to @returns {Edit|null} */
export function continued(text, from, to) {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const item = ITEM.exec(text.slice(start, from));
  if (!item || (text.slice(0, start).match(/^```/gm)?.length ?? 0) % 2) return null;
  const [all, indent, bullet, number, end, space] = item;
  if (start + all.length === from && (text[to] === undefined || text[to] === "\n")) return { from: start, to, insert: "", select: [start, start] };
  const insert = `\n${indent}${number ? `${Number(number) + 1}${end}` : bullet}${space}`;
  return { from, to, insert, select: [from + insert.length, from + insert.length] };
}
