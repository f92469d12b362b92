"""When two names look alike: the *skeleton* of a name, which is the same for all that a reader could take for it.

It follows Unicode's TR 39 (NFD, each character replaced by what it looks like, NFD again), on names folded as in
`text.fold`, without what is not drawn. The data are ours: full width, mathematical, circled and other styled letters
come from Unicode's own compatibility forms (`unicodedata`); letters of other scripts, digits and pairs of letters from
the list below. It holds the well-known ones, not the thousands of Unicode's confusables.txt. Marks stay, as there:
*José* is not *Jose*. Where upper and lower case of a letter look like two different ones (Greek Ν and ν), the upper
case counts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from zlib import crc32

from groupchat.characters import BLANK

LONGEST_SKELETON = 200  # what the column holds; longer ones are alike if they begin alike
MOST_REMEMBERED = 4_096
NOTHING = "?"  # of a name in which there is nothing to see

# Each letter, and what is taken for it; all of them folded, so that case makes no difference.
_TAKEN_FOR = {
    "a": "аαɑａᴀꭺ",
    "b": "вβьƅʙᏼ",
    "c": "сϲƈᴄꮯ¢",
    "d": "ԁɗꭰᴅ",
    "e": "еεҽєꭼᴇ",
    "f": "ƒꜰϝ",
    "g": "ɡցꮐɢ",
    "h": "нһηհꮋʜ",
    "j": "јϳȷꭻᴊ",
    "k": "кκꮶᴋ",
    "l": "i1|ıɩіιӏǀ!ꮖꮮʟɪ∣ɭƖӀ",
    "n": "пνոռɴ",
    "o": "0оοօσᴏөө൦๐໐०০੦૦௦౦೦",
    "p": "рρꮲᴘ",
    "q": "ԛզ",
    "r": "гꭱʀᴦ",
    "s": "ѕꮪꜱƽ$",
    "t": "тτꭲᴛ",
    "u": "սʋᴜ",
    "v": "ѵꮩᴠ",
    "x": "хχ×",
    "y": "уυүγꮍʏ",
    "z": "ζꮓᴢ",
    "3": "зҙӡʒ",
    "6": "б",
    "rn": "mмμꮇᴍ",
    "vv": "wωԝѡꮃᴡա",
    "'": "’‘ʼʻ`´′ʹ",
    "-": "‐‑‒–—−―﹘ー一",
    ".": "․·‧∙•",
}
_PICTURE = {
    one.casefold(): letter for letter, others in _TAKEN_FOR.items() for one in others if len(one.casefold()) == 1
}
_TABLE = str.maketrans(_PICTURE)
_SPACES = re.compile(r"\s+")
_DOT_OF_AN_I = re.compile("(?<=[lj])\u0307+")  # folding makes one of İ; on i and j it is drawn once


@lru_cache(MOST_REMEMBERED)
def skeleton(name: str) -> str:
    """What names that look like this one have in common; the skeleton of a skeleton is itself."""
    while (bare := _once(name)) != name:
        name = bare
    return name[:LONGEST_SKELETON].rstrip() or NOTHING


@lru_cache(MOST_REMEMBERED)
def looks_of(name: str) -> str:
    """The skeleton as eight hexadecimal digits, for clients that compare: names that look alike have the same, and of
    others hardly ever two.
    """
    return f"{crc32(skeleton(name).encode(errors='replace')):08x}"


def _once(name: str) -> str:
    drawn = "".join(one for one in name if not _is_not_drawn(one))
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", drawn).casefold())
    return _DOT_OF_AN_I.sub("", unicodedata.normalize("NFD", _SPACES.sub(" ", folded.translate(_TABLE)))).strip()


def _is_not_drawn(one: str) -> bool:
    """Controls, joiners, turns of direction, variation selectors, letters that are blank."""
    if one.isascii() and one.isprintable():
        return False
    selects_variant = "\ufe00" <= one <= "\ufe0f" or "\U000e0100" <= one <= "\U000e01ef"
    is_control = unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") and not one.isspace()
    return one in BLANK or selects_variant or is_control
