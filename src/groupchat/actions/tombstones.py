"""What stays of a message that is deleted: where it stood, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groupchat.actions.counters import RoomChange
from groupchat.actions.pins import recount_pins
from groupchat.actions.threads import recount, roots_of
from groupchat.models import Message
from groupchat.parts import PIN, purge_parts

_OF_TOMBSTONE = ("body", "html", "rendered", "edited_at", "deleted_at", "parts", "seq")


def make_tombstones(change: RoomChange, messages: Sequence[Message], at: datetime) -> None:
    """Take away what some messages of a locked room say, read with their authors, and all that hangs on them but for
    what others wrote. With the room's next frame all see it, and what is told of the threads in which they stood.
    """
    if not messages:
        return
    was_pinned = any((message.parts or 0) & PIN.bit for message in messages)
    roots = roots_of(messages)
    for message in messages:
        _make_tombstone(message, at)
        change.changed(message, message.author)
    Message.objects.bulk_update(messages, _OF_TOMBSTONE)
    recount(change, roots)
    if was_pinned:
        recount_pins(change)


def _make_tombstone(message: Message, at: datetime) -> None:
    purge_parts(message)
    message.body, message.html, message.rendered = "", None, None
    message.edited_at = None
    message.deleted_at = at
