"""People as the site names them, and what it says itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from tests.accounts import new_user

from groupchat.actions import memberships, people, rooms
from groupchat.actions.people import person_of_user
from groupchat.actions.services import post_as_system, service
from groupchat.errors import Forbidden, NameTaken
from groupchat.models import Message, Person, Room

from .conftest import Ear


def shouted(user: Any) -> str:
    return f"Dr. {getattr(user, 'shown', 'Ada')}"


def test_a_name_is_what_the_site_makes_of_a_user(settings: Any) -> None:
    settings.GROUPCHAT = {"USER_NAME": f"{__name__}.shouted"}
    assert person_of_user(user=new_user("ada")).name == "Dr. Ada"
    settings.GROUPCHAT = {"USER_NAME": lambda user: ""}
    assert person_of_user(user=new_user("bob")).name == "somebody"


def test_a_name_follows_when_asked(settings: Any, ear: Ear) -> None:
    user: Any = new_user("ada")
    assert people.sync_user(user=user) is None
    person = person_of_user(user=user)
    room = rooms.create(person=person, name="Lobby")
    settings.GROUPCHAT = {"USER_NAME": shouted}
    user.save()
    person.refresh_from_db()
    assert person.name != "Dr. Ada"
    before = person.version
    for _ in range(2):
        synced = people.sync_user(user=user)
        assert synced is not None
        assert (synced.name, synced.version) == ("Dr. Ada", before + 1)
    assert ear.of_room(room.pk)[-1].people[0]["name"] == "Dr. Ada"
    assert ear.of_person(person.pk)[-1].sessions


def test_a_name_follows_each_save(settings: Any) -> None:
    user: Any = new_user("ada")
    person = person_of_user(user=user)
    settings.GROUPCHAT = {"USER_NAME": shouted, "FOLLOW_USERS": True}
    user.shown = "Lovelace"
    user.save(update_fields=["last_login"])
    person.refresh_from_db()
    assert person.name != "Dr. Lovelace"
    user.save()
    person.refresh_from_db()
    assert person.name == "Dr. Lovelace"
    with pytest.raises(Forbidden) as told:
        people.rename(person=person, name="Queen")
    assert told.value.why == "account"


def test_code_calls_somebody_otherwise(alice: Person, ear: Ear) -> None:
    assert people.update(person=alice, name="Alice L.").name == "Alice L."
    heard = len(ear.heard)
    people.update(person=alice, name="Alice L.")
    assert len(ear.heard) == heard


def test_a_service_is_one_program(alice: Person) -> None:
    made = service(handle="billing", name="Billing")
    assert (made.kind, made.name) == ("bot", "Billing")
    assert service(handle="billing") == made != service()
    with pytest.raises(NameTaken):
        service(handle=alice.handle)


@pytest.mark.parametrize("kind", ["public", "announcement", "private"])
def test_the_site_says_something_once(kind: str, alice: Person) -> None:
    room = rooms.for_object("order 1", name="Order", kind=kind, members=[alice])
    first = post_as_system(room=room, text="Shipped.", key="shipped")
    again = post_as_system(room=room, text="Shipped.", key="shipped")
    assert (again.number, first.duplicate, again.duplicate) == (first.number, False, True)
    assert Message.objects.get(room=room).author == service()
    memberships.sync(room=room, people=[alice])
    assert post_as_system(room=room, text="Paid.").number == 2


def test_what_is_rolled_back_was_never_said(lobby: Room) -> None:
    with transaction.atomic():
        post_as_system(room=lobby, text="Shipped.", key="shipped")
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_into_an_archived_room_nobody_writes(lobby: Room, alice: Person) -> None:
    rooms.archive(person=alice, room_id=lobby.pk)
    with pytest.raises(Forbidden):
        post_as_system(room=lobby, text="Shipped.")
