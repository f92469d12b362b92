"""The quiet lines between the messages."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from groupchat.actions.counters import RoomChange
from groupchat.models import Notice, Person


def note(change: RoomChange, actor: Person, kind: Notice.Kind, text: str, *, now: datetime | None = None) -> None:
    """The quiet line of this kind at the room's end: one, however often it happens before the next message."""
    after = change.room.last_number
    notice = Notice.objects.filter(room=change.room, after=after, kind=kind).first()
    if notice is None:
        notice = Notice(room=change.room, after=after, kind=kind)
    notice.actor = actor
    notice.text = text
    notice.at = now or timezone.now()
    change.changed(notice, actor)
    notice.save()
