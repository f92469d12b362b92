"""Rooms in which nothing was ever written go after a while, and their names are free."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet, RestrictedError, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from groupchat.actions.counters import changed_mine, changing_room, lock_people
from groupchat.conf import conf
from groupchat.errors import NotFound
from groupchat.models import Membership, Room, ScheduledMessage

logger = logging.getLogger("groupchat.rooms")

AT_ONCE = 5  # rooms, each in a transaction of its own: posts wait behind them
LOOKED_AT = 200  # of those that could go: some a site may hold on to

# Written out: SQLite takes an index of some rows only where it sees in the statement itself that it has them all.
_NEVER_WRITTEN_IN = f"{Room._meta.db_table}.last_number = 0"


def expire_empty_rooms(*, now: datetime | None = None) -> bool:
    """Delete some of the public rooms that are older than `empty_room_hours`, in which no message was ever written, and
    that nobody is in but whoever made them; whether there may be more. What an owner of the site made stays.

    Whoever has one open is told that it is gone, by the sweep. Whoever writes at the same moment was quicker, or is
    answered that there is no such room.
    """
    hours = conf().empty_room_hours
    if not hours:
        return False
    before = (now or timezone.now()) - timedelta(hours=hours)
    gone = 0
    for room_id in list(_empty_rooms(before).order_by("created_at").values_list("pk", flat=True)[:LOOKED_AT]):
        try:
            gone += _expire(room_id, before)
        except (ProtectedError, RestrictedError, IntegrityError):
            logger.warning("Room %d was never written in, but something of the site holds on to it.", room_id)
        if gone == AT_ONCE:
            return True
    return False


def _empty_rooms(before: datetime) -> QuerySet[Room]:
    nobody = 0
    maker = Coalesce(OuterRef("created_by_id"), nobody)
    others = Membership.objects.filter(room=OuterRef("pk"), state=Membership.State.JOINED).exclude(person_id=maker)
    old = Room.objects.extra(where=[_NEVER_WRITTEN_IN]).filter(created_at__lte=before)
    # Said in this way, the kind leads SQLite to no other index, of all public rooms.
    old = old.exclude(kind__in=[kind for kind in Room.Kind if kind not in Room.OPEN])
    # Said so that no planner takes the index of the keys for it, in which nearly all rooms stand together.
    is_free = Q(Exact(Coalesce("object_key", Value("")), Value("")))
    return old.filter(is_free, ~Exists(others), Q(created_by=None) | Q(created_by__is_owner=False))


def _expire(room_id: int, before: datetime) -> bool:
    """Whether it is gone, and by us."""
    with transaction.atomic():
        try:
            with changing_room(room_id) as change:
                # Asked again behind the lock: somebody may have written or come in meanwhile.
                if not _empty_rooms(before).filter(pk=room_id).exists():
                    return False
                if ScheduledMessage.objects.filter(room_id=room_id).exists():
                    return False  # somebody is going to write
                there = Membership.objects.filter(room_id=room_id, state=Membership.State.JOINED)
                for membership in there.select_related("person"):
                    lock_people([membership.person_id])
                    membership.goes_out(Membership.State.LEFT)
                    change.changed(membership, membership.person)
                    membership.save()
                    changed_mine(membership.person_id, [membership])
        except NotFound:
            return False  # another process was quicker
        Room.objects.filter(pk=room_id).delete()
    return True
