"""Marking as unread again: the one way in which a read mark moves back."""

from __future__ import annotations

from django.db import transaction

from groupchat.actions.counters import changed_mine, lock_people, lock_room
from groupchat.conf import conf
from groupchat.errors import LimitReached, NotFound
from groupchat.models import Membership, Message, Person
from groupchat.permissions import is_joined
from groupchat.reading import ahead_of, move_back
from groupchat.unread import uncounted_of


@transaction.atomic
def mark_unread(*, person: Person, room_id: int, number: int) -> Membership:
    """Everything behind `number` is unread again, also what was read ahead there. Raises NotFound, and LimitReached
    where that is too many messages.

    The room is locked first: a post moves its author's mark under that lock, and would take this one along.
    """
    change = lock_room(room_id)
    lock_people([person.pk])
    membership = Membership.objects.select_for_update(of=("self",)).filter(room_id=room_id, person=person).first()
    if membership is None or not is_joined(membership) or change.room.deleted_at is not None:
        raise NotFound("You are not in this room.")
    if not _is_read_behind(membership, number):
        return membership
    most = conf().max_unread_back
    if most and change.room.last_number - number > most:
        raise LimitReached(f"Choose one of the newest {most} messages.", field="number")
    # One's own are not unread: those that took the mark along when they were written must say so from here on.
    own = Message.objects.filter(room_id=room_id, author=person, ahead=None)
    own.filter(number__gt=number, number__lte=membership.last_read_number).update(ahead=True)
    move_back(membership, number)
    membership.save(update_fields=["last_read_number", "read_ahead", "moved_back"])
    changed_mine(person.pk, [membership], [change.room], uncounted=uncounted_of([(change.room, membership)]))
    return membership


def _is_read_behind(membership: Membership, number: int) -> bool:
    return membership.last_read_number > number or any(high > number for _, high in ahead_of(membership))
