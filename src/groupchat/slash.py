"""Slash commands of a site: what a function of it does when somebody writes `/name …` into a room.

    @groupchat.command("deploy", help="Bring the newest version out.")
    def deploy(*, person, room, text):
        return "On its way."                       # a line that its writer alone sees
        return groupchat.Say("It is out.")         # a message, as its writer's

Write them into a module `chat_commands` of one of your apps: it is found when the site starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z")

OF_THE_PAGE = frozenset(
    {"away", "help", "invite", "join", "leave", "me", "msg", "nick", "poll", "remind", "shrug", "snooze", "topic"}
)
"""Names that the chat's own page has, or is to have: a site can't take them."""


@dataclass(frozen=True, slots=True)
class Say:
    """What a command answers to post a message into the room, as whoever wrote the command."""

    text: str


Answer = str | Say | None
F = TypeVar("F", bound=Callable[..., Answer])


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """`help` is a sentence for the list; a lazy translation is fine. `run(person=, room=, text=)` does it."""

    name: str
    help: Any
    run: Callable[..., Answer]


_registered: dict[str, SlashCommand] = {}


def command(name: str, *, help: Any) -> Callable[[F], F]:
    """Let a function be the command `/name` of all rooms. It is called with `person`, `room` and `text` (what was
    written behind the name), in a thread of its own and outside of any transaction.

    It answers a string (a line that the writer alone sees), a `Say` (a message as the writer's) or None. A `ChatError`
    that it raises is told to the writer. Raises ValueError for a name that is no lower-case word, or is taken.
    """
    if not _NAME.match(name):
        raise ValueError(f"{name!r}: a command is called by up to 32 of a-z, 0-9, - and _.")
    if name in OF_THE_PAGE:
        raise ValueError(f"/{name} is the chat's own. Choose another name.")

    def register(function: F) -> F:
        there = _registered.get(name)
        if there is not None and there.run.__qualname__ != function.__qualname__:  # the same module, read anew, may
            raise ValueError(f"There is a command /{name} already.")
        _registered[name] = SlashCommand(name, help, function)
        return function

    return register


def registered() -> list[SlashCommand]:
    """All of them, by name."""
    return [_registered[name] for name in sorted(_registered)]


def find(name: str) -> SlashCommand | None:
    """The command of this name, however its letters are written."""
    return _registered.get(name.lower())
