"""People, rooms, and an ear for what is published. Every commit is a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from tests.accounts import new_person

from groupchat.actions import rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.models import Person, Room
from groupchat.publication import MyChanges, RoomChanges, published


@pytest.fixture(autouse=True)
def nobody_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that another test of this process has started must not carry out what is looked at here."""
    from groupchat.actions import effects

    monkeypatch.setattr(effects, "is_due", lambda *_: False)


@pytest.fixture(autouse=True)
def _database(transactional_db: None) -> None:
    """A transaction that only a test rolls back would never publish."""


@pytest.fixture
def person() -> Callable[..., Person]:
    """Makes somebody with an account."""
    return new_person


@pytest.fixture
def guest() -> Callable[..., Person]:
    """Makes a guest who has been here before."""

    def make(name: str = "guest") -> Person:
        return person_of_guest(guest=Guest(uuid4(), name))

    return make


@pytest.fixture
def alice(person: Callable[..., Person]) -> Person:
    return person("alice")


@pytest.fixture
def bob(person: Callable[..., Person]) -> Person:
    return person("bob")


@pytest.fixture
def lobby(alice: Person) -> Room:
    """A public room of Alice's."""
    return rooms.create(person=alice, name="Lobby")


@pytest.fixture
def cellar(alice: Person) -> Room:
    """A private room of Alice's."""
    return rooms.create(person=alice, name="Cellar", kind=Room.Kind.PRIVATE, slug="kR3-x_9")


class Ear:
    """What was published, in its order."""

    def __init__(self) -> None:
        self.heard: list[RoomChanges | MyChanges] = []

    def __call__(self, changes: RoomChanges | MyChanges, **_: Any) -> None:
        self.heard.append(changes)

    def of_room(self, room_id: int) -> list[RoomChanges]:
        return [one for one in self.heard if isinstance(one, RoomChanges) and one.frame["room"] == room_id]

    def of_person(self, person_id: int) -> list[MyChanges]:
        return [one for one in self.heard if isinstance(one, MyChanges) and one.frame["me"] == person_id]


@pytest.fixture
def ear() -> Iterator[Ear]:
    """Hears what is published from now on."""
    ear = Ear()
    published.connect(ear, weak=False)
    yield ear
    published.disconnect(ear)
