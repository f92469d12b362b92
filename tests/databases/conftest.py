"""Who is there in the tests of effects."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from groupchat.actions import rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.models import Effect, Person, Room


@pytest.fixture
def no_effects(database: str) -> Iterator[None]:
    """None of them is left for the next test."""
    yield
    Effect.objects.all().delete()


@pytest.fixture
def ada(database: str) -> Person:
    return person_of_guest(guest=Guest(uuid4(), "ada"))


@pytest.fixture
def room(ada: Person) -> Room:
    return rooms.create(person=ada, name=f"Hall {uuid4()}")
