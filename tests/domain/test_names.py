"""The names of rooms: which are the same, which are reserved, where old ones lead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from groupchat import timeline
from groupchat.actions import rooms
from groupchat.errors import ChatError, Forbidden, Invalid, NameTaken, TooLong
from groupchat.models import Person, Room, RoomName

STRANGE_BUT_FINE = [
    "C",
    "C++",
    "C#",
    "🎉",
    "日本語",
    "naïve café",
    "a?b&c=d",
    "100%",
    "%2F",
    "<b>",
    "o'clock",
    "ß",
    ".hidden",
]


def test_each_of_these_is_a_room_of_its_own(alice: Person) -> None:
    entered = [rooms.enter(person=alice, name=name) for name in STRANGE_BUT_FINE]
    assert all(one.created for one in entered)
    assert len({one.room.pk for one in entered}) == len(STRANGE_BUT_FINE)
    assert [one.room.name for one in entered] == STRANGE_BUT_FINE
    for one in entered:
        assert timeline.room_by_slug(one.room.slug) == one.room
        assert rooms.find(name=one.room.name) == one.room


@pytest.mark.parametrize(
    "same",
    [
        ("General", "general", "GENERAL", "  general ", "ＧＥＮＥＲＡＬ"),
        ("two words", "Two  Words", "two\u00a0words", "two\u2003words"),
        ("Straße", "STRASSE", "strasse"),
        ("café", "cafe\u0301", "CAFÉ"),
        ("ﬁne", "fine"),
    ],
    ids=lambda same: same[0],
)
def test_these_are_one_room(same: tuple[str, ...], alice: Person, bob: Person) -> None:
    first = rooms.enter(person=alice, name=same[0])
    assert first.created
    for name in same:
        again = rooms.enter(person=bob, name=name)
        assert again.room == first.room
        assert not again.created
    assert Room.objects.get().name == same[0]


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b", "\u3164", "a/b", "a\\b", "a／b", ".", "..", "…", "a\x00b", "a\x07b", "\u202e"]
)
def test_these_are_no_names(name: str, alice: Person) -> None:
    with pytest.raises(Invalid) as refused:
        rooms.enter(person=alice, name=name)
    assert refused.value.field == "name"
    assert not Room.objects.exists()


def test_a_name_has_a_limit(alice: Person) -> None:
    assert rooms.enter(person=alice, name="x" * 80).created
    with pytest.raises(TooLong):
        rooms.enter(person=alice, name="x" * 81)


def test_a_name_that_unfolds_is_too_long_before_the_database_says_so(alice: Person) -> None:
    name = "\ufdfa" * 80  # one character that NFKC makes eighteen of
    with pytest.raises(TooLong):
        rooms.enter(person=alice, name=name)


def test_a_new_name_is_a_new_address_and_the_old_one_leads_there(alice: Person, lobby: Room) -> None:
    renamed = rooms.rename(person=alice, room_id=lobby.pk, name="Great Hall")
    assert (renamed.name, renamed.slug) == ("Great Hall", "great hall")
    assert timeline.room_by_slug("lobby") == lobby
    assert timeline.room_by_slug("great hall") == lobby


def test_an_old_name_stays_reserved(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.rename(person=alice, room_id=lobby.pk, name="Hall")
    entered = rooms.enter(person=bob, name="LOBBY")
    assert entered.room == lobby
    assert not entered.created
    other = rooms.enter(person=bob, name="Attic").room
    for name in ("Lobby", "hall"):
        with pytest.raises(NameTaken) as refused:
            rooms.rename(person=bob, room_id=other.pk, name=name)
        assert refused.value.field == "name"
    other.refresh_from_db()
    assert (other.name, other.slug) == ("Attic", "attic")


def test_a_room_may_take_its_old_name_again(alice: Person, lobby: Room) -> None:
    rooms.rename(person=alice, room_id=lobby.pk, name="Hall")
    again = rooms.rename(person=alice, room_id=lobby.pk, name="lobby")
    assert (again.name, again.slug) == ("lobby", "lobby")
    assert set(RoomName.objects.values_list("key", flat=True)) == {"lobby", "hall"}


def test_another_spelling_of_the_same_name(alice: Person, lobby: Room) -> None:
    renamed = rooms.rename(person=alice, room_id=lobby.pk, name="LOBBY")
    assert (renamed.name, renamed.slug) == ("LOBBY", "lobby")


def test_typed_names_do_not_meet_private_rooms(alice: Person, bob: Person, cellar: Room) -> None:
    entered = rooms.enter(person=bob, name="Cellar")
    assert entered.created
    assert entered.room != cellar
    assert entered.room.slug == "cellar"


@pytest.mark.parametrize(
    "action",
    [
        lambda bob, own: rooms.enter(person=bob, name="kr3x9"),
        lambda bob, own: rooms.rename(person=bob, room_id=own.pk, name="KR3X9"),
    ],
    ids=["enter", "rename"],
)
def test_a_name_that_is_the_address_of_a_private_room(
    action: Callable[[Person, Room], object], alice: Person, bob: Person
) -> None:
    """One from before private addresses had an upper-case letter: it stays where it is."""
    private = rooms.create(person=alice, name="Cellar", kind=Room.Kind.PRIVATE)
    Room.objects.filter(pk=private.pk).update(slug="kr3x9")
    own = rooms.enter(person=bob, name="own").room
    with pytest.raises(NameTaken):
        action(bob, own)
    assert timeline.room_by_slug("kr3x9") == private


def test_a_private_room_keeps_its_address(alice: Person, lobby: Room, cellar: Room) -> None:
    renamed = rooms.rename(person=alice, room_id=cellar.pk, name="Lobby")
    assert (renamed.name, renamed.slug) == ("Lobby", "kR3-x_9")
    assert rooms.find(name="Lobby") == lobby


def test_refusals_leave_the_room_as_it_was(alice: Person, bob: Person, lobby: Room) -> None:
    before = Room.objects.values().get()
    for who, name, error in ((bob, "Hall", Forbidden), (alice, "a/b", Invalid), (alice, "x" * 81, TooLong)):
        with pytest.raises(error):
            rooms.rename(person=who, room_id=lobby.pk, name=name)
        assert issubclass(error, ChatError)
    assert Room.objects.values().get() == before
