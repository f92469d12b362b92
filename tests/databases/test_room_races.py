"""What many may do to a room at the same moment: one conversation, never without an owner, nobody in a circle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from uuid import uuid4

import pytest
from tests.databases.test_races import THREADS, at_once, check_room, person

from groupchat.actions import members, messages, rooms
from groupchat.actions.messages import Post
from groupchat.errors import ChatError
from groupchat.models import Membership, Person, Room

pytestmark = pytest.mark.usefixtures("database")

Role, State = Membership.Role, Membership.State


def account(name: str) -> Person:
    """Somebody who may write to everybody."""
    one = person(name)
    Person.objects.filter(pk=one.pk).update(kind=Person.Kind.USER)
    return Person.objects.get(pk=one.pk)


def attempt(act: Callable[[], object]) -> bool:
    try:
        act()
    except ChatError:
        return False
    return True


def owners(room: Room) -> list[int]:
    found = Membership.objects.filter(room=room, role=Role.OWNER, state=State.JOINED)
    return list(found.values_list("person_id", flat=True))


def test_a_conversation_is_made_once_whoever_begins_it() -> None:
    for _ in range(5):
        ada, bob = account("Ada"), account("Bob")
        works = [partial(rooms.converse, person=one, people=[two.pk]) for one, two in [(ada, bob), (bob, ada)] * 4]
        entered = at_once(works)
        assert len({one.room.pk for one in entered}) == 1
        assert sum(one.created for one in entered) == 1
        assert Membership.objects.filter(room=entered[0].room, state=State.JOINED).count() == 2
        check_room(entered[0].room.pk)


def test_two_owners_who_lay_it_down_at_once_are_not_both_let() -> None:
    for _ in range(10):
        ada, bob = account("Ada"), account("Bob")
        room = rooms.create(person=ada, name=f"Room {uuid4()}")
        members.invite(person=ada, room_id=room.pk, people=[bob.pk])
        members.give_role(person=ada, room_id=room.pk, target_id=bob.pk, role="owner")
        lay_down = [
            partial(attempt, partial(members.give_role, person=one, room_id=room.pk, target_id=one.pk, role="member"))
            for one in (ada, bob)
        ]
        assert sorted(at_once(lay_down)) == [False, True]
        assert len(owners(room)) == 1


def test_owners_who_leave_at_once_leave_it_to_somebody() -> None:
    for _ in range(10):
        ada, bob, carol = (account(name) for name in ("Ada", "Bob", "Carol"))
        room = rooms.create(person=ada, name=f"Room {uuid4()}")
        members.invite(person=ada, room_id=room.pk, people=[bob.pk, carol.pk])
        members.give_role(person=ada, room_id=room.pk, target_id=bob.pk, role="owner")
        at_once([partial(rooms.leave, person=one, room_id=room.pk) for one in (ada, bob)])
        assert owners(room) == [carol.pk]
        check_room(room.pk)


def test_everything_at_once_and_nobody_waits_in_a_circle() -> None:
    people = [account(f"P{index}") for index in range(6)]
    places = [rooms.create(person=people[0], name=f"Room {uuid4()}") for _ in range(3)]
    for place in places:
        members.invite(person=people[0], room_id=place.pk, people=[one.pk for one in people])
        members.give_role(person=people[0], room_id=place.pk, target_id=people[1].pk, role="owner")

    def live(seed: int) -> None:
        random = Random(seed)
        for _ in range(25):
            one, two, place = random.choice(people), random.choice(people), random.choice(places)
            act = random.choice(
                [
                    partial(members.invite, person=one, room_id=place.pk, people=[each.pk for each in people]),
                    partial(members.remove, person=one, room_id=place.pk, target_id=two.pk),
                    partial(
                        members.give_role,
                        person=one,
                        room_id=place.pk,
                        target_id=two.pk,
                        role=random.choice(Role.values),
                    ),
                    partial(rooms.leave, person=one, room_id=place.pk),
                    partial(rooms.join, person=one, room_id=place.pk),
                    partial(
                        rooms.configure,
                        person=one,
                        room_id=place.pk,
                        kind=random.choice(["public", "private", "announcement"]),
                    ),
                    partial(rooms.converse, person=one, people=[two.pk, random.choice(people).pk]),
                    partial(messages.post, [Post(place.pk, one, "words", uuid4().hex)]),
                ]
            )
            attempt(act)

    at_once([partial(live, seed) for seed in range(THREADS)])
    for place in places:
        check_room(place.pk)
        if Membership.objects.filter(room=place, state=State.JOINED).exists():
            assert owners(place), "somebody is there, so somebody owns it"
