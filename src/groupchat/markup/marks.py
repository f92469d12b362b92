"""Whether a text has anything to format, and whether it has too much of it: without parsing it."""

from __future__ import annotations

import re

# Each alternative begins with a character of its own, so that the search jumps from one of these to the next. What
# matters at the beginning of a line stands behind "\n"; the text is looked at with one in front.
_MARKS = re.compile(
    r"`"
    r"|\*(?=\S)"
    r"|_(?<!\w_)(?=\S)"
    r"|~~(?=\S)"
    r"|\|(?:\|\S|[ \t]*:?-)"  # a spoiler; the second line of a table
    r"|-:?[ \t]*\|"
    r"|\]\("
    r"|\n[ \t]*(?:\\?>[\s>]|\\?[-+*][ \t]+\S|\d{1,9}\\?[.)][ \t]+\S)"
)
_CODE = re.compile(r"^[ \t>]*(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n.*?(?:^[ \t>]*\1|\Z)", re.DOTALL | re.MULTILINE)
_COUNTED = re.compile(r"[`*_~|\[<]|^[ \t]*(?:>|[-+*][ \t]|\d+[.)][ \t])", re.MULTILINE)
_LONG_PREFIX = re.compile(r"^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){20}", re.MULTILINE)


def has_marks(body: str) -> bool:
    """False: there is nothing to format. True: there may be."""
    return _MARKS.search(f"\n{body}") is not None


def is_too_intricate(body: str, most: int) -> bool:
    """More marks outside of blocks of code than `most` (0: as many as it likes), or a line that goes too deep."""
    if _LONG_PREFIX.search(body):
        return True
    if not most or len(body) <= most:
        return False
    text = _CODE.sub("", body) if "```" in body or "~~~" in body else body
    return len(_COUNTED.findall(text)) > most
