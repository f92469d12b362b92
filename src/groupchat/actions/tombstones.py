"""What stays of a message that is deleted: where it stood, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groupchat.actions.counters import RoomChange
from groupchat.actions.pins import recount_pins
from groupchat.models import Message
from groupchat.parts import PIN, purge_parts

_OF_TOMBSTONE = ("body", "html", "rendered", "edited_at", "deleted_at", "parts", "seq")


def make_tombstones(change: RoomChange, messages: Sequence[Message], at: datetime) -> None:
    """Take away what these say, of a room that is locked, read with their authors, and all that hangs on them: all see
    it with the room's next frame.
    """
    if not messages:
        return
    was_pinned = any((message.parts or 0) & PIN.bit for message in messages)
    for message in messages:
        _make_tombstone(message, at)
        change.changed(message, message.author)
    Message.objects.bulk_update(messages, _OF_TOMBSTONE)
    if was_pinned:
        recount_pins(change)


def _make_tombstone(message: Message, at: datetime) -> None:
    purge_parts(message)
    message.body, message.html, message.rendered = "", None, None
    message.edited_at = None
    message.deleted_at = at
