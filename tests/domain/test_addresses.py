"""Addresses that somebody else has, or that nobody can have."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from tests.accounts import new_person
from tests.domain.says import rows

from groupchat import timeline
from groupchat.actions import rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.errors import Invalid, NameTaken, NotFound
from groupchat.models import Person, Room
from groupchat.text import fold

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return person_of_guest(guest=Guest(uuid4(), "Ada"))


@pytest.mark.parametrize("kind", [Room.Kind.PRIVATE, Room.Kind.PUBLIC])
def test_a_name_whose_address_is_taken_is_refused(kind: str, ada: Person) -> None:
    """And not tried for ever: no name leads to that room."""
    room = rooms.create(person=ada, name="Lobby", kind=kind)
    Room.objects.filter(pk=room.pk).update(slug="attic")
    with pytest.raises(NameTaken):
        rooms.enter(person=ada, name="Attic")


@pytest.mark.parametrize(
    "again",
    [{"name": "LOBBY"}, {"name": "Former"}, {"name": "Hall"}],
    ids=["name", "former name", "present name"],
)
def test_a_room_whose_name_or_address_is_taken_is_not_made(again: dict[str, str], ada: Person) -> None:
    """And the transaction around it goes on."""
    owner = new_person("owner")
    rooms.create(person=ada, name="Lobby")
    rooms.rename(person=owner, room_id=rooms.create(person=owner, name="Former").pk, name="Hall")
    before = rows()
    with transaction.atomic():
        with pytest.raises(NameTaken) as refused:
            rooms.create(person=ada, **again)
        assert refused.value.field == "name"
        assert rows() == before


def test_an_open_room_has_no_other_address_than_its_name(ada: Person) -> None:
    before = rows()
    with pytest.raises(Invalid) as refused:
        rooms.create(person=ada, name="Lobby", slug="Hall")
    assert refused.value.field == "slug"
    assert rows() == before


def test_a_room_that_is_not_public_takes_no_name_away(ada: Person) -> None:
    hidden = [rooms.create(person=ada, name="Lobby", kind=Room.Kind.PRIVATE) for _ in range(50)]
    assert len({room.slug for room in hidden}) == 50
    assert not any(room.slug == fold(room.slug) for room in hidden), "no name is ever this address"
    assert rooms.enter(person=ada, name="Lobby").created
    for room in hidden:
        assert rooms.enter(person=ada, name=room.slug).created
        assert timeline.room_by_slug(room.slug) == room


@pytest.mark.parametrize("slug", ["", "x9", "a/B", "A b", "Ä", "A" * 65, "A\n"])
def test_an_address_that_a_private_room_can_not_have(slug: str, ada: Person) -> None:
    before = rows()
    with pytest.raises(Invalid) as refused:
        rooms.create(person=ada, name="Cellar", kind=Room.Kind.PRIVATE, slug=slug)
    assert refused.value.field == "slug"
    assert rows() == before


def test_an_address_that_no_column_holds_is_nobodys() -> None:
    with pytest.raises(NotFound):
        timeline.room_by_slug("lobby\0")
