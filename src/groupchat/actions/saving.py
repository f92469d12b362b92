"""Saved messages: kept by somebody for themselves, on all of their devices, with a time to be told of one again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from groupchat.actions.counters import changed_agenda, lock_people
from groupchat.actions.times import require_ahead
from groupchat.conf import conf
from groupchat.errors import LimitReached, NotFound
from groupchat.models import Person, Room, SavedMessage
from groupchat.permissions import require_active
from groupchat.timeline import message_in

REMINDED_AT_ONCE = 100


@transaction.atomic
def save(
    *,
    person: Person,
    room_id: int,
    number: int,
    on: bool = True,
    remind_at: datetime | None = None,
    now: datetime | None = None,
) -> int:
    """Keep a message, and be told of it at a time; or keep it no more, which one may also where it can't be read now.

    What is given is the whole: without `remind_at` nobody is told. What is so already changes nothing. Gives the seq
    of the person at which all this last changed. Raises NotFound, Forbidden, Invalid, and LimitReached past
    `max_saved_messages`.
    """
    now = now or timezone.now()
    person = lock_people([person.pk])[person.pk]
    require_active(person)
    had = SavedMessage.objects.filter(person=person, room_id=room_id, number=number).first()
    if not on:
        if had is None:
            return person.agenda_seq or 0
        had.delete()
        return changed_agenda([person.pk])[person.pk]
    _require_readable(person, room_id, number)
    if had is not None and (had.remind_at, had.due_at) == (remind_at, None):
        return person.agenda_seq or 0
    if remind_at is not None:
        require_ahead(remind_at, field="remind_at", now=now)
    if had is None:
        _require_room(person)
        had = SavedMessage(person=person, room_id=room_id, number=number, at=now)
    had.remind_at, had.due_at = remind_at, None
    had.save()
    return changed_agenda([person.pk])[person.pk]


def _require_readable(person: Person, room_id: int, number: int) -> None:
    message, _ = message_in(Room.objects.filter(pk=room_id).first(), number, person)
    if message.deleted_at is not None:
        raise NotFound("This message was deleted.")


def _require_room(person: Person) -> None:
    most = conf().max_saved_messages
    if most and SavedMessage.objects.filter(person=person).count() >= most:
        raise LimitReached(f"You have saved {most} messages. Take one of them out first.")


def is_somebody_to_remind(*, now: datetime | None = None) -> bool:
    return _to_remind(now or timezone.now()).exists()


@transaction.atomic
def remind_some(*, now: datetime | None = None) -> bool:
    """Tell some of those whose time has come, each once; whether there may be more."""
    now = now or timezone.now()
    some = list(_to_remind(now).order_by("remind_at").values_list("pk", "person_id")[:REMINDED_AT_ONCE])
    lock_people(person_id for _, person_id in some)
    # Behind the locks: they may have put it off, or another process may have been quicker.
    still = _to_remind(now).filter(pk__in=[pk for pk, _ in some])
    people = set(still.values_list("person_id", flat=True))
    still.update(due_at=now)
    changed_agenda(people)
    return len(some) == REMINDED_AT_ONCE


def _to_remind(now: datetime) -> QuerySet[SavedMessage]:
    return SavedMessage.objects.filter(remind_at__lte=now, due_at=None)
