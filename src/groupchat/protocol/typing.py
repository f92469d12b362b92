"""Who is writing just now."""

from __future__ import annotations

from typing import Literal, TypedDict

from groupchat.protocol.base import Command, PositiveId


class Typing(Command):
    """Say that one is writing into a room; it is forgotten after some seconds."""

    type: Literal["typing"]
    room: PositiveId


class TypingFrame(TypedDict):
    """Somebody is writing into a room. It has no seq: nothing is kept of it, and it may be lost."""

    type: Literal["typing"]
    room: int
    person: int
