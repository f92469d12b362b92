"""Deleting all that somebody wrote into a room in a span of time.

`purge` decides it; the rest is an effect, from the newest message backwards, some at a time. It may end anywhere and
begin anew: what is deleted already is not deleted again, and `Purge.behind` says how far it has come. It goes on for as
long as whoever began it may do so, and leaves out what the site does not let go (`attempts.Deleting`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groupchat import handlers
from groupchat.actions import audit
from groupchat.actions.counters import RoomChange, changed_order, lock_people, lock_room, lock_rooms
from groupchat.actions.effects import record
from groupchat.actions.tombstones import make_tombstones
from groupchat.attempts import Deleting, ask, deleting
from groupchat.errors import ChatError, Invalid, NotFound, Unavailable
from groupchat.events import Event, MessageDeleted, PurgeBegun
from groupchat.models import Membership, Message, Person, Purge, Room
from groupchat.permissions import require_active, require_remove
from groupchat.resources import moment
from groupchat.timeline import membership_in

HANDLER = "purge_messages"
CHUNK = 50  # messages that go in one transaction, and so in one frame
SLICE = 5_000  # messages of a room that are looked through at once: no index knows an author's
PAUSE_SECONDS = 0.25  # between two frames: everybody in the room is told of each
CLOCKS = timedelta(hours=1)  # by which the times of two messages may stand in another order than their numbers


@transaction.atomic
def purge(
    *,
    person: Person,
    room_id: int,
    target_id: int,
    since: datetime,
    until: datetime | None = None,
    now: datetime | None = None,
) -> Purge:
    """Begin to delete what somebody wrote from `since` to `until`, or to now; how far it has come is told in the own
    counter of `person`. Said again while it goes on, it changes nothing.
    """
    require_active(person)
    now = now or timezone.now()
    until = min(until, now) if until is not None else now
    if since >= until:
        raise Invalid("since: before `until`, and not in the future.", field="since")
    change = lock_room(room_id)
    mine = membership_in(room_id, person)
    require_remove(person, change.room, mine)
    theirs = Membership.objects.filter(room_id=room_id, person_id=target_id).select_related("person").first()
    if theirs is None:
        raise NotFound("There is no such person here.", field="person")
    require_remove(person, change.room, mine, theirs)
    same = Purge.objects.filter(room_id=room_id, person_id=target_id, by=person, done_at=None)
    if (had := same.filter(since__lte=since, until__gte=until - timedelta(seconds=10)).first()) is not None:
        return had
    made = Purge.objects.create(
        room_id=room_id,
        person_id=target_id,
        by=person,
        since=since,
        until=until,
        behind=change.room.last_number + 1,
        created_at=now,
    )
    lock_people([person.pk])
    changed_order([person.pk])
    span = {"since": moment(since), "until": moment(until)}
    audit.note("purge messages", by=person, room=change.room, person=theirs.person, after=span)
    record([PurgeBegun(room_id, target_id, person.pk, made.pk)])
    return made


def connect() -> None:
    """Add the handler that does the rest. It never gives up."""
    handlers.HANDLERS[HANDLER] = handlers.Handler(
        run=_on_event, wants=lambda kind: kind is PurgeBegun, key=handlers.unordered, most_attempts=0
    )


def _on_event(event: Event, effect_id: int) -> None:
    assert isinstance(event, PurgeBegun)
    while purge_some(purge_id=event.purge_id):
        time.sleep(PAUSE_SECONDS)


def purge_some(*, purge_id: int) -> bool:
    """Delete some of them; whether there is more to do."""
    purge = Purge.objects.filter(pk=purge_id, done_at=None).first()
    while purge is not None:
        found, lowest = _next(purge)
        if not found and lowest > 1:
            # Nothing in this slice: nobody need be told.
            Purge.objects.filter(pk=purge_id).update(behind=lowest)
            purge.behind = lowest
            continue
        return _delete(purge, found, lowest)
    return False


def _next(purge: Purge) -> tuple[Sequence[int], int]:
    """The numbers of the next of them, and below which number none was looked at yet."""
    lowest = max(purge.behind - SLICE, 1)
    in_slice = Message.objects.filter(room_id=purge.room_id, number__gte=lowest, number__lt=purge.behind)
    theirs = in_slice.filter(author_id=purge.person_id, deleted_at=None, at__gte=purge.since, at__lte=purge.until)
    numbers = list(theirs.order_by("-number").values_list("number", flat=True)[:CHUNK])
    if len(numbers) == CHUNK:
        return numbers, numbers[-1]
    first = in_slice.order_by("number").values_list("at", flat=True).first()
    is_older = first is not None and first < purge.since - CLOCKS
    return numbers, 1 if is_older else lowest


@transaction.atomic
def _delete(purge: Purge, numbers: Sequence[int], lowest: int) -> bool:
    change = lock_rooms([purge.room_id]).get(purge.room_id)
    if change is None:
        return False  # the room is gone, and the purge with it
    keeper = lock_people([purge.by_id])[purge.by_id]
    still_may = _still_may(keeper, change.room, purge)
    deleted = _delete_some(change, purge, keeper, numbers) if still_may else 0
    is_done = lowest <= 1 or not still_may
    if still_may:
        purge.behind, purge.deleted = lowest, purge.deleted + deleted
    else:
        told = {"by": purge.by_id, "deleted": purge.deleted}
        audit.note("stop purge", by=None, room=change.room, person=purge.person, after=told)
    purge.done_at = timezone.now() if is_done else None
    purge.save(update_fields=["behind", "deleted", "done_at"])
    change.save()
    changed_order([purge.by_id])
    return not is_done


def _still_may(keeper: Person, room: Room, purge: Purge) -> bool:
    """Who began it may have lost their rights since, or their account."""
    theirs = Membership.objects.filter(room=room, person_id=purge.person_id).select_related("person").first()
    try:
        require_active(keeper)
        require_remove(keeper, room, membership_in(room.pk, keeper), theirs)
    except ChatError:
        return False
    return True


def _delete_some(change: RoomChange, purge: Purge, keeper: Person, numbers: Sequence[int]) -> int:
    theirs = Message.objects.filter(room_id=purge.room_id, author_id=purge.person_id, number__in=numbers)
    found = theirs.filter(deleted_at=None).select_related("author").order_by("number")  # read behind the lock
    messages = [message for message in found if _is_let(message, keeper)]
    make_tombstones(change, messages, timezone.now())
    record([MessageDeleted(purge.room_id, one.number, one.author_id, purge.by_id) for one in messages])
    return len(messages)


def _is_let(message: Message, keeper: Person) -> bool:
    """Whether the site lets this one go, too. Where it can't say, the purge tries again later: raises Unavailable."""
    if not deleting.has_listeners():
        return True
    try:
        with transaction.atomic():
            ask(Deleting(message, keeper))
    except Unavailable:
        raise
    except ChatError:
        return False
    return True
