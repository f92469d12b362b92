"""Who may edit and delete, what a tombstone is, how far one has read, and publication after the commit."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection, transaction
from tests.domain.conftest import Ear
from tests.domain.says import answer, rows, say, unread

from groupchat.actions import memberships, messages, rooms
from groupchat.actions.people import Guest, set_active
from groupchat.errors import Forbidden, Invalid, NotFound
from groupchat.models import Message, Person, Room

# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_private_room_takes_posts_of_its_members_only(
    alice: Person, bob: Person, person: Callable[..., Person], cellar: Room
) -> None:
    say(alice, cellar)
    for stranger in (bob, person("root", is_owner=True), Guest(uuid4(), "Grace")):
        assert type(answer(stranger, cellar)) is NotFound
    rooms.leave(person=alice, room_id=cellar.pk)
    assert type(answer(alice, cellar)) is NotFound


def test_whoever_is_switched_off_is_silent(alice: Person, lobby: Room) -> None:
    number = say(alice, lobby).number
    set_active(person=alice, is_active=False)
    assert type(answer(alice, lobby)) is Forbidden  # the row decides, not what the caller holds
    alice.refresh_from_db()
    with pytest.raises(Forbidden):
        messages.edit(person=alice, room_id=lobby.pk, number=number, body="new")
    with pytest.raises(Forbidden):
        messages.delete(person=alice, room_id=lobby.pk, number=number)


def test_only_the_author_edits(alice: Person, bob: Person, person: Callable[..., Person], lobby: Room) -> None:
    number = say(bob, lobby, "mine").number
    for other in (alice, person("root", is_owner=True)):
        with pytest.raises(Forbidden):
            messages.edit(person=other, room_id=lobby.pk, number=number, body="yours")
    assert messages.edit(person=bob, room_id=lobby.pk, number=number, body="still mine").body == "still mine"


def test_author_and_owners_delete(
    alice: Person, bob: Person, person: Callable[..., Person], guest: Callable[..., Person], lobby: Room
) -> None:
    for who in (bob, alice, person("root", is_owner=True)):
        number = say(bob, lobby, "away").number
        assert messages.delete(person=who, room_id=lobby.pk, number=number).deleted_at is not None
    number = say(bob, lobby, "stays").number
    for stranger in (person("carol"), guest("grace")):
        with pytest.raises(Forbidden):
            messages.delete(person=stranger, room_id=lobby.pk, number=number)
    assert Message.objects.get(room=lobby, number=number).body == "stays"


def test_an_owner_who_left_rules_no_more(alice: Person, bob: Person, lobby: Room) -> None:
    number = say(bob, lobby).number
    rooms.leave(person=alice, room_id=lobby.pk)
    with pytest.raises(Forbidden):
        messages.delete(person=alice, room_id=lobby.pk, number=number)


def test_messages_of_a_private_room_are_unknown_to_others(alice: Person, bob: Person, cellar: Room) -> None:
    number = say(alice, cellar).number
    with pytest.raises(NotFound):
        messages.edit(person=bob, room_id=cellar.pk, number=number, body="mine")
    with pytest.raises(NotFound):
        messages.delete(person=bob, room_id=cellar.pk, number=number)


@pytest.mark.parametrize("number", [2, 2**62])
def test_a_message_that_does_not_exist(number: int, alice: Person, lobby: Room) -> None:
    say(alice, lobby)
    with pytest.raises(NotFound):
        messages.edit(person=alice, room_id=lobby.pk, number=number, body="new")
    with pytest.raises(NotFound):
        messages.delete(person=alice, room_id=lobby.pk, number=number)


# --- edits and tombstones ---------------------------------------------------------------------------------------------


def test_an_edit_keeps_number_and_time(alice: Person, lobby: Room, ear: Ear) -> None:
    first = say(alice, lobby, "old")
    ear.heard.clear()
    edited = messages.edit(person=alice, room_id=lobby.pk, number=first.number, body="new")
    assert (edited.number, edited.at, edited.seq) == (first.number, first.at, first.seq + 1)
    (changes,) = ear.of_room(lobby.pk)
    (message,) = changes.frame["messages"]
    assert (message["body"], message["number"], "edited_at" in message) == ("new", first.number, True)
    assert unread(alice, lobby) == 0


def test_the_same_body_again_changes_nothing(alice: Person, lobby: Room, ear: Ear) -> None:
    first = say(alice, lobby, "same")
    ear.heard.clear()
    edited = messages.edit(person=alice, room_id=lobby.pk, number=first.number, body="same")
    assert (edited.seq, edited.edited_at) == (first.seq, None)
    assert ear.heard == []


def test_a_tombstone_stays_without_its_body(alice: Person, lobby: Room, ear: Ear) -> None:
    first = say(alice, lobby, "secret")
    messages.edit(person=alice, room_id=lobby.pk, number=first.number, body="secret too")
    ear.heard.clear()
    messages.delete(person=alice, room_id=lobby.pk, number=first.number)
    stone = Message.objects.get()
    assert (stone.body, stone.edited_at, stone.number) == ("", None, first.number)
    (changes,) = ear.of_room(lobby.pk)
    (message,) = changes.frame["messages"]
    assert message["body"] == ""
    assert "deleted_at" in message
    assert "edited_at" not in message
    assert "secret" not in str(rows())


def test_a_tombstone_is_not_edited_and_not_deleted_twice(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    seq = messages.delete(person=alice, room_id=lobby.pk, number=number).seq
    ear.heard.clear()
    with pytest.raises(NotFound):
        messages.edit(person=alice, room_id=lobby.pk, number=number, body="back")
    assert messages.delete(person=alice, room_id=lobby.pk, number=number).seq == seq
    assert ear.heard == []


def test_numbers_go_on_behind_a_tombstone(alice: Person, lobby: Room) -> None:
    for _ in range(3):
        last = say(alice, lobby)
    messages.delete(person=alice, room_id=lobby.pk, number=last.number)
    assert say(alice, lobby).number == 4


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_mark_only_rises(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    for _ in range(5):
        say(alice, lobby)
    ear.heard.clear()
    assert memberships.read(person=bob, room_id=lobby.pk, number=3).last_read_number == 3
    assert unread(bob, lobby) == 2
    assert memberships.read(person=bob, room_id=lobby.pk, number=2).last_read_number == 3
    assert memberships.read(person=bob, room_id=lobby.pk, number=3).last_read_number == 3
    assert len(ear.heard) == 1
    assert ear.of_room(lobby.pk) == []  # what one has read is nobody else's business
    assert memberships.read(person=bob, room_id=lobby.pk, number=5).last_read_number == 5
    assert unread(bob, lobby) == 0


def test_what_is_not_written_yet_is_not_read(bob: Person, lobby: Room) -> None:
    say(bob, lobby)
    with pytest.raises(Invalid) as refused:
        memberships.read(person=bob, room_id=lobby.pk, number=2)
    assert refused.value.field == "number"


def test_only_members_have_a_mark(bob: Person, lobby: Room) -> None:
    with pytest.raises(NotFound):
        memberships.read(person=bob, room_id=lobby.pk, number=0)
    say(bob, lobby)
    rooms.leave(person=bob, room_id=lobby.pk)
    with pytest.raises(NotFound):
        memberships.read(person=bob, room_id=lobby.pk, number=1)


# --- inside a transaction of the caller -------------------------------------------------------------------------------


def test_nothing_is_published_before_the_outermost_commit(alice: Person, lobby: Room, ear: Ear) -> None:
    ear.heard.clear()
    with transaction.atomic():
        say(alice, lobby)
        rooms.set_topic(person=alice, room_id=lobby.pk, topic="new")
        assert connection.in_atomic_block
        assert ear.heard == []
    assert [one.frame["since"] for one in ear.of_room(lobby.pk)] == [2, 3]


def test_what_was_rolled_back_is_never_published(alice: Person, lobby: Room, ear: Ear) -> None:
    ear.heard.clear()
    before = rows()
    with transaction.atomic():
        say(alice, lobby)
        transaction.set_rollback(True)
    assert ear.heard == []
    assert rows() == before


def test_an_ear_that_fails_harms_nobody(alice: Person, lobby: Room, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    from groupchat.publication import published

    def deaf(**_: object) -> None:
        raise RuntimeError("deaf")

    published.connect(deaf)
    try:
        ear.heard.clear()
        assert say(alice, lobby).number == 1
        rooms.set_topic(person=alice, room_id=lobby.pk, topic="new")
    finally:
        published.disconnect(deaf)
    assert len(ear.of_room(lobby.pk)) == 2
    assert "deaf" in caplog.text
