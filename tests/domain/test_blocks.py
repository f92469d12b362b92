"""Whom one blocks reaches one no more, and is not told; all of one's devices are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.domain.conftest import Ear

from groupchat import timeline
from groupchat.actions import members, messages, rooms
from groupchat.actions.blocks import block, unheard
from groupchat.actions.messages import Post, Posted, post
from groupchat.errors import ChatError, Forbidden, Invalid, NotFound
from groupchat.models import Block, Person, Room


def says(person: Person, room: Room, body: str = "hi", id: str = "one") -> Posted | ChatError:
    (answer,) = post([Post(room.pk, person, body, id)])
    return answer


def test_all_devices_are_told_the_whole_list_and_nobody_else_is(alice: Person, bob: Person, ear: Ear) -> None:
    before = Person.objects.get(pk=alice.pk).seq
    assert block(person=alice, other_id=bob.pk) == [bob.pk]
    (changes,) = ear.heard
    assert changes.frame == {"type": "changes", "me": alice.pk, "since": before, "to": before + 1, "blocks": [bob.pk]}
    resumed, whole = timeline.my_changes(alice.pk, before), timeline.mine(alice)
    assert resumed is not None
    assert (resumed.frame["blocks"], list(whole.blocks), whole.seq) == ([bob.pk], [bob.pk], before + 1)
    assert timeline.mine(bob).blocks == ()
    assert block(person=alice, other_id=bob.pk) == [bob.pk]  # again: no change
    assert block(person=alice, other_id=bob.pk, on=False) == []
    assert [one.frame.get("blocks") for one in ear.of_person(alice.pk)] == [[bob.pk], []]
    later = timeline.my_changes(alice.pk, before)
    assert later is not None
    assert later.frame["blocks"] == []
    assert ear.of_person(bob.pk) == []


def test_a_later_change_of_something_else_does_not_tell_it_again(alice: Person, bob: Person) -> None:
    block(person=alice, other_id=bob.pk)
    seq = timeline.mine(alice).seq
    rooms.enter(person=alice, name="lounge")
    changes = timeline.my_changes(alice.pk, seq)
    assert changes is not None
    assert "blocks" not in changes.frame


def test_who_is_blocked_begins_no_conversation(alice: Person, bob: Person, person: Callable[..., Person]) -> None:
    carol = person("carol")
    block(person=alice, other_id=bob.pk)
    for people in ([alice.pk], [alice.pk, carol.pk]):
        with pytest.raises(NotFound) as refused:
            rooms.converse(person=bob, people=people)
        gone = refused.value
    carol_is_gone = [*people, 10**9]
    with pytest.raises(NotFound) as missing:
        rooms.converse(person=bob, people=carol_is_gone)
    assert gone.as_json() == missing.value.as_json()  # it tells nothing
    assert not Room.objects.exists()
    assert rooms.converse(person=alice, people=[bob.pk]).created


def test_who_is_blocked_writes_nothing_into_the_conversation_that_there_is(alice: Person, bob: Person) -> None:
    room = rooms.converse(person=bob, people=[alice.pk]).room
    first = says(bob, room)
    assert isinstance(first, Posted)
    block(person=alice, other_id=bob.pk)
    assert isinstance(says(bob, room, "more", "two"), Forbidden)
    again = says(bob, room)
    assert isinstance(again, Posted)
    assert again.duplicate  # a retry of what was acknowledged stays acknowledged
    with pytest.raises(Forbidden):
        messages.edit(person=bob, room_id=room.pk, number=first.number, body="something else")
    messages.delete(person=bob, room_id=room.pk, number=first.number)
    assert isinstance(says(alice, room, "hello", "three"), Posted)
    block(person=alice, other_id=bob.pk, on=False)
    assert isinstance(says(bob, room, "more", "two"), Posted)


def test_elsewhere_they_write_as_ever(alice: Person, bob: Person, lobby: Room) -> None:
    block(person=alice, other_id=bob.pk)
    assert isinstance(says(bob, lobby), Posted)
    group = rooms.converse(person=alice, people=[bob.pk, Person.objects.create(name="C", handle="c").pk]).room
    assert isinstance(says(bob, group), Posted)


def test_who_is_blocked_brings_nobody_in_who_blocks_them(alice: Person, bob: Person) -> None:
    cellar = rooms.create(person=bob, name="Cellar", kind=Room.Kind.PRIVATE)
    block(person=alice, other_id=bob.pk)
    with pytest.raises(NotFound):
        members.invite(person=bob, room_id=cellar.pk, people=[alice.pk])
    block(person=alice, other_id=bob.pk, on=False)
    assert members.invite(person=bob, room_id=cellar.pk, people=[alice.pk]) == [alice.pk]
    block(person=alice, other_id=bob.pk)
    assert members.invite(person=bob, room_id=cellar.pk, people=[alice.pk]) == []  # who is in is in


def test_what_can_not_be_blocked(alice: Person, bob: Person, person: Callable[..., Person], settings: Any) -> None:
    with pytest.raises(Invalid):
        block(person=alice, other_id=alice.pk)
    with pytest.raises(NotFound):
        block(person=alice, other_id=10**9)
    settings.GROUPCHAT = {"MAX_BLOCKED_PEOPLE": 1}
    block(person=alice, other_id=bob.pk)
    with pytest.raises(Invalid):
        block(person=alice, other_id=person("carol").pk)
    assert Block.objects.count() == 1


def test_a_post_into_a_room_asks_nothing_more(
    alice: Person, bob: Person, lobby: Room, django_assert_num_queries: Any
) -> None:
    says(alice, lobby, "warm", "w")
    with django_assert_num_queries(0):
        assert unheard({lobby.pk: [alice.pk]}, {lobby.pk: lobby}) == set()
    direct = rooms.converse(person=alice, people=[bob.pk]).room
    with django_assert_num_queries(1):
        unheard({direct.pk: [alice.pk, bob.pk], lobby.pk: [bob.pk]}, {direct.pk: direct, lobby.pk: lobby})
