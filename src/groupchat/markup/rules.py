"""Rules of our own for the parser: what people mean by marks in a chat, where CommonMark means something else."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.blockquote import blockquote
from markdown_it.rules_inline import StateInline, backtick, emphasis, newline, strikethrough
from markdown_it.rules_inline.state_inline import Delimiter

from groupchat.markup.links import WEB, host_of, web_address

_STOP = re.compile(r"[\n\\`*_~|\[]|https?://|www\.", re.IGNORECASE)
_LINK = re.compile(
    r"\[(?P<label>(?:[^\[\]\\\n]|\\.|\[[^\[\]\n]{0,200}\]){1,500})\]"
    r"\([ \t]*(?:<(?P<wrapped>[^<>\s]{1,2000})>|(?P<bare>(?:[^\s()<>\\]|\\[()]|\([^\s()<>]{0,500}\)){1,2000}))"
    r"(?:[ \t]+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?[ \t]*\)"
)
_LINKED = re.compile(r"https?://\S|mailto:[^\s@]+@\S", re.IGNORECASE)
_ADDRESS_IN_LABEL = re.compile(r"\s*(?:https?:/*)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?=[/:?#\s]|\Z)", re.IGNORECASE)
_NEEDS_BACKSLASH = "\\`*_~|[]()<>"
_NEEDS_BACKSLASH_FIRST = ">-+"
_SPOILER = ord("|")
_FIRST_IDEOGRAPH = "\u2e80"  # from here on people write without spaces


def mark(state: StateInline, silent: bool) -> bool:
    """The rule for the character that stands here. One look instead of one call for each rule that there is."""
    return _BY_CHARACTER.get(state.src[state.pos], text)(state, silent)


def text(state: StateInline, silent: bool) -> bool:
    """All up to the next mark, and an address of the web as a whole: what looks like marks in it is none."""
    stop = _STOP.search(state.src, state.pos, state.posMax)
    end = stop.start() if stop else state.posMax
    if end > state.pos:
        state.append_pending(state.src[state.pos : end])
        state.pos = end
        return True
    return _address(state)


def _address(state: StateInline) -> bool:
    if state.linkLevel:
        return False
    match = WEB.match(state.src, state.pos, state.posMax)
    found = web_address(match[0]) if match else None
    if found is None:
        return False
    token = state.push("address", "a", 0)
    token.content = found.text
    token.meta = {"href": found.href}
    state.pos += len(found.text)
    return True


def escape(state: StateInline, silent: bool) -> bool:
    """A backslash before a mark takes its meaning away; before anything else it stays: C:\\Users, ¯\\_(ツ)_/¯."""
    source, at = state.src, state.pos
    if at + 1 >= state.posMax:
        return False
    escaped = source[at + 1]
    if escaped == "\\" and source[at + 2 : at + 3] not in tuple(_NEEDS_BACKSLASH):
        return False  # \\server\share
    first = not source[source.rfind("\n", 0, at) + 1 : at].strip("0123456789 \t")
    numbered = first and source[at - 1 : at].isdigit()
    marks = ".)" if numbered else _NEEDS_BACKSLASH + (_NEEDS_BACKSLASH_FIRST if first else "")
    if escaped not in marks:
        return False
    token = state.push("text_special", "", 0)
    token.content = source[at : at + 2] if source[at - 1 : at] == "¯" else escaped
    token.markup, token.info = source[at : at + 2], "escape"
    state.pos += 2
    return True


def link(state: StateInline, silent: bool) -> bool:
    """`[words](https://…)`; what would lead elsewhere than its words say stays as written."""
    if state.linkLevel:
        return False
    match = _LINK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    href = match["wrapped"] or re.sub(r"\\([()])", r"\1", match["bare"])
    if not _LINKED.match(href) or not _is_honest(match["label"], href):
        return False
    opening = state.push("link_open", "a", 1)
    opening.meta = {"href": href}
    end = state.posMax
    state.pos, state.posMax = match.start("label"), match.end("label")
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("link_close", "a", -1)
    state.pos, state.posMax = match.end(), end
    return True


def _is_honest(label: str, href: str) -> bool:
    named = _ADDRESS_IN_LABEL.match(label)
    if named is None:
        return bool(label.strip())
    host = host_of(href)
    return not host or host.removeprefix("www.") == named["host"].lower().removeprefix("www.")


def spoiler(state: StateInline, silent: bool) -> bool:
    """`||hidden||`: marks that open and close like those of what is struck through."""
    if not state.src.startswith("||", state.pos):
        return False
    scanned = state.scanDelims(state.pos, True)
    if scanned.length % 2:
        token = state.push("text", "", 0)
        token.content = "|"
    for _ in range(scanned.length // 2):
        token = state.push("text", "", 0)
        token.content = "||"
        place = len(state.tokens) - 1
        state.delimiters.append(
            Delimiter(marker=_SPOILER, length=0, token=place, end=-1, open=scanned.can_open, close=scanned.can_close)
        )
    state.pos += scanned.length
    return True


def star(state: StateInline, silent: bool) -> bool:
    """One alone within a word is none: 2*3*4, Schüler*innen."""
    around = state.src[max(state.pos - 1, 0) : state.pos + 2]
    if len(around) == 3 and (around[0] + around[2]).isalnum() and max(around) < _FIRST_IDEOGRAPH:
        state.append_pending("*")
        state.pos += 1
        return True
    return emphasis.tokenize(state, silent)


def close_spoilers(state: StateInline) -> None:
    """What the pairs that were found become."""
    for delimiters in [state.delimiters, *(meta["delimiters"] for meta in state.tokens_meta if meta)]:
        for start in delimiters:
            if start.marker == _SPOILER and start.end != -1:
                for delimiter, kind, nesting in (
                    (start, "spoiler_open", 1),
                    (delimiters[start.end], "spoiler_close", -1),
                ):
                    token = state.tokens[delimiter.token]
                    token.type, token.tag, token.content = kind, "span", ""
                    token.nesting = nesting


def quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`> ` quotes; `>_<` and `>:(` do not."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at : at + 1] != ">" or (at + 1 < state.eMarks[start] and state.src[at + 1] not in " \t>"):
        return False
    return blockquote(state, start, end, silent)


def end_of_quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line without `>` is no part of the quote before it: people answer below what they quote."""
    return silent and state.parentType == "blockquote"


def paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines up to an empty one, to what begins a block of its own, or to one that is not as far in (a list ends)."""
    terminators = state.md.block.ruler.getRules("paragraph")
    before, state.parentType = state.parentType, "paragraph"
    line = start + 1
    while line < state.lineMax and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if any(rule(state, line, state.lineMax, True) for rule in terminators):
            break
        line += 1
    state.line = line
    state.push("paragraph_open", "p", 1).map = [start, line]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = (
        state.getLines(start, line, state.blkIndent, False).strip(),
        [start, line],
        [],
    )
    state.push("paragraph_close", "p", -1)
    state.parentType = before
    return True


_BY_CHARACTER = {
    "\n": newline,
    "\\": escape,
    "`": backtick,
    "*": star,
    "_": emphasis.tokenize,
    "~": strikethrough.tokenize,
    "|": spoiler,
    "[": link,
}
