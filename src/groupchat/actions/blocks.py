"""Who blocks whom: nobody is told of it, and who is blocked is refused as anybody is whom nobody there would hear."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from groupchat.actions.counters import changed_blocks, lock_people
from groupchat.blocking import blocks_of
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid, NotFound
from groupchat.models import Block, Person, Room
from groupchat.permissions import require_active


@transaction.atomic
def block(*, person: Person, other_id: int, on: bool = True) -> list[int]:
    """Hear nothing more of somebody, or let them be heard again; gives the ids of all who are blocked, ascending.

    They can't begin a conversation with this person, nor write into the one that the two have, nor bring them into a
    room. All devices of this person are told. Said again, it changes nothing. Raises NotFound, Invalid.
    """
    locked = lock_people([person.pk, other_id])  # the other one's, too: a guest may just become a part of somebody
    require_active(locked[person.pk])
    blocked = blocked_by(person.pk)
    other = locked.get(other_id)
    if on and other is not None and other.merged_into_id is not None:
        other_id = other.merged_into_id
    if on == (other_id in blocked):
        return blocked
    if on:
        _require_blockable(person, other_id, blocked)
        if other is None:
            raise NotFound("There is no such person.", field="person")
        Block.objects.create(person=person, blocked_id=other_id)
    else:
        Block.objects.filter(person=person, blocked_id=other_id).delete()
    blocked = blocked_by(person.pk)
    changed_blocks(person.pk, blocked)
    return blocked


def blocked_by(person_id: int) -> list[int]:
    """Whom this person blocks: their ids, ascending."""
    return blocks_of([person_id]).get(person_id, [])


def people_blocked_by(person: Person) -> list[Person]:
    """The same as people, by name."""
    return list(Person.objects.filter(pk__in=blocked_by(person.pk)).order_by("name", "pk"))


def require_reaches(person: Person, others: Collection[int]) -> None:
    """Raises NotFound where one of these blocks this person: what is answered of somebody who is gone, too."""
    if Block.objects.filter(blocked=person, person_id__in=others).exists():
        raise NotFound("Somebody of these is not here any more.", field="people")


def unheard(authors: Mapping[int, Collection[int]], rooms: Mapping[int, Room]) -> set[tuple[int, int]]:
    """Of who wants to write into these rooms, by room: those, as (room, author), whom the other one of a conversation
    between two blocks. One statement, and none where there is no such conversation.
    """
    pairs = {
        (room_id, author, other)
        for room_id, some in authors.items()
        if (room := rooms.get(room_id)) is not None and room.kind == Room.Kind.DIRECT
        for author in some
        for other in room.people_ids
        if other != author
    }
    if not pairs:
        return set()
    found = Block.objects.filter(
        blocked_id__in={author for _, author, _ in pairs}, person_id__in={other for _, _, other in pairs}
    )
    blocks = set(found.values_list("blocked_id", "person_id"))
    return {(room_id, author) for room_id, author, other in pairs if (author, other) in blocks}


def not_heard() -> Forbidden:
    """The answer to a message that would reach nobody; it says no more than that."""
    return Forbidden("You can't write into this conversation now.")


def _require_blockable(person: Person, other_id: int, blocked: Collection[int]) -> None:
    if other_id == person.pk:
        raise Invalid("person: somebody else than yourself.", field="person")
    most = conf().max_blocked_people
    if most and len(blocked) >= most:
        raise Invalid(f"You block {most} people already; let one of them be heard first.", field="person")


# --- when a guest becomes a part of somebody ------------------------------------------------------------------------


def take_blocks(*, guest_id: int, person_id: int) -> None:
    """Whom a guest blocks, and who blocks them, becomes the person's; all devices of who blocks are told. Done again it
    changes nothing.
    """
    _take_those_of(guest_id, person_id)
    on_guest = Block.objects.filter(blocked_id=guest_id).order_by("person_id")
    for blocker_id in list(on_guest.values_list("person_id", flat=True)):
        _take_one_on(guest_id, person_id, blocker_id)


@transaction.atomic
def _take_those_of(guest_id: int, person_id: int) -> None:
    person = lock_people([guest_id, person_id])[person_id]
    theirs = blocked_by(guest_id)
    if not theirs:
        return
    Block.objects.filter(person_id=guest_id).delete()
    changed_blocks(guest_id, [])
    new = sorted({*theirs} - {person_id, *blocked_by(person_id)}) if person.deleted_at is None else []
    if new:
        Block.objects.bulk_create([Block(person_id=person_id, blocked_id=other_id) for other_id in new])
        changed_blocks(person_id, blocked_by(person_id))


@transaction.atomic
def _take_one_on(guest_id: int, person_id: int, blocker_id: int) -> None:
    lock_people([blocker_id])
    there, _ = Block.objects.filter(person_id=blocker_id, blocked_id=guest_id).delete()
    if not there:
        return
    if blocker_id != person_id:  # nobody blocks themselves
        Block.objects.get_or_create(person_id=blocker_id, blocked_id=person_id)
    changed_blocks(blocker_id, blocked_by(blocker_id))
