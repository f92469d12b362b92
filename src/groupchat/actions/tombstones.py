"""What stays of a message that is deleted: where it stood, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groupchat.actions.counters import RoomChange
from groupchat.models import Message
from groupchat.parts import purge_parts

OF_TOMBSTONE = ("body", "html", "rendered", "edited_at", "deleted_at", "parts")
"""The fields that `make_tombstone` changes; the caller saves them, with a seq."""


def make_tombstone(message: Message, at: datetime) -> None:
    """Take away what it says, and all that hangs on it."""
    purge_parts(message)
    message.body, message.html, message.rendered = "", None, None
    message.edited_at = None
    message.deleted_at = at


def make_tombstones(change: RoomChange, messages: Sequence[Message], at: datetime) -> None:
    """The same for some of a room that is locked, read with their authors: all see it with the room's next frame."""
    for message in messages:
        make_tombstone(message, at)
        change.changed(message, message.author)
    Message.objects.bulk_update(messages, [*OF_TOMBSTONE, "seq"])
