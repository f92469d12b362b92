"""Where a text names an address of the web or of mail: the rules of the client's `lib/links.js`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit

_REST = r"[^\s<>\"'`\\^{}|]"
WEB = re.compile(rf"https?://{_REST}+|(?<![\w.+/@:-])www\.[\w-]+\.{_REST}+", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+/@-])(?P<local>[\w.+-]+)@(?P<domain>[\w.-]+)(?![\w.@-]|[:/]\S)")
_SAFE = "!#$%&'()*+,/:;=?@[]~"
_HARMLESS = re.compile(r"[A-Za-z0-9_.!#$%&'()*+,/:;=?@\[\]~-]*\Z")  # needs no percent sign
_TAIL = ".,;:!?*_~…»”’“‘"
_LONGEST_MAILBOX = 64
_LONGEST_DOMAIN = 253
_LONGEST_LABEL = 63


class Address(NamedTuple):
    """A piece of a text that is an address, and where it leads."""

    text: str
    href: str


def web_address(candidate: str) -> Address | None:
    """What `WEB` found, without what ends the sentence around it; None where it leads nowhere."""
    text = _without_tail(candidate)
    bare = text[:4].lower() == "www."
    address = f"https://{text}" if bare else text
    host = host_of(address)
    # Without a scheme it must look like a site.
    if not host or (bare and ("@" in text.split("/")[0] or not _is_domain(host) or host.count(".") < 2)):
        return None
    return Address(text, address if _HARMLESS.match(address) else quote(address, safe=_SAFE))


def host_of(address: str) -> str:
    """The host that an address with its scheme leads to, lower case; empty where there is none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def mail_in(text: str) -> Iterator[str | Address]:
    """The text in pieces: those that are addresses of mail, and what is between them."""
    start = 0
    for match in _MAIL.finditer(text) if "@" in text else ():
        found = _mailbox(match["local"], match["domain"])
        if found is None:
            continue
        at = match.start() + len(match["local"]) - len(match["local"].lstrip("._+-"))
        if at > start:
            yield text[start:at]
        yield found
        start = at + len(found.text)
    if start < len(text):
        yield text[start:]


def _mailbox(local: str, domain: str) -> Address | None:
    name, place = local.lstrip("._+-"), domain.rstrip(".-")
    if not name or len(name) > _LONGEST_MAILBOX or name.endswith(".") or ".." in name or not _is_domain(place):
        return None
    return Address(f"{name}@{place}", f"mailto:{quote(name)}@{quote(place)}")


def _is_domain(name: str) -> bool:
    """Labels with a dot between them, and behind the last dot no number."""
    labels = name.split(".")
    return (
        len(labels) > 1
        and len(name) <= _LONGEST_DOMAIN
        and len(labels[-1]) > 1
        and any(character.isalpha() for character in labels[-1])
        and all(
            label and len(label) <= _LONGEST_LABEL and not label.startswith("-") and not label.endswith("-")
            for label in labels
        )
    )


def _without_tail(address: str) -> str:
    """What ends a sentence does not belong to the address in it; a closing bracket does if it was opened inside."""
    surplus = {close: address.count(close) - address.count(opening) for opening, close in ("()", "[]")}
    end = len(address)
    while end:
        last = address[end - 1]
        if last in surplus and surplus[last] > 0:
            surplus[last] -= 1
        elif last not in _TAIL:
            break
        end -= 1
    return address[:end]
