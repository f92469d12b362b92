"""Addresses that somebody else has, or that nobody can have."""

from __future__ import annotations

from uuid import uuid4

import pytest

from groupchat import timeline
from groupchat.actions import rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.errors import NameTaken, NotFound
from groupchat.models import Room

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", [Room.Kind.PRIVATE, Room.Kind.PUBLIC])
def test_a_name_whose_address_is_taken_is_refused(kind: str) -> None:
    """And not tried for ever: no name leads to that room."""
    ada = person_of_guest(guest=Guest(uuid4(), "Ada"))
    rooms.create(person=ada, name="Lobby", kind=kind, slug="attic")
    with pytest.raises(NameTaken):
        rooms.enter(person=ada, name="Attic")


def test_an_address_that_no_column_holds_is_nobodys() -> None:
    with pytest.raises(NotFound):
        timeline.room_by_slug("lobby\0")
