"""What names and bodies may be, and when two names are the same."""

from __future__ import annotations

import re
import unicodedata

from groupchat.characters import BLANK, is_never_drawn, strays, without_breaks, without_strays
from groupchat.conf import conf
from groupchat.errors import Invalid, TooLong

# What the columns hold, whatever limit an operator sets.
LONGEST_NAME = 200
LONGEST_KEY = 400  # of a folded name: NFKC makes up to eighteen characters of one
LONGEST_TOPIC = 1_000
LONGEST_REASON = 300
LONGEST_PRONOUNS = 30

_UPPER = re.compile("[A-Z]")
_WRITTEN = re.compile("~([_~])|_")
_SPACES = re.compile(r"\s+")
_CLIENT_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
# Not "Cn": what our Unicode does not know yet may be a new emoji that every phone draws.
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cs")


def is_visible(text: str) -> bool:
    """Whether a reader would see anything of it."""
    return any(
        character not in BLANK
        and unicodedata.category(character) not in _INVISIBLE
        and not is_never_drawn(ord(character))
        for character in text
    )


def fold(name: str) -> str:
    """The identity of a name: NFKC, case-folded, white space collapsed (`C`, `C++` and `🎉` stay three names)."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def address_of(slug: str) -> str:
    """How a page's address writes a slug: the spaces of a name as `_`, for a space ends an address wherever people
    paste one. So `_` and `~` of a name are `~_` and `~~`. (lib/address.js does the same.)

    No folded name has an upper-case letter: a slug that has one is no name, and stays as it is.
    """
    return slug if _UPPER.search(slug) else slug.replace("~", "~~").replace("_", "~_").replace(" ", "_")


def slug_of(address: str) -> str:
    """The slug that an address writes so; one that nothing writes is read as well as it goes."""
    return address if _UPPER.search(address) else _WRITTEN.sub(lambda found: found[1] or " ", address)


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


_LINK = re.compile(r"https?://\S|\bwww\.\w|\w\.[^\W\d_]{2,}/", re.IGNORECASE)


def has_link(body: str) -> bool:
    """Whether it holds what a page makes a link of, or a reader would type into a browser."""
    return ("." in body or "://" in body) and _LINK.search(body) is not None


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


def clean_reason(reason: str) -> str:
    """What somebody is told of why; may be empty."""
    if not reason.strip():
        return ""
    return _clean_line(reason, field="reason", what="A reason", limit=LONGEST_REASON)


def clean_note(note: str) -> str:
    """What somebody says to those who keep order; may be empty."""
    return _clean_line(note, field="note", what="A note", limit=LONGEST_REASON) if note.strip() else ""


def clean_person_name(name: str) -> str:
    """A person's name with its white space collapsed."""
    limit = _within(conf().max_person_name_characters, LONGEST_NAME)
    return _clean_line(name, field="name", what="A name", limit=limit)


def clean_pronouns(pronouns: str) -> str:
    """How somebody is spoken of; may be empty."""
    if not pronouns.strip():
        return ""
    return _clean_line(pronouns, field="pronouns", what="This line", limit=LONGEST_PRONOUNS)


def mended_person_name(name: str) -> str:
    """What `clean_person_name` would take of a name that was given elsewhere, or under other rules; may be empty."""
    limit = _within(conf().max_person_name_characters, LONGEST_NAME)
    line = _line(without_strays(_line(without_strays(_line(name)))[:limit]))
    return line if is_visible(line) else ""


def clean_client_message_id(value: str) -> str:
    if not _CLIENT_MESSAGE_ID.match(value):
        raise Invalid(
            "client_message_id must be 1 to 64 letters, digits, hyphens or underscores.", field="client_message_id"
        )
    return value


def _within(limit: int, longest: int) -> int:
    """The limit, or what the column holds where there is none or a higher one."""
    return min(limit, longest) if limit else longest


def _line(text: str) -> str:
    return _SPACES.sub(" ", without_breaks(text)).strip()


def _clean_line(text: str, *, field: str, what: str, limit: int) -> str:
    line = _line(text)
    if not is_visible(line):
        raise Invalid(f"{what} can't be empty.", field=field)
    if wrong := strays(line):
        code = ord(line[wrong[0]])
        raise Invalid(f"{what} can't hold characters that are not drawn (U+{code:04X} here).", field=field)
    if len(line) > limit:
        raise TooLong(f"{what} holds at most {limit} characters.", field=field)
    return line
