"""What a person keeps about a room, how far they read and whether it is pinned; and who is in one, as a site says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from django.db import transaction

from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import changed_mine, lock_people, publish_mine
from groupchat.actions.rooms.syncing import Synced, add, remove, sync
from groupchat.conf import conf
from groupchat.drafts import is_space
from groupchat.errors import ChatError, Invalid, LimitReached, NotFound, TooLong
from groupchat.models import Membership, Person
from groupchat.permissions import is_joined, require_active
from groupchat.reading import raise_mark, read_ahead

__all__ = ["Synced", "add", "pin", "raise_marks", "read", "remove", "set_draft", "sync"]


class Mark(TypedDict):
    """How far somebody has read a room, and what they read ahead of that: ranges, both ends in each."""

    person: Person
    room_id: int
    number: int | None
    numbers: NotRequired[Sequence[Sequence[int]] | None]


def read(
    *, person: Person, room_id: int, number: int | None, numbers: Sequence[Sequence[int]] | None = None
) -> Membership:
    """Everything up to `number` is read, and these ranges of numbers, wherever they stand. The mark only rises; what is
    read already changes nothing. Raises NotFound, and Invalid where there is no such message yet.
    """
    outcome = read_all([Mark(person=person, room_id=room_id, number=number, numbers=numbers)])[0]
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def read_all(marks: Sequence[Mark]) -> list[Membership | ChatError]:
    """As `read`, for the marks of many in one transaction and with a fixed number of statements: all who look into a
    room mark each message there as read.
    """
    with transaction.atomic():
        statements = BulkSql()
        # The people's rows first: two devices may write at once, and the later seq must hold the later state.
        seqs = statements.lock_counters({mark["person"].pk for mark in marks})
        found, _ = statements.memberships({(mark["room_id"], mark["person"].pk) for mark in marks}, lock=True)
        last_numbers = statements.last_numbers({mark["room_id"] for mark in marks})
        risen: dict[int, list[Membership]] = defaultdict(list)
        outcomes = [_raise_mark(mark, found, last_numbers, risen) for mark in marks]
        before = {person_id: seqs[person_id] for person_id in risen}
        for person_id, memberships in risen.items():
            for membership in memberships:
                seqs[person_id] += 1
                membership.person_seq = seqs[person_id]
        statements.set_marks([membership for memberships in risen.values() for membership in memberships])
        statements.set_person_seqs({person_id: seqs[person_id] for person_id in risen})
        for person_id, memberships in risen.items():
            publish_mine(person_id, before[person_id], seqs[person_id], memberships)
    return outcomes


def _raise_mark(
    mark: Mark,
    found: Mapping[tuple[int, int], Membership],
    last_numbers: Mapping[int, int],
    risen: dict[int, list[Membership]],
) -> Membership | ChatError:
    person_id, room_id, number = mark["person"].pk, mark["room_id"], mark["number"]
    numbers = mark.get("numbers") or ()
    membership = found.get((room_id, person_id))
    if membership is None or not is_joined(membership) or room_id not in last_numbers:
        return NotFound("You are not in this room.")
    if number is not None and number > last_numbers[room_id]:
        return Invalid(f"There is no message {number} in this room yet.", field="number")
    if any(not low <= high <= last_numbers[room_id] for low, high in numbers):
        return Invalid("numbers: ranges of this room's messages, the lower end first.", field="numbers")
    is_news = number is not None and raise_mark(membership, number)
    is_news = (bool(numbers) and read_ahead(membership, numbers)) or is_news
    if is_news and membership not in risen[person_id]:
        risen[person_id].append(membership)
    return membership


def pin(*, person: Person, room_id: int, pinned: bool) -> Membership:
    """The room stands near the top of the person's own list, or does so no more."""
    with transaction.atomic():
        membership = own_membership(person, room_id)
        if pinned != membership.pinned:
            membership.pinned, membership.place = pinned, 0
            changed_mine(person.pk, [membership])
    return membership


def set_draft(*, person: Person, room_id: int, text: str) -> Membership:
    """What the person is writing into the room, for all of their devices; an empty text is none. Said again, it changes
    nothing. Raises NotFound, TooLong, Invalid; LimitReached where all of their drafts together are too long; Forbidden.
    """
    most = conf().max_draft_characters
    if len(text) > most:
        raise TooLong(f"text: at most {most:,} characters.", field="text")
    if "\0" in text:
        raise Invalid("A draft can't hold the NUL character.", field="text")
    with transaction.atomic():
        membership = own_membership(person, room_id)
        if text != membership.draft:
            if len(text) > len(membership.draft):
                _require_space(membership, text)
            membership.draft = text
            changed_mine(person.pk, [membership])
    return membership


def _require_space(membership: Membership, text: str) -> None:
    """All drafts of a person stand in the answer to each of their `hello`. Their row is locked."""
    if not is_space(membership, text):
        most = conf().max_draft_characters_in_all
        raise LimitReached(
            f"Your drafts hold {most:,} characters together at most. Send or empty one of them first.", field="text"
        )


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


def own_membership(person: Person, room_id: int) -> Membership:
    """One's membership with its room, both one's own row and it locked. Raises NotFound; Forbidden for who is gone."""
    # The person's row first: two devices may write at once, and the later seq must hold the later state.
    locked = lock_people([person.pk]).get(person.pk)
    if locked is None:
        raise NotFound("You are not in this room.")
    require_active(locked)  # who deleted themselves a moment ago would leave something behind
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
        if raise_mark(membership, marks[membership.room_id]):
            raised.append(membership)
    if raised:
        changed_mine(person_id, raised)
