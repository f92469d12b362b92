"""The text of a message as people type it in chats, made into safe HTML.

`render` is the door. Most messages have nothing to format: one regular expression says so (`marks.py`), and they have
no HTML at all. The others are parsed (`parser.py`, with rules of our own in `rules.py`), written as HTML (`writer.py`,
addresses by `links.py`, code by `code.py`), and what was written goes through an allow list (`allowed.py`), so that
no fault of the parts before it reaches a page.
"""

from __future__ import annotations

from zlib import crc32

from groupchat.conf import conf
from groupchat.markup.allowed import only_allowed
from groupchat.markup.marks import has_marks, is_too_intricate
from groupchat.markup.parser import parse
from groupchat.markup.writer import html_of

__all__ = ["RENDERER", "render", "stamp"]

RENDERER = 1
"""Raised when the same text becomes other HTML: what an older one made is then made anew where it is read."""


def render(body: str) -> str | None:
    """Safe HTML of a message; None where it shows what the text itself shows, with its addresses as links.

    What is too intricate to be parsed in no time, or would be too long, is shown as written, too.
    """
    if not has_marks(body):
        return None
    limits = conf()
    if is_too_intricate(body, limits.max_marks):
        return None
    tokens = parse(body, limits.max_mark_depth)
    if tokens is None:
        return None
    html = only_allowed(html_of(tokens))
    return html if not limits.max_html_characters or len(html) <= limits.max_html_characters else None


def stamp(body: str) -> int:
    """Says which renderer made the HTML of which text; another stamp beside it means: make it anew.

    A version that knows no HTML may edit a message beside us, and leaves what we made of its text before.
    """
    return RENDERER << 32 | crc32(body.encode("utf-8", "surrogatepass"))
