/** What formatted text says without its marks, for where there is one line of it; and what is nothing but emoji. */

const HIDDEN = "▒▒▒";
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\u00a0", "&amp;": "&" };

/** The words of a message's HTML (docs/protocol.md): a line for each block, and what is hidden stays so. @param {string} html */
export function plainOf(html) {
  return withoutSpoilers(html)
    .replace(/<br>|<(?:[uo]l|blockquote|pre|table)[^>]*>|<\/(?:p|li|pre|tr)>/g, "\n")
    .replace(/<\/t[hd]>/g, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:lt|gt|quot|nbsp|amp);/g, (entity) => ENTITIES[entity])
    .replace(/\s*\n\s*/g, "\n")
    .trim();
}

const ACTION = /^\/me[ \t]+(?=\S)/;

/**
 * What its author does, of a message that says so (`/me waves`): shown behind their name, as *Ada waves*. Null of any other.
 * @param {{body: string, html?: string}} message @returns {{body: string, html?: string}|null}
 */
export function actionIn({ body, html }) {
  if (!ACTION.test(body)) return null;
  return { body: body.replace(ACTION, ""), html: html?.replace(/^(<p[^>]*>)\/me\s+/, "$1") };
}

/** A message as it reads in one line. @param {{body: string, html?: string}} message */
export function saidIn(message) {
  const { body, html } = actionIn(message) ?? message;
  return html ? plainOf(html) : body;
}

/** Spans stand in spans, so their ends are counted. */
function withoutSpoilers(html) {
  if (!html.includes('class="spoiler"')) return html;
  let out = "";
  let depth = 0;
  let from = 0;
  for (const { 0: tag, index } of html.matchAll(/<span class="([a-z]+)">|<\/span>/g)) {
    if (depth === 0) out += html.slice(from, index);
    from = index + tag.length;
    if (depth > 0) depth += tag === "</span>" ? -1 : 1;
    else if (tag === '<span class="spoiler">') {
      out += HIDDEN;
      depth = 1;
    }
  }
  return out + (depth === 0 ? html.slice(from) : "");
}

const EMOJI = "(?:\\p{RI}{2}|[0-9#*]\\ufe0f\\u20e3|(?!\\p{RI})(?:\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\ufe0f|\\p{Emoji_Modifier_Base}(?=\\p{Emoji_Modifier}))\\p{Emoji_Modifier}?\\ufe0f?[\\u{e0020}-\\u{e007f}]*)";
const FEW_EMOJI = new RegExp(`^\\s*(?:${EMOJI}(?:\\u200d(?:${EMOJI}|\\p{Extended_Pictographic}))*\\s*){1,3}$`, "u");
const LONGEST = 80; // three families have fewer units

/** Whether a text is one, two or three emoji, and nothing else. @param {string} text */
export function isFewEmoji(text) {
  return text.length <= LONGEST && FEW_EMOJI.test(text);
}
