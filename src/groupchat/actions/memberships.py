"""What a person keeps about a room: how far they read, and whether it is pinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from groupchat.actions.counters import changed_mine, lock_people
from groupchat.errors import Invalid, NotFound
from groupchat.models import Membership, Person
from groupchat.permissions import is_joined


def read(*, person: Person, room_id: int, number: int) -> Membership:
    """Everything up to `number` is read. The mark only rises; a lower number changes nothing."""
    with transaction.atomic():
        membership = _own(person, room_id)
        if number > membership.room.last_number:
            raise Invalid(f"There is no message {number} in this room yet.", field="number")
        if number > membership.last_read_number:
            membership.last_read_number = number
            changed_mine(person.pk, [membership])
    return membership


def pin(*, person: Person, room_id: int, pinned: bool) -> Membership:
    """The room stands near the top of the person's own list, or does so no more."""
    with transaction.atomic():
        membership = _own(person, room_id)
        if pinned != membership.pinned:
            membership.pinned, membership.place = pinned, 0
            changed_mine(person.pk, [membership])
    return membership


def order(*, person: Person, room_ids: Sequence[int]) -> None:
    """The pinned rooms stand in this order in the person's own list, and those that are left out behind them, by name.

    Raises NotFound where one of these is not pinned.
    """
    places = {room_id: place for place, room_id in enumerate(dict.fromkeys(room_ids), 1)}
    with transaction.atomic():
        lock_people([person.pk])
        mine = Membership.objects.filter(person=person, pinned=True, state=Membership.State.JOINED)
        pinned = list(mine.filter(room__deleted_at=None).order_by("room_id"))
        if not places.keys() <= {membership.room_id for membership in pinned}:
            raise NotFound("One of these rooms is not pinned.", field="rooms")
        moved = [one for one in pinned if one.place != places.get(one.room_id, 0)]
        for membership in moved:
            membership.place = places.get(membership.room_id, 0)
        if moved:
            changed_mine(person.pk, moved)


def _own(person: Person, room_id: int) -> Membership:
    """One's membership with its room, both one's own row and it locked; raises NotFound."""
    # The person's row first: two devices may write at once, and the later seq must hold the later state.
    lock_people([person.pk])
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .filter(room_id=room_id, person=person, room__deleted_at=None)
        .select_related("room")
        .first()
    )
    if membership is None or not is_joined(membership):
        raise NotFound("You are not in this room.")
    return membership


def raise_marks(person_id: int, marks: Mapping[int, int]) -> None:
    """The read marks of a person, by room, in a transaction that holds the lock of their row. They only rise."""
    raised = []
    # What was read before the lock may be old: another device may have read further.
    for membership in Membership.objects.filter(person_id=person_id, room_id__in=marks).order_by("room_id"):
        if marks[membership.room_id] > membership.last_read_number:
            membership.last_read_number = marks[membership.room_id]
            raised.append(membership)
    if raised:
        changed_mine(person_id, raised)
