"""A guest becomes a part of somebody: whom they blocked, and who blocked them, stays so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.domain.conftest import Ear

from groupchat import timeline
from groupchat.actions import merging, rooms
from groupchat.actions.blocks import block, blocked_by
from groupchat.actions.messages import Post, post
from groupchat.errors import ChatError, Forbidden
from groupchat.models import Block, Person, Room


@pytest.fixture
def ada(guest: Callable[..., Person]) -> Person:
    return guest("Ada")


@pytest.fixture
def carol(person: Callable[..., Person]) -> Person:
    return person("carol")


def merged(ada: Person, alice: Person) -> None:
    merging.merge_guest(guest=ada, into=alice)
    merging.carry_out(guest_id=ada.pk, person_id=alice.pk)


def conversation(ada: Person, bob: Person, lobby: Room) -> Room:
    """Of two who met in a room."""
    for one in (ada, bob):
        rooms.join(person=one, room_id=lobby.pk)
    return rooms.converse(person=ada, people=[bob.pk]).room


def pairs() -> list[tuple[int, int]]:
    return sorted(Block.objects.values_list("person_id", "blocked_id"))


def test_they_are_the_persons_and_whoever_blocks_is_told(
    ada: Person, alice: Person, bob: Person, carol: Person, ear: Ear
) -> None:
    block(person=bob, other_id=ada.pk)
    block(person=ada, other_id=carol.pk)
    seqs = {one.pk: timeline.mine(one).seq for one in (alice, bob)}
    ear.heard.clear()
    merged(ada, alice)
    assert pairs() == sorted([(bob.pk, alice.pk), (alice.pk, carol.pk)])
    for who, whom in ((bob, alice), (alice, carol)):
        assert [one.frame["blocks"] for one in ear.of_person(who.pk) if "blocks" in one.frame] == [[whom.pk]]
        resumed = timeline.my_changes(who.pk, seqs[who.pk])
        assert resumed is not None
        assert resumed.frame["blocks"] == list(timeline.mine(who).blocks) == [whom.pk]
    assert ear.of_person(carol.pk) == []
    ear.heard.clear()
    merging.carry_out(guest_id=ada.pk, person_id=alice.pk)
    assert (pairs(), ear.heard) == (sorted([(bob.pk, alice.pk), (alice.pk, carol.pk)]), [])


def test_none_is_doubled_and_nobody_blocks_themselves(ada: Person, alice: Person, bob: Person) -> None:
    for who, whom in ((ada, alice), (alice, ada), (ada, bob), (alice, bob), (bob, ada), (bob, alice)):
        block(person=who, other_id=whom.pk)
    merged(ada, alice)
    assert pairs() == sorted([(alice.pk, bob.pk), (bob.pk, alice.pk)])


def test_who_was_blocked_as_a_guest_writes_nothing_with_the_account(
    ada: Person, alice: Person, bob: Person, lobby: Room
) -> None:
    talk = conversation(ada, bob, lobby)
    block(person=bob, other_id=ada.pk)
    merged(ada, alice)
    assert Room.objects.get(pk=talk.pk).people_ids == sorted([alice.pk, bob.pk])
    (answer,) = post([Post(talk.pk, alice, "hi", "one")])
    assert isinstance(answer, Forbidden)


def test_they_come_before_any_room(
    ada: Person, alice: Person, bob: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation(ada, bob, lobby)
    block(person=bob, other_id=ada.pk)

    def ends(**_: object) -> None:
        raise ChatError("The server ended.")

    monkeypatch.setattr(merging, "take_membership", ends)
    with pytest.raises(ChatError):
        merged(ada, alice)
    assert pairs() == [(bob.pk, alice.pk)]


def test_who_blocks_a_guest_that_was_means_the_person(ada: Person, alice: Person, bob: Person) -> None:
    merged(ada, alice)
    assert block(person=bob, other_id=ada.pk) == [alice.pk]
    assert block(person=bob, other_id=ada.pk) == blocked_by(bob.pk) == [alice.pk]
    assert block(person=bob, other_id=alice.pk, on=False) == []
