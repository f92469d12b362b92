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
    now = lock_people([person.pk])[person.pk]
    require_active(now)
    blocked = blocked_by(person.pk)
    if on == (other_id in blocked):
        return blocked
    if on:
        _require_blockable(person, other_id, blocked)
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
    if not Person.objects.filter(pk=other_id).exists():
        raise NotFound("There is no such person.", field="person")
