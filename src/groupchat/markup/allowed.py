"""What may stand in the HTML of a message, and nothing else. docs/protocol.md has the same list."""

from __future__ import annotations

import nh3

from groupchat.markup.code import CLASSES

TAGS = {
    *("p", "br", "blockquote", "ul", "ol", "li", "pre", "code", "table", "thead", "tbody", "tr", "th", "td"),
    *("strong", "em", "s", "a", "span"),
}
_DIRECTED = {"dir"}
ATTRIBUTES = {
    "a": {"href"},
    "p": _DIRECTED,
    "blockquote": _DIRECTED,
    "ul": _DIRECTED,
    "ol": {"start", "dir"},
    "table": _DIRECTED,
    "pre": {"data-language", "dir"},
}
VALUES = {"th": {"align": {"left", "right", "center"}}, "td": {"align": {"left", "right", "center"}}}
SPAN_CLASSES = {"spoiler", *CLASSES.values()}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow ugc"

_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={**ATTRIBUTES, "*": set()},  # nh3 has a list of its own where nothing is said of all tags
    tag_attribute_values=VALUES,
    allowed_classes={"span": SPAN_CLASSES},
    url_schemes=SCHEMES,
    link_rel=REL,
    generic_attribute_prefixes=set(),
    strip_comments=True,
)


def only_allowed(html: str) -> str:
    """The same without anything that a message may not hold."""
    return _CLEANER.clean(html)
