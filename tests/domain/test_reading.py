"""Reading out of order does not lie: what is read ahead of the mark, and what is marked as unread again."""

from __future__ import annotations

from typing import Any

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import look, membership, say, unread
from tests.domain.test_queries import assert_by_index, statements

from groupchat.actions import memberships, messages, rooms
from groupchat.actions.messages import Post
from groupchat.actions.unreading import mark_unread
from groupchat.errors import Invalid, LimitReached, NotFound
from groupchat.models import Person, Room
from groupchat.reading import ranges_in


@pytest.fixture
def twenty(alice: Person, bob: Person, lobby: Room) -> Room:
    """A room with twenty messages of Alice's that Bob has not read."""
    rooms.join(person=bob, room_id=lobby.pk)
    messages.post([Post(lobby.pk, alice, "hi", f"p{index}") for index in range(20)])
    return lobby


def reads(person: Person, room: Room, *numbers: tuple[int, int], up_to: int | None = None) -> None:
    memberships.read(person=person, room_id=room.pk, number=up_to, numbers=numbers)


def stands(person: Person, room: Room) -> tuple[int, list[tuple[int, int]]]:
    """The mark, and the ranges beyond it."""
    found = membership(person, room)
    assert found is not None
    return found.last_read_number, ranges_in(found.read_ahead)


def test_what_is_read_ahead_is_read_and_nothing_else(twenty: Room, bob: Person, ear: Ear) -> None:
    reads(bob, twenty, (5, 6), (9, 9))
    assert (stands(bob, twenty), unread(bob, twenty)) == ((0, [(5, 6), (9, 9)]), 17)
    (mine,) = ear.of_person(bob.pk)
    assert mine.frame["memberships"][0]["read_ahead"] == [[5, 6], [9, 9]]
    assert look(bob, twenty.pk)["me"] == mine.frame["memberships"][0]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([(5, 6), (7, 7)], [(5, 7)]),
        ([(9, 12), (3, 10)], [(3, 12)]),
        ([(5, 5), (5, 5)], [(5, 5)]),
        ([(8, 8), (4, 4), (6, 6)], [(4, 4), (6, 6), (8, 8)]),
    ],
)
def test_ranges_that_touch_become_one(numbers: Any, expected: Any, twenty: Room, bob: Person) -> None:
    for one in numbers:
        reads(bob, twenty, one)
    assert stands(bob, twenty) == (0, expected)


def test_the_mark_takes_what_it_reaches(twenty: Room, bob: Person) -> None:
    reads(bob, twenty, (4, 6), (8, 9), (15, 15))
    reads(bob, twenty, up_to=3)
    assert (stands(bob, twenty), unread(bob, twenty)) == ((6, [(8, 9), (15, 15)]), 11)
    reads(bob, twenty, (7, 7))
    assert stands(bob, twenty) == (9, [(15, 15)])
    reads(bob, twenty, up_to=20)
    assert stands(bob, twenty) == (20, [])


def test_what_is_read_already_is_no_news(twenty: Room, bob: Person, ear: Ear) -> None:
    reads(bob, twenty, (5, 9))
    ear.heard.clear()
    reads(bob, twenty, (6, 7))
    assert ear.heard == []


def test_of_too_many_ranges_the_lowest_are_unread_again(settings: Any, twenty: Room, bob: Person) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_READ_RANGES": 2}
    reads(bob, twenty, (3, 3), (5, 5), (7, 7))
    assert (stands(bob, twenty), unread(bob, twenty)) == ((0, [(5, 5), (7, 7)]), 18)
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_READ_RANGES": 0}
    reads(bob, twenty, (3, 3), (9, 9))
    assert len(stands(bob, twenty)[1]) == 4


@pytest.mark.parametrize("numbers", [(20, 21), (7, 6), (21, 21)])
def test_what_is_not_there_is_not_read(numbers: tuple[int, int], twenty: Room, bob: Person) -> None:
    with pytest.raises(Invalid):
        reads(bob, twenty, numbers)
    assert stands(bob, twenty) == (0, [])


def test_many_at_once_cost_what_one_does(twenty: Room, alice: Person, bob: Person) -> None:
    counts = []
    for some in ([bob], [bob, alice]):
        with statements() as sent:
            memberships.read_all(
                [
                    memberships.Mark(person=one, room_id=twenty.pk, number=None, numbers=[(5 + len(counts) * 5, 6)])
                    if not counts
                    else memberships.Mark(person=one, room_id=twenty.pk, number=None, numbers=[(10, 11)])
                    for one in some
                ]
            )
        assert_by_index(sent)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_ones_own_and_deleted_ones_within_count_once(twenty: Room, alice: Person, bob: Person) -> None:
    say(bob, twenty)  # 21, ahead of the mark
    messages.delete(person=alice, room_id=twenty.pk, number=10)
    reads(bob, twenty, (9, 11), (20, 21))
    assert unread(bob, twenty) == 20 - 3 - 1
    reads(bob, twenty, up_to=19)
    assert (stands(bob, twenty), unread(bob, twenty)) == ((21, []), 0)


def test_a_post_that_saw_as_far_takes_the_ranges_along(twenty: Room, bob: Person) -> None:
    reads(bob, twenty, (15, 20))
    say(bob, twenty, seen=14)
    assert (stands(bob, twenty), unread(bob, twenty)) == ((21, []), 0)
    say(bob, twenty)
    assert stands(bob, twenty) == (22, [])


def test_who_comes_back_has_read_all(twenty: Room, bob: Person) -> None:
    reads(bob, twenty, (5, 5))
    rooms.leave(person=bob, room_id=twenty.pk)
    rooms.join(person=bob, room_id=twenty.pk)
    assert stands(bob, twenty) == (20, [])


# --- unread again -----------------------------------------------------------------------------------------------------


def test_marked_as_unread_from_here(twenty: Room, bob: Person, ear: Ear) -> None:
    reads(bob, twenty, up_to=20)
    ear.heard.clear()
    mark_unread(person=bob, room_id=twenty.pk, number=12)
    assert (stands(bob, twenty), unread(bob, twenty)) == ((12, []), 8)
    (mine,) = ear.of_person(bob.pk)
    (told,) = mine.frame["memberships"]
    assert (told["last_read_number"], told["moved_back"]) == (12, 1)
    reads(bob, twenty, up_to=14)
    assert unread(bob, twenty) == 6


def test_ones_own_messages_are_not_unread_again(twenty: Room, alice: Person, bob: Person, ear: Ear) -> None:
    """Those that took the mark along were in no index: nobody had to be told of them."""
    reads(bob, twenty, up_to=20)
    for _ in range(3):
        say(bob, twenty)
    say(alice, twenty)
    messages.delete(person=alice, room_id=twenty.pk, number=19)
    ear.heard.clear()
    mark_unread(person=bob, room_id=twenty.pk, number=17)
    assert unread(bob, twenty) == 3  # 18, 20 and 24
    assert ear.of_person(bob.pk)[0].frame["rooms"][0]["uncounted"] == [[19, 19], [21, 23]]
    say(bob, twenty, seen=24)
    assert (stands(bob, twenty)[0], unread(bob, twenty)) == (25, 0)


def test_what_was_read_ahead_behind_it_is_unread_too(twenty: Room, bob: Person) -> None:
    reads(bob, twenty, (5, 8), (12, 14), up_to=2)
    mark_unread(person=bob, room_id=twenty.pk, number=6)
    assert (stands(bob, twenty), unread(bob, twenty)) == ((2, [(5, 6)]), 16)
    mark_unread(person=bob, room_id=twenty.pk, number=0)
    assert (stands(bob, twenty), unread(bob, twenty)) == ((0, []), 20)


def test_what_is_unread_already_is_no_news(twenty: Room, bob: Person, ear: Ear) -> None:
    reads(bob, twenty, up_to=5)
    ear.heard.clear()
    mark_unread(person=bob, room_id=twenty.pk, number=5)
    mark_unread(person=bob, room_id=twenty.pk, number=9)
    assert ear.heard == []
    assert stands(bob, twenty) == (5, [])


def test_not_the_whole_history_of_a_room(settings: Any, twenty: Room, bob: Person, person: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_UNREAD_BACK": 5}
    reads(bob, twenty, up_to=20)
    with pytest.raises(LimitReached):
        mark_unread(person=bob, room_id=twenty.pk, number=14)
    mark_unread(person=bob, room_id=twenty.pk, number=15)
    assert unread(bob, twenty) == 5
    with pytest.raises(NotFound):
        mark_unread(person=person("carol"), room_id=twenty.pk, number=15)


def test_it_uses_indexes(twenty: Room, bob: Person) -> None:
    reads(bob, twenty, up_to=20)
    with statements() as sent:
        mark_unread(person=bob, room_id=twenty.pk, number=12)
    assert_by_index(sent)
