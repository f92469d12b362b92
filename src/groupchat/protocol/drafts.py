"""What somebody writes and has not sent, on all of their devices."""

from __future__ import annotations

from typing import Literal

from groupchat.protocol.base import Command, PositiveId


class SetDraft(Command):
    """Keep what one is writing into a room for one's other devices; an empty text is none."""

    type: Literal["draft.set"]
    room: PositiveId
    text: str
