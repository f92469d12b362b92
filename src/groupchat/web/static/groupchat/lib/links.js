/** Where a text names an address of the web or of mail. */

const WORD = "\\p{L}\\p{M}\\p{N}";
const REST = "[^\\s<>\"'`\\\\^{}|]";

/**
 * What may be one: with its scheme, then of mail, then one of the web that goes without a scheme. Each begins where no word is under way,
 * so that a long word is looked at once.
 */
const CANDIDATE = new RegExp(
  [
    `(?<web>https?://${REST}+)`,
    `(?<![${WORD}._+/@-])(?<local>[${WORD}._+-]+)@(?<domain>[${WORD}.-]+)(?![${WORD}.@_-]|[:/]\\S)`,
    `(?<![${WORD}._+/@:-])(?<bare>www\\.[${WORD}-]+\\.${REST}+)`,
  ].join("|"),
  "giu",
);

/** The text in pieces: `{text}`, or `{text, href}` for an address. Joined they are the text again. @param {string} text */
export function partsOf(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const { local, domain, bare } = match.groups;
    const found = domain ? mailIn(local, domain) : webIn(match[0], bare ? "https://" : "");
    if (!found) continue;
    const start = match.index + found.skipped;
    if (start > from) parts.push({ text: text.slice(from, start) });
    parts.push({ text: found.text, href: found.href });
    from = start + found.text.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

function webIn(candidate, scheme) {
  const text = withoutTail(candidate);
  try {
    const url = new URL(scheme + text);
    const isWeb = url.protocol === "https:" || url.protocol === "http:";
    // Without a scheme it must look like a site: a user's name in front of one, say, leads elsewhere than it seems.
    const isPlain = !scheme || (!url.username && !url.password && isDomain(url.hostname) && url.hostname.split(".").length > 2);
    return isWeb && url.hostname && isPlain ? { text, href: url.href, skipped: 0 } : null;
  } catch {
    return null;
  }
}

function mailIn(local, domain) {
  const name = local.replace(/^[._+-]+/u, "");
  const place = domain.replace(/[.-]+$/u, "");
  if (!name || name.length > 64 || name.endsWith(".") || name.includes("..") || !isDomain(place)) return null;
  try {
    const href = `mailto:${encodeURIComponent(name)}@${new URL(`https://${place}`).hostname}`;
    return { text: `${name}@${place}`, href, skipped: local.length - name.length };
  } catch {
    return null;
  }
}

/** Labels with a dot between them, and behind the last dot no number: an address of the net is none of a mailbox. @param {string} name */
function isDomain(name) {
  const labels = name.split(".");
  const last = labels[labels.length - 1];
  return (
    labels.length > 1 && name.length <= 253 && last.length > 1 && /\p{L}/u.test(last) && labels.every((label) => label && label.length <= 63 && !/^-|-$/u.test(label))
  );
}

/** What ends a sentence does not belong to the address in it; a closing bracket does if it was opened inside. */
function withoutTail(address) {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1];
    if (".,;:!?*_~…»”’“‘".includes(last)) end -= 1;
    else if (last === ")" && count(address, ")", end) > count(address, "(", end)) end -= 1;
    else if (last === "]" && count(address, "]", end) > count(address, "[", end)) end -= 1;
    else break;
  }
  return address.slice(0, end);
}

function count(text, character, end) {
  let found = 0;
  for (let i = 0; i < end; i += 1) if (text[i] === character) found += 1;
  return found;
}
