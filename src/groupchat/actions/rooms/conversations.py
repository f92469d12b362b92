"""Conversations: rooms between certain people, found by who they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from groupchat.actions.blocks import require_reaches
from groupchat.actions.counters import changing_room
from groupchat.actions.rooms.coming import come_in
from groupchat.actions.rooms.making import Allow, Entered, begin, whoever
from groupchat.actions.rooms.names import private_slug
from groupchat.attempts import Joining, MakingRoom, ask
from groupchat.conf import conf
from groupchat.errors import Invalid, NotFound
from groupchat.models import Membership, Person, Room
from groupchat.permissions import is_joined, require_active, require_converse
from groupchat.text import LONGEST_NAME

MOST_PEOPLE = 30  # whose ids fit into `Room.people_key`, however long they are


def converse(*, person: Person, people: Collection[int]) -> Entered:
    """The conversation between this person and those with these ids: the one that there is, or a new one.

    Of two who begin it at the same moment, in whatever process, one makes it and the other finds it. Raises Invalid
    where they are too many, or nobody else; NotFound where one of them is not there; Forbidden.
    """
    return converse_limited(person=person, people=people, before_making=whoever)


def converse_limited(*, person: Person, people: Collection[int], before_making: Allow) -> Entered:
    """The same, for somebody at a door: `before_making` raises where this person may make no room now."""
    require_active(person)
    ids = sorted({person.pk, *people})
    limit = min(conf().max_conversation_people or MOST_PEOPLE, MOST_PEOPLE)
    if len(ids) > limit:
        raise Invalid(f"people: at most {limit} in one conversation. Make a private room for more.", field="people")
    if len(ids) < 2:
        raise Invalid("people: name somebody else.", field="people")
    key = "-".join(map(str, ids))
    while True:
        room = Room.objects.filter(people_key=key).first()
        if room is not None:
            return _come_back(person, room)
        try:
            return _begin(person, ids, key, before_making)
        except IntegrityError:
            continue  # somebody else did, between our look and our write


def _begin(person: Person, ids: Sequence[int], key: str, before_making: Allow) -> Entered:
    others = list(Person.objects.filter(pk__in=ids).exclude(pk=person.pk))
    if len(others) + 1 < len(ids) or not all(one.is_admitted for one in others):
        raise NotFound("Somebody of these is not here any more.", field="people")
    require_reaches(person, [one.pk for one in others])
    require_converse(person, others, _in_common(person, [one.pk for one in others]))
    before_making(person)
    everybody = [person, *sorted(others, key=lambda one: one.pk)]
    kind = Room.Kind.DIRECT if len(everybody) == 2 else Room.Kind.GROUP
    name = ", ".join(one.name for one in everybody)[:LONGEST_NAME]
    room = Room(
        kind=kind, name=name, slug=private_slug(), people_key=key, created_by=person, last_message_at=timezone.now()
    )
    ask(MakingRoom(room, person))
    with transaction.atomic():
        room.save(force_insert=True)
        room = begin(room=room, people=everybody, role=Membership.Role.MEMBER)
        return Entered(room, Membership.objects.get(room=room, person=person), created=True)


def _come_back(person: Person, room: Room) -> Entered:
    """Who left a group is in it again when they ask for it; the others are where they want to be."""
    membership = Membership.objects.get(room=room, person=person)
    if is_joined(membership):
        return Entered(room, membership, created=False)
    with changing_room(room.pk, person, comes_in=True) as change:
        membership = Membership.objects.get(room=room, person=person)
        if not is_joined(membership):
            ask(Joining(change.room, person))
            membership = come_in(change, person, membership)
    return Entered(change.room, membership, created=False)


def _in_common(person: Person, others: Collection[int]) -> set[int]:
    """Those among these people who are in a room in which this person is, too."""
    mine = Membership.objects.filter(person=person, state=Membership.State.JOINED, room__deleted_at=None)
    theirs = Membership.objects.filter(person_id__in=others, state=Membership.State.JOINED)
    return set(theirs.filter(room_id__in=mine.values("room_id")).values_list("person_id", flat=True))
