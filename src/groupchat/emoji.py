"""Which emoji there are: the set that the pages' picker shows, with every mix of skin tones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from groupchat.errors import Invalid

_ALL = Path(__file__).parent / "web" / "static" / "groupchat" / "emoji" / "all.txt"


@cache
def known() -> frozenset[str]:
    """All of them, each written in the one way in which keyboards write it (fully qualified)."""
    return frozenset(_ALL.read_text(encoding="utf-8").split())


def require_emoji(text: str) -> None:
    """Raises Invalid where this is no emoji, or one that is newer than this version."""
    if text not in known():
        raise Invalid("This is no emoji that is known here.", field="emoji")
