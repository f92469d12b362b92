"""What is unread: what others wrote behind the mark and is still there. Writing is not reading."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import answer, look, membership, rows, say, uncounted_of, unread
from tests.domain.test_queries import assert_by_index, assert_by_index_of, statements

from groupchat.actions import memberships, messages, rooms
from groupchat.actions.messages import Post
from groupchat.actions.people import Guest
from groupchat.errors import Invalid
from groupchat.models import Message, Person, Room
from groupchat.realtime.delivery import resume
from groupchat.unread import ranges_of


def mark(person: Person, room: Room) -> int:
    found = membership(person, room)
    assert found is not None
    return found.last_read_number


@pytest.fixture
def five(alice: Person, bob: Person, lobby: Room) -> Room:
    """A room with five messages of Alice's that Bob has not read."""
    rooms.join(person=bob, room_id=lobby.pk)
    for _ in range(5):
        say(alice, lobby)
    return lobby


# --- posts ------------------------------------------------------------------------------------------------------------


def test_a_program_that_posts_reads_nothing(five: Room, bob: Person, ear: Ear) -> None:
    assert say(bob, five).number == 6
    assert (mark(bob, five), unread(bob, five)) == (0, 5)
    assert ear.of_person(bob.pk) == []


def test_what_came_while_one_was_offline_stays_unread(five: Room, alice: Person, bob: Person, ear: Ear) -> None:
    memberships.read(person=bob, room_id=five.pk, number=5)
    for _ in range(30):
        say(alice, five)
    ear.heard.clear()
    say(bob, five, seen=5)  # written when the line was gone, behind the fifth
    assert (mark(bob, five), unread(bob, five)) == (5, 30)
    assert ear.of_person(bob.pk) == []


def test_who_saw_everything_has_read_everything(five: Room, bob: Person, ear: Ear) -> None:
    say(bob, five, seen=5)
    assert (mark(bob, five), unread(bob, five)) == (6, 0)
    (mine,) = ear.of_person(bob.pk)  # the other devices must hear of the five
    assert [one["last_read_number"] for one in mine.frame["memberships"]] == [6]


def test_who_saw_a_part_has_read_a_part(five: Room, alice: Person, bob: Person) -> None:
    say(bob, five, seen=3)
    assert (mark(bob, five), unread(bob, five)) == (3, 2)
    say(bob, five, seen=2)  # less than one has read already
    assert (mark(bob, five), unread(bob, five)) == (3, 2)
    memberships.read(person=bob, room_id=five.pk, number=5)
    assert unread(bob, five) == 0
    say(alice, five)
    assert unread(bob, five) == 1


def test_ones_own_behind_the_mark_take_it_along(five: Room, bob: Person, ear: Ear) -> None:
    """So it stays where it is in a room where one writes alone, and no device must be told."""
    memberships.read(person=bob, room_id=five.pk, number=5)
    ear.heard.clear()
    for seen in (5, 5, None):
        say(bob, five, seen=seen)
    assert (mark(bob, five), unread(bob, five)) == (8, 0)
    assert ear.of_person(bob.pk) == []
    assert not Message.objects.filter(ahead=True).exists()


def test_several_at_once_behind_one_sight(five: Room, bob: Person, alice: Person) -> None:
    posts = [Post(five.pk, who, "hi", f"b{index}", 5) for index, who in enumerate((bob, bob, alice, bob))]
    messages.post(posts)
    assert (mark(bob, five), unread(bob, five)) == (7, 1)
    assert unread(alice, five) == 3


@pytest.mark.parametrize("seen", [6, 7, 2**62])
def test_what_was_not_there_was_not_seen(seen: int, five: Room, bob: Person) -> None:
    """A number of another life of the room: the message is taken, and nothing is read."""
    assert say(bob, five, seen=seen).number == 6
    assert (mark(bob, five), unread(bob, five)) == (0, 5)


def test_less_than_nothing_is_refused(five: Room, bob: Person) -> None:
    before = rows()
    refused = answer(bob, five, seen=-1)
    assert isinstance(refused, Invalid)
    assert refused.field == "seen"
    assert rows() == before


def test_a_retry_reads_nothing_more(five: Room, alice: Person, bob: Person) -> None:
    say(bob, five, id="once", seen=2)
    say(alice, five)
    say(bob, five, id="once", seen=6)
    assert (mark(bob, five), unread(bob, five)) == (2, 4)


def test_a_guest_who_comes_by_writing_has_read_what_was_there(five: Room, alice: Person) -> None:
    guest = Guest(uuid4(), "Grace")
    posted = say(guest, five, seen=3)
    grace = Person.objects.get(pk=posted.author_id)
    assert (mark(grace, five), unread(grace, five)) == (6, 0)
    say(alice, five)
    say(guest, five)
    assert unread(grace, five) == 1


# --- deletions --------------------------------------------------------------------------------------------------------


def test_a_deleted_message_is_not_unread(five: Room, alice: Person, bob: Person, ear: Ear) -> None:
    memberships.read(person=bob, room_id=five.pk, number=2)
    ear.heard.clear()
    messages.delete(person=alice, room_id=five.pk, number=1)  # read already
    assert unread(bob, five) == 3
    messages.delete(person=alice, room_id=five.pk, number=4)
    assert unread(bob, five) == 2
    memberships.read(person=bob, room_id=five.pk, number=4)
    assert unread(bob, five) == 1
    messages.delete(person=alice, room_id=five.pk, number=5)
    assert unread(bob, five) == 0


def test_ones_own_that_one_deletes_counts_once(five: Room, bob: Person) -> None:
    number = say(bob, five).number
    messages.delete(person=bob, room_id=five.pk, number=number)
    assert unread(bob, five) == 5


# --- what a device is told --------------------------------------------------------------------------------------------


def test_ranges() -> None:
    assert ranges_of([]) == []
    assert ranges_of([3, 4, 5, 9, 11, 12]) == [(3, 5), (9, 9), (11, 12)]


def test_every_door_to_a_room_tells_the_same(five: Room, alice: Person, bob: Person) -> None:
    memberships.read(person=bob, room_id=five.pk, number=1)
    messages.delete(person=alice, room_id=five.pk, number=3)
    for _ in range(2):
        say(bob, five)
    (found,) = resume.resume([resume.ResumeRequest(bob, {}, True)])
    assert not isinstance(found, Exception)
    mine = resume.my_changes(bob.pk, 0)
    assert mine is not None
    for state in (found.rooms[0], look(bob, five.pk), mine.frame["rooms"][0]):
        assert state["uncounted"] == [[3, 3], [6, 7]]
    assert "uncounted" not in look(alice, five.pk) | {}
    assert "uncounted" not in look(None, five.pk)


def test_a_long_list_is_cut_behind_the_lowest(settings: Any, five: Room, alice: Person, bob: Person) -> None:
    """What is left out is unread until one has come nearer."""
    settings.GROUPCHAT = {"MAX_UNCOUNTED": 3}
    small = rooms.enter(person=bob, name="Small").room
    rooms.join(person=alice, room_id=small.pk)
    say(alice, small)
    say(bob, small)
    for _ in range(4):
        say(bob, five)
        say(alice, five)
    (found,) = resume.resume([resume.ResumeRequest(bob, {}, True)])
    assert not isinstance(found, Exception)
    assert {state["room"]["slug"]: state.get("uncounted") for state in found.rooms} == {
        "lobby": [[6, 6], [8, 8]],  # what the short list leaves
        "small": [[2, 2]],
    }
    memberships.read(person=bob, room_id=five.pk, number=9)
    assert look(bob, five.pk)["uncounted"] == [[10, 10], [12, 12]]
    settings.GROUPCHAT = {"MAX_UNCOUNTED": 0}
    memberships.read(person=bob, room_id=small.pk, number=1)
    assert unread(bob, five) == 2


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_reading_it_takes_one_statement_and_two_small_indexes(five: Room, bob: Person, alice: Person) -> None:
    messages.delete(person=alice, room_id=five.pk, number=3)
    say(bob, five)
    found = membership(bob, five)
    five.refresh_from_db()
    with statements() as sent:
        assert uncounted_of(five, found) == [(3, 3), (6, 6)]
    assert len(sent) == 1
    assert_by_index(sent)
    assert_by_index_of(sent, "groupchat_deleted")
    assert_by_index_of(sent, "groupchat_ahead")
    memberships.read(person=bob, room_id=five.pk, number=6)
    with statements() as sent:
        assert uncounted_of(five, membership(bob, five)) == []
    assert len(sent) == 1  # the membership: nothing is behind the mark


@pytest.mark.parametrize(("seen", "told"), [(None, 0), (5, 0), (8, 0), (3, 0), (6, 5), (7, 5)])
def test_an_ordinary_post_takes_no_statement_more(
    seen: int | None, told: int, five: Room, alice: Person, bob: Person
) -> None:
    """Only where the post is the first to say that something was read the other devices are told."""
    memberships.read(person=bob, room_id=five.pk, number=5)
    say(alice, five)
    with statements() as usual:
        say(alice, five, seen=6)
    with statements() as sent:
        say(bob, five, seen=seen)
    assert len(sent) <= len(usual) + told, sent
    assert_by_index(sent)
