"""Rooms that were deleted go for good once nobody wanted them back: all that was said in them, some at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError
from django.utils import timezone

from groupchat.actions import audit
from groupchat.actions.counters import changed_agenda, lock_people
from groupchat.conf import conf
from groupchat.models import (
    Membership,
    Message,
    MessagePin,
    MessageReaction,
    MessageReply,
    MessageThread,
    MessageVersion,
    Notice,
    Purge,
    Report,
    Room,
    SavedMessage,
    ScheduledMessage,
)

logger = logging.getLogger("groupchat.rooms")

ROWS_AT_ONCE = 500
LOOKED_AT = 50  # of those that could go: some a site may hold on to


def purge_deleted_rooms(*, now: datetime | None = None) -> bool:
    """Take away some rows of a room that was deleted longer ago than `deleted_room_days`, and at last the room, with
    which its names are free; whether there may be more. Begun anew, it goes on where it ended. Nobody brings it back
    meanwhile: `rooms.restore` refuses that somewhat earlier.
    """
    days = conf().deleted_room_days
    if not days:
        return False
    before = (now or timezone.now()) - timedelta(days=days)
    old = Room.objects.filter(deleted_at__lte=before).order_by("deleted_at")
    for room in old[:LOOKED_AT]:
        try:
            if _purge_some(room.pk, before):
                return True
        except (ProtectedError, RestrictedError, IntegrityError):
            logger.warning("Room %d was deleted, but something of the site holds on to it.", room.pk)
    return False


# In this order: what refers to a row goes before it.
_ROWS: tuple[Callable[[int], QuerySet[Model]], ...] = (
    lambda room_id: MessageReply.objects.filter(room_id=room_id),
    lambda room_id: MessageThread.objects.filter(room_id=room_id),
    lambda room_id: MessageVersion.objects.filter(room_id=room_id),
    lambda room_id: MessagePin.objects.filter(room_id=room_id),
    lambda room_id: MessageReaction.objects.filter(room_id=room_id),
    lambda room_id: Message.objects.filter(room_id=room_id),
    lambda room_id: Notice.objects.filter(room_id=room_id),
    lambda room_id: Report.objects.filter(room_id=room_id),
    lambda room_id: Purge.objects.filter(room_id=room_id),
    lambda room_id: Membership.objects.filter(room_id=room_id),
)


@transaction.atomic
def _purge_some(room_id: int, before: datetime) -> bool:
    """Whether something went."""
    room = Room.objects.select_for_update().filter(pk=room_id, deleted_at__lte=before).first()
    if room is None:
        return False  # it is back, or another process was quicker
    if _purge_agendas(room_id):
        return True
    for rows in _ROWS:
        of_room = rows(room_id)
        ids = list(of_room.values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if ids:
            of_room.filter(pk__in=ids).delete()
            return True
    audit.note("purge room", by=None, room=room)
    room.delete()
    return True


def _purge_agendas(room_id: int) -> bool:
    """Take away some of what people set aside of this room, and tell them; whether there was something."""
    models: tuple[type[SavedMessage | ScheduledMessage], ...] = (SavedMessage, ScheduledMessage)
    for model in models:
        rows = dict(model._default_manager.filter(room_id=room_id).values_list("pk", "person_id")[:ROWS_AT_ONCE])
        if rows:
            lock_people(rows.values())
            model._default_manager.filter(pk__in=rows).delete()
            changed_agenda(rows.values())
            return True
    return False
