"""Conversations: found by who is in them, never made twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import override_settings
from tests.domain.conftest import Ear
from tests.domain.says import rows, say

from groupchat import timeline
from groupchat.actions import rooms
from groupchat.actions.people import set_active
from groupchat.errors import Forbidden, Invalid, NotFound
from groupchat.models import Membership, Person, Room
from groupchat.resources import room_resource


def test_a_conversation_is_found_whoever_asks(alice: Person, bob: Person) -> None:
    begun = rooms.converse(person=alice, people=[bob.pk])
    assert begun.created
    assert (begun.room.kind, begun.room.people_ids) == (Room.Kind.DIRECT, sorted([alice.pk, bob.pk]))
    before = rows()
    for who, whom in ((alice, [bob.pk]), (bob, [alice.pk]), (alice, [alice.pk, bob.pk]), (bob, [alice.pk, alice.pk])):
        found = rooms.converse(person=who, people=whom)
        assert (found.created, found.room, found.membership.person) == (False, begun.room, who)
    assert rows() == before


def test_both_are_in_it_and_hear_of_it_at_once(alice: Person, bob: Person, ear: Ear) -> None:
    room = rooms.converse(person=alice, people=[bob.pk]).room
    for one in (alice, bob):
        (mine,) = ear.of_person(one.pk)
        assert [state["room"]["id"] for state in mine.frame["rooms"]] == [room.pk]
        assert {person["id"] for person in mine.frame["people"]} == {alice.pk, bob.pk}
        own = timeline.mine(one)
        assert own.rooms[0]["room"] == room_resource(room)
        assert [person["id"] for person in own.people] == sorted([alice.pk, bob.pk])
        changes = timeline.my_changes(one.pk, 0)
        assert changes is not None
        assert {person["id"] for person in changes.frame["people"]} == {alice.pk, bob.pk}


def test_a_group_is_another_conversation_with_each_set_of_people(
    alice: Person, bob: Person, person: Callable[..., Person]
) -> None:
    carol, dora = person("carol"), person("dora")
    group = rooms.converse(person=alice, people=[bob.pk, carol.pk]).room
    assert group.kind == Room.Kind.GROUP
    assert rooms.converse(person=carol, people=[alice.pk, bob.pk]).room == group
    others = [
        rooms.converse(person=alice, people=people).room
        for people in ([bob.pk], [carol.pk], [bob.pk, carol.pk, dora.pk])
    ]
    assert len({group, *others}) == 4


def test_who_left_a_group_comes_back_by_asking_and_nobody_else_brings_them(
    alice: Person, bob: Person, person: Callable[..., Person]
) -> None:
    carol = person("carol")
    room = rooms.converse(person=alice, people=[bob.pk, carol.pk]).room
    rooms.leave(person=carol, room_id=room.pk)
    rooms.converse(person=alice, people=[bob.pk, carol.pk])
    left = Membership.objects.get(room=room, person=carol)
    assert left.state == Membership.State.LEFT
    say(alice, room)
    back = rooms.converse(person=carol, people=[alice.pk, bob.pk])
    assert not back.created
    assert (back.membership.state, back.membership.last_read_number) == (Membership.State.JOINED, 1)


def test_nobody_comes_between_two(alice: Person, bob: Person, person: Callable[..., Person]) -> None:
    room = rooms.converse(person=alice, people=[bob.pk]).room
    carol = person("carol")
    before = rows()
    with pytest.raises(NotFound):
        rooms.join(person=carol, room_id=room.pk)
    with pytest.raises(Forbidden) as refused:
        rooms.leave(person=alice, room_id=room.pk)
    assert refused.value.why == "conversation"
    for change in ({"name": "Ours"}, {"kind": "public"}):
        with pytest.raises(Forbidden):
            rooms.configure(person=alice, room_id=room.pk, **change)
    with pytest.raises(Forbidden):
        rooms.delete(person=bob, room_id=room.pk)
    assert rows() == before


def test_with_whom_there_can_be_none(alice: Person, bob: Person, person: Callable[..., Person]) -> None:
    set_active(person=bob, is_active=False)
    many = [person("many").pk for _ in range(3)]
    before = rows()
    for people, error in (([], Invalid), ([alice.pk], Invalid), ([10**9], NotFound), ([bob.pk], NotFound)):
        with pytest.raises(error) as refused:
            rooms.converse(person=alice, people=people)
        assert refused.value.field == "people"
    with override_settings(GROUPCHAT={"MAX_CONVERSATION_PEOPLE": 3}):
        with pytest.raises(Invalid, match="at most 3"):
            rooms.converse(person=alice, people=many)
        rooms.converse(person=alice, people=many[:2])
        before = rows()
    with override_settings(GROUPCHAT={"MAX_CONVERSATION_PEOPLE": 0}), pytest.raises(Invalid, match="at most 30"):
        rooms.converse(person=alice, people=range(100, 131))
    assert rows() == before


def test_a_guest_writes_to_those_with_whom_they_are_in_a_room(
    alice: Person, bob: Person, guest: Callable[..., Person], lobby: Room
) -> None:
    grace = guest("Grace")
    rooms.join(person=grace, room_id=lobby.pk)
    with pytest.raises(Forbidden) as refused:
        rooms.converse(person=grace, people=[bob.pk])
    assert refused.value.why == "guest"
    assert rooms.converse(person=bob, people=[grace.pk]).created, "the other way round"
    assert not rooms.converse(person=grace, people=[bob.pk]).created
    assert rooms.converse(person=grace, people=[alice.pk]).created
