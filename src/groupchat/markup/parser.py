"""The parser: which of Markdown's marks a message knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from groupchat.markup import rules

_DEEPEST = 20  # whatever an operator sets: the parser calls itself for each

_PLAIN_BLOCKS = frozenset(["paragraph_open", "paragraph_close", "inline"])
_CONTAINERS = frozenset(
    f"{name}_{end}" for name in ("blockquote", "bullet_list", "ordered_list") for end in ("open", "close")
)
_PLAIN = frozenset(["text", "softbreak", "hardbreak", "address"])
_ESCAPE = re.compile(r"(?<!¯)\\([\\`*_~|\[\]()<>+.-])")


def _made() -> MarkdownIt:
    made = MarkdownIt("zero", {"maxNesting": 2 * _DEEPEST + 2})
    made.core.ruler.enableOnly(["normalize", "block", "inline"])
    made.block.ruler.enableOnly(["blockquote", "fence", "list", "table", "paragraph"])
    made.block.ruler.at("blockquote", rules.quote, {"alt": ["paragraph", "list"]})
    made.block.ruler.before("paragraph", "end_of_quote", rules.end_of_quote, {"alt": ["blockquote"]})
    made.block.ruler.at("paragraph", rules.paragraph)
    made.inline.ruler.at("text", rules.mark)
    made.inline.ruler2.enableOnly(["balance_pairs", "strikethrough", "emphasis", "fragments_join"])
    made.inline.ruler2.before("fragments_join", "close_spoilers", rules.close_spoilers)
    return made


_PARSER = _made()


def parse(body: str, deepest: int) -> Sequence[Token] | None:
    """The tokens of a text; None where there is nothing to format in it, or it is nested deeper than `deepest` (0: as
    deep as the parser goes).
    """
    tokens = _PARSER.parse(body)
    if _is_too_deep(tokens, deepest) or (_is_plain(tokens) and not _needs_escapes(tokens, body)):
        return None
    return tokens


def _is_too_deep(tokens: Sequence[Token], deepest: int) -> bool:
    most, depth = min(deepest or _DEEPEST, _DEEPEST), 0
    for token in tokens:
        if token.type in _CONTAINERS:
            depth += token.nesting
        if depth > most or any(child.level > most for child in token.children or ()):
            return True
    return False


def _is_plain(tokens: Sequence[Token]) -> bool:
    return all(token.type in _PLAIN_BLOCKS for token in tokens) and all(
        child.type in _PLAIN or child.type == "text_special" for token in tokens for child in token.children or ()
    )


def _needs_escapes(tokens: Sequence[Token], body: str) -> bool:
    """Whether something would be formatted if its backslashes were none; where not, they are part of the text."""
    escaped = any(
        child.type == "text_special" and child.content != child.markup
        for token in tokens
        for child in token.children or ()
    )
    return escaped and not _is_plain(_PARSER.parse(_ESCAPE.sub(r"\1", body)))
