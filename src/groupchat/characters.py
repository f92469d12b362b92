"""Characters that show nothing or turn round what stands near them, and how a value stands in a text of ours.

Two names that differ in such a character alone look the same; one that holds U+202E turns the sentence around it. Real
scripts need some of them in certain places (a joiner in an emoji or under an Indic virama, a non-joiner in Persian, a
variation selector behind what has variants): there they belong, everywhere else they are strays.
"""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\ufffd"
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_VIRAMA = 9  # the canonical combining class of all of them

# Drawn as nothing, although Unicode counts them as letters, marks or symbols.
BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u034f")
# Format characters (Cf) that are drawn: signs before Arabic, Syriac and Kaithi numbers.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_MORE_PICTURES = frozenset("\u203c\u2049\u2139\u2194\u25fb\u25fc\u25fd\u25fe\u2934\u2935\u3030\u303d")
_KEYS = frozenset("#*0123456789")
_KEYCAP = "\u20e3"
_FLAGS = re.compile(
    "\U0001f3f4(?:\U000e0067\U000e0062(?:{}|{}|{})\U000e007f)".format(
        "\U000e0065\U000e006e\U000e0067", "\U000e0073\U000e0063\U000e0074", "\U000e0077\U000e006c\U000e0073"
    )
)  # England, Scotland, Wales: spelled in invisible letters
# Thai, Lao, Myanmar and Khmer are written without spaces; U+200B, which the space bar of a Khmer keyboard types, says
# where a line may break.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff"
_BREAK = re.compile(f"(?<=[{_SPACELESS}])\u200b+(?=[{_SPACELESS}])")


def is_never_drawn(code: int) -> bool:
    """Code points without a character for good (noncharacters), or set aside for what shows nothing."""
    return (
        code == 0x2065
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
        or 0xFFF0 <= code <= 0xFFF8
        or code >> 12 == 0xE0
    )


def without_breaks(line: str) -> str:
    """The line without the places where scripts that write no spaces may break it: white space of no width."""
    return line if line.isascii() else _BREAK.sub("", line)


def strays(line: str) -> list[int]:
    """Where in this line a character stands that no name needs there: controls, and what is not drawn."""
    if line.isascii() and line.isprintable():
        return []
    in_flags = {index for flag in _FLAGS.finditer(line) for index in range(*flag.span())}
    return [index for index in range(len(line)) if index not in in_flags and _is_stray(line, index)]


def without_strays(line: str) -> str:
    """The line as it should have been written."""
    while wrong := set(strays(line)):  # what stood beside one that goes may be one itself by then
        line = "".join(one for index, one in enumerate(line) if index not in wrong)
    return line


def shown(line: str) -> str:
    """The line with a sign in place of each stray: a name from before they were refused looks like no other one."""
    wrong = set(strays(line))
    return "".join(REPLACEMENT if index in wrong else one for index, one in enumerate(line)) if wrong else line


def isolated(value: str) -> str:
    """The value for plain text (a mail, a line of the log, a terminal): whatever it holds, it moves nothing around it.

    Plain ASCII moves nothing in the sentences of the server's languages, which run from left to right: it stays bare.
    """
    if value.isascii() and value.isprintable():
        return value
    return f"{_FIRST_STRONG_ISOLATE}{shown(value)}{_POP_ISOLATE}"


def _is_stray(line: str, index: int) -> bool:
    one = line[index]
    before, after = line[index - 1 : index], line[index + 1 : index + 2]
    if one in (_NON_JOINER, _JOINER):
        return not _joins(line, index, before, after)
    if "\ufe00" <= one <= "\ufe0f" or "\U000e0100" <= one <= "\U000e01ef":
        return not _has_variant(one, before, after)
    if "\u180b" <= one <= "\u180f":  # variants of Mongolian letters, and the separator of their last vowel
        return not _is_mongolian(before) or (one == "\u180e" and not _is_mongolian(after))
    category = unicodedata.category(one)
    if category == "Cf":
        return one not in _DRAWN
    return category in ("Cc", "Cs", "Zl", "Zp") or one in BLANK or is_never_drawn(ord(one))


def _joins(line: str, index: int, before: str, after: str) -> bool:
    """Whether a joiner or a non-joiner changes what is drawn here."""
    if not before:
        return False
    if unicodedata.combining(before) == _VIRAMA:  # half a letter, or a virama in sight before the next one
        return line[index] == _JOINER or _is_letter(after)
    if after and unicodedata.combining(after) == _VIRAMA:  # Bengali ra before ya
        return _is_letter(before)
    if line[index] == _JOINER:
        if before == "\ufe0f":
            before = line[index - 2 : index - 1]
        return _is_picture(before) and _is_picture(after)
    while before and unicodedata.category(before) == "Mn" and not "\ufe00" <= before <= "\ufe0f":
        index -= 1
        before = line[index - 1 : index]
    return _is_cursive(before) and _is_cursive(after)


def _has_variant(one: str, before: str, after: str) -> bool:
    """Whether this variation selector stands behind what has variants: a picture, a key's sign, a Chinese character."""
    if one in "\ufe0e\ufe0f":
        return _is_picture(before) or (one == "\ufe0f" and before in _KEYS and after == _KEYCAP)
    return (one >= "\U000e0100" or one <= "\ufe02") and _is_ideograph(before)


def _is_letter(one: str) -> bool:
    return bool(one) and unicodedata.category(one)[0] == "L"


def _is_cursive(one: str) -> bool:
    """A letter of Arabic, Persian, Urdu, Kurdish, Syriac …"""
    return _is_letter(one) and unicodedata.bidirectional(one) == "AL"


def _is_mongolian(one: str) -> bool:
    return "\u1807" <= one <= "\u1878"


def _is_picture(one: str) -> bool:
    """What may be drawn as an emoji; all of the newest ones, too, which our Unicode does not know."""
    if not one or one in BLANK:
        return False
    return one in _MORE_PICTURES or "\U0001f000" <= one <= "\U0001ffff" or unicodedata.category(one) == "So"


def _is_ideograph(one: str) -> bool:
    return "\u3400" <= one <= "\u9fff" or "\uf900" <= one <= "\ufaff" or "\U00020000" <= one <= "\U0003ffff"
