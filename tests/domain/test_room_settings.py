"""What becomes of a room: opened, closed, archived, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import answer, membership, rows, say

from groupchat import directory, timeline
from groupchat.actions import members, memberships, rooms
from groupchat.errors import Forbidden, Invalid, NameTaken, NotFound
from groupchat.models import Membership, Person, Room


def test_all_at_once_is_one_change(alice: Person, cellar: Room, ear: Ear) -> None:
    room = rooms.configure(person=alice, room_id=cellar.pk, name="Hall", topic="All of us", kind="announcement")
    (changes,) = ear.of_room(room.pk)
    assert {name: changes.frame["info"][name] for name in ("kind", "name", "slug", "topic")} == {
        "kind": "announcement",
        "name": "Hall",
        "slug": "hall",
        "topic": "All of us",
    }
    assert rooms.find(name="hall") == room


def test_a_room_that_closes_is_its_members_alone(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    room = rooms.configure(person=alice, room_id=lobby.pk, kind="private")
    (changes,) = ear.of_room(room.pk)
    assert changes.only == {alice.pk}
    assert room.slug not in ("lobby", "Lobby")
    assert timeline.room_by_slug("lobby") == room, "for its members the old address leads there"
    with pytest.raises(NameTaken):
        rooms.enter(person=bob, name="Lobby")
    assert rooms.enter(person=alice, name="Lobby").room == room
    assert room not in directory.recently_active_rooms()
    assert directory.find_rooms(bob).rooms == []
    repaired = timeline.changes(room.pk, room.seq - 1)
    assert repaired is not None
    assert repaired.only == {alice.pk}


def test_a_room_that_opens_gets_its_name_back(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.configure(person=alice, room_id=lobby.pk, kind="private")
    room = rooms.configure(person=alice, room_id=lobby.pk, kind="public")
    assert room.slug == "lobby"
    assert rooms.enter(person=bob, name="lobby").room == room


def test_a_private_room_whose_name_is_taken_does_not_open(alice: Person, bob: Person, cellar: Room) -> None:
    rooms.create(person=bob, name="Cellar")
    before = rows()
    with pytest.raises(NameTaken):
        rooms.configure(person=alice, room_id=cellar.pk, kind="public")
    assert rows() == before
    assert rooms.configure(person=alice, room_id=cellar.pk, kind="public", name="Attic").slug == "attic"


@pytest.mark.parametrize("kind", ["direct", "group", "secret", ""])
def test_what_no_room_becomes(kind: str, alice: Person, lobby: Room) -> None:
    for act in (
        lambda: rooms.configure(person=alice, room_id=lobby.pk, kind=kind),
        lambda: rooms.create(person=alice, name="New", kind=kind),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert refused.value.field == "kind"


def test_announcements_are_written_by_who_keeps_the_room(alice: Person, bob: Person) -> None:
    room = rooms.create(person=alice, name="News", kind="announcement")
    refused = answer(bob, room)
    assert isinstance(refused, Forbidden)
    assert refused.why == "announcement"
    rooms.join(person=bob, room_id=room.pk)
    assert isinstance(answer(bob, room), Forbidden)
    say(alice, room, "one")
    members.give_role(person=alice, room_id=room.pk, target_id=bob.pk, role="moderator")
    say(bob, room, "two")


def test_an_archived_room_is_read_and_nothing_else(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby, "one")
    archived = rooms.archive(person=alice, room_id=lobby.pk)
    assert archived.archived_at is not None
    for who in (alice, bob):
        refused = answer(who, lobby)
        assert isinstance(refused, Forbidden)
        assert refused.why == "archived"
    assert memberships.read(person=bob, room_id=lobby.pk, number=1).last_read_number == 1
    assert [message["body"] for message in timeline.page(lobby.__class__.objects.get(pk=lobby.pk)).messages] == ["one"]
    assert directory.recently_active_rooms() == []
    seq = Room.objects.get(pk=lobby.pk).seq
    rooms.archive(person=alice, room_id=lobby.pk)
    assert Room.objects.get(pk=lobby.pk).seq == seq, "said again it changes nothing"
    rooms.archive(person=alice, room_id=lobby.pk, archived=False)
    say(bob, lobby, "two")


def test_a_deleted_room_is_there_for_nobody_until_it_is_back(
    alice: Person, bob: Person, person: Callable[..., Person], lobby: Room, ear: Ear
) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    say(bob, lobby, "one", id="once")
    ear.heard.clear()
    rooms.delete(person=alice, room_id=lobby.pk)
    (changes,) = ear.of_room(lobby.pk)
    assert changes.only == frozenset()
    for who in (alice, bob):
        assert timeline.mine(who).rooms == []
        assert directory.rooms(who).rooms == []
        assert isinstance(answer(who, lobby), NotFound)
        with pytest.raises(NotFound):
            rooms.join(person=who, room_id=lobby.pk)
        with pytest.raises(NotFound):
            memberships.read(person=who, room_id=lobby.pk, number=1)
    with pytest.raises(NameTaken):
        rooms.enter(person=bob, name="Lobby")
    with pytest.raises(NotFound):
        rooms.restore(person=bob, room_id=lobby.pk)
    ear.heard.clear()
    rooms.restore(person=alice, room_id=lobby.pk)
    for who in (alice, bob):
        assert [state["room"]["id"] for state in timeline.mine(who).rooms] == [lobby.pk]
        (mine,) = ear.of_person(who.pk)
        assert [state["room"]["id"] for state in mine.frame["rooms"]] == [lobby.pk]
    assert say(bob, lobby, "one", id="once").duplicate, "and what was said before is there"


def test_a_post_that_is_sent_again_is_known_in_a_deleted_room(alice: Person, lobby: Room) -> None:
    """It was acknowledged, so it is told of."""
    say(alice, lobby, "one", id="once")
    rooms.delete(person=alice, room_id=lobby.pk)
    assert say(alice, lobby, "one", id="once").duplicate


def test_all_members_hear_that_a_room_is_back(
    alice: Person, person: Callable[..., Person], lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupchat.actions.rooms.changing.MEMBERS_AT_ONCE", 2)
    many = [person("many") for _ in range(5)]
    members.invite(person=alice, room_id=lobby.pk, people=[one.pk for one in many])
    rooms.delete(person=alice, room_id=lobby.pk)
    seqs = {one.pk: Person.objects.get(pk=one.pk).seq for one in many}
    rooms.restore(person=alice, room_id=lobby.pk)
    assert all(Person.objects.get(pk=pk).seq == seq + 1 for pk, seq in seqs.items())
    assert membership(many[0], lobby).state == Membership.State.JOINED
