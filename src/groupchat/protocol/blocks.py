"""Of whom somebody wants to hear nothing."""

from __future__ import annotations

from typing import Literal

from groupchat.protocol.base import Command, PositiveId


class BlockPerson(Command):
    """Hear nothing more of a person, or let them be heard again."""

    type: Literal["person.block"]
    person: PositiveId
    on: bool
