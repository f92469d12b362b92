"""What names and bodies may be, and when two names are the same."""

from __future__ import annotations

import re
import unicodedata

from groupchat.conf import conf
from groupchat.errors import Invalid, TooLong

# What the columns hold, whatever limit an operator sets.
LONGEST_NAME = 200
LONGEST_KEY = 400  # of a folded name: NFKC makes up to eighteen characters of one
LONGEST_TOPIC = 1_000

_SPACES = re.compile(r"\s+")
_CLIENT_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
# Not "Cn": what our Unicode does not know yet may be a new emoji that every phone draws.
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cs")
# Characters that are drawn as nothing although Unicode counts them as letters or marks.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")


def is_visible(text: str) -> bool:
    """Whether a reader would see anything of it."""
    return any(
        character not in _BLANK
        and unicodedata.category(character) not in _INVISIBLE
        and not _is_never_drawn(ord(character))
        for character in text
    )


def _is_never_drawn(code: int) -> bool:
    """Code points without a character for good (noncharacters), or set aside for what shows nothing."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xFFF0 <= code <= 0xFFF8 or code >> 12 == 0xE0


def fold(name: str) -> str:
    """The identity of a name: NFKC, case-folded, white space collapsed (`C`, `C++` and `🎉` stay three names)."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def clean_body(body: str) -> str:
    """The body as written; raises where there is nothing to see or too much."""
    limit = conf().max_body_characters
    if limit and len(body) > limit:
        raise TooLong(f"A message holds at most {limit:,} characters; this one has {len(body):,}.", field="body")
    if "\0" in body:
        raise Invalid("A message can't hold the NUL character.", field="body")
    # ASCII letters are the common case; the slow look is for what has none.
    if (not body.isascii() or not body.strip() or not body.isprintable()) and not is_visible(body):
        raise Invalid("Write something first: this message shows nothing.", field="body")
    return body


def clean_room_name(name: str) -> str:
    """A room's name with its white space collapsed; raises where no address could hold it."""
    limit = _within(conf().max_room_name_characters, LONGEST_NAME)
    name = _clean_line(name, field="name", what="A room's name", limit=limit)
    key = fold(name)
    if len(key) > LONGEST_KEY:
        raise TooLong("Written out in full, this name is too long.", field="name")
    if "/" in key or "\\" in key:
        raise Invalid("A room's name can't hold / or \\.", field="name")
    if not key.strip("."):
        raise Invalid("A room's name needs more than dots.", field="name")
    return name


def clean_topic(topic: str) -> str:
    """A topic on one line; the empty one takes the topic away."""
    if not topic.strip():
        return ""
    limit = _within(conf().max_topic_characters, LONGEST_TOPIC)
    return _clean_line(topic, field="topic", what="A topic", limit=limit)


def clean_person_name(name: str) -> str:
    """A person's name with its white space collapsed."""
    limit = _within(conf().max_person_name_characters, LONGEST_NAME)
    return _clean_line(name, field="name", what="A name", limit=limit)


def clean_client_message_id(value: str) -> str:
    if not _CLIENT_MESSAGE_ID.match(value):
        raise Invalid(
            "client_message_id must be 1 to 64 letters, digits, hyphens or underscores.", field="client_message_id"
        )
    return value


def _within(limit: int, longest: int) -> int:
    """The limit, or what the column holds where there is none or a higher one."""
    return min(limit, longest) if limit else longest


def _clean_line(text: str, *, field: str, what: str, limit: int) -> str:
    line = _SPACES.sub(" ", text).strip()
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in line):
        raise Invalid(f"{what} can't hold control characters.", field=field)
    if not is_visible(line):
        raise Invalid(f"{what} can't be empty.", field=field)
    if len(line) > limit:
        raise TooLong(f"{what} holds at most {limit} characters.", field=field)
    return line
