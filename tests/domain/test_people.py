"""People come into being, and are switched off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from tests.accounts import new_user
from tests.domain.conftest import Ear

from groupchat.actions import rooms
from groupchat.actions.people import (
    Guest,
    end_guest,
    end_sessions,
    person_of_guest,
    person_of_user,
    rename,
    set_active,
)
from groupchat.errors import Forbidden, Invalid, TooLong
from groupchat.identity import made_up_guest, new_guest, read_guest, sign_guest
from groupchat.models import Person, Room


def named(name: str) -> Any:
    """An account of the site whose names are all this one."""
    user: Any = new_user("named")
    model = get_user_model()
    model._default_manager.filter(pk=user.pk).update(**{model.USERNAME_FIELD: name})
    user.refresh_from_db()
    return user


def test_a_user_is_one_person(ear: Ear) -> None:
    user = new_user("ada")
    first = person_of_user(user=user)
    assert person_of_user(user=user) == first
    assert (first.kind, first.user, first.is_owner) == (Person.Kind.USER, user, False)
    assert ear.heard == []


def test_a_mail_address_is_never_shown() -> None:
    person = person_of_user(user=named("ada.lovelace@example.org"))
    assert (person.name, person.handle) == ("ada.lovelace", "ada.lovelace")


@pytest.mark.parametrize("name", ["@example.org", "\u200b", "\u3164@x", "\x07"])
def test_a_user_whose_name_nobody_could_see(name: str) -> None:
    assert person_of_user(user=named(name)).name == "somebody"


def test_a_user_whose_name_is_longer_than_a_persons(settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_PERSON_NAME_CHARACTERS": 12}
    assert person_of_user(user=named("x" * 30)).name == "x" * 12


@pytest.mark.parametrize(("name", "error"), [("", Invalid), (" ", Invalid), ("x" * 51, TooLong), ("a\x00", Invalid)])
def test_a_guest_needs_a_name(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        new_guest(name=name)
    with pytest.raises(error):
        person_of_guest(guest=Guest(uuid4(), name))
    assert not Person.objects.exists()


def test_a_guests_cookie_says_who_it_is_and_nobody_can_make_one(settings: Any) -> None:
    guest = new_guest(name="Grace 🎉")
    signed = sign_guest(guest)
    assert read_guest(signed) == guest
    assert read_guest(signed[:-1] + ("a" if signed[-1] != "a" else "b")) is None
    settings.SECRET_KEY = "another" * 8
    assert read_guest(signed) is None


@pytest.mark.parametrize("limit", [5, 10, 0])
def test_a_guest_whose_name_was_given_under_another_limit(limit: int, settings: Any) -> None:
    signed = sign_guest(new_guest(name="Grace Hopper"))
    settings.GROUPCHAT = {"MAX_PERSON_NAME_CHARACTERS": limit}
    for guest in (read_guest(signed), made_up_guest()):
        assert guest is not None
        assert person_of_guest(guest=guest).name == guest.name.strip()
    assert Person.objects.filter(name="Grace Hopper"[: limit or None].strip()).exists()


def test_made_up_guests_differ() -> None:
    assert len({made_up_guest().id for _ in range(100)}) == 100


def test_switching_off_and_signing_out_ask_the_sockets_again(alice: Person, ear: Ear) -> None:
    set_active(person=alice, is_active=False)
    end_sessions(person=alice)
    first, second = ear.of_person(alice.pk)
    assert first.sessions
    assert second.sessions
    assert first.frame["to"] == second.frame["since"]
    alice.refresh_from_db()
    assert (alice.is_active, alice.seq, alice.sessions_seq) == (False, second.frame["to"], second.frame["to"])


def test_a_new_name_is_told_in_every_room_that_they_are_in(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groupchat.actions.people.ROOMS_AT_ONCE", 2)
    grace = person_of_guest(guest=new_guest(name="Grace"))
    many = [rooms.enter(person=grace, name=f"Room {index}").room for index in range(5)]
    left = rooms.enter(person=grace, name="Left").room
    rooms.leave(person=grace, room_id=left.pk)
    seqs = {room.pk: Room.objects.get(pk=room.pk).seq for room in (*many, left)}
    ear.heard.clear()
    renamed = rename(person=grace, name=" Grace  Hopper ")
    assert (renamed.name, renamed.handle, renamed.version) == ("Grace Hopper", "grace", 2)
    for room in many:
        (told,) = ear.of_room(room.pk)
        assert [(one["name"], one["version"]) for one in told.people] == [("Grace Hopper", 2)]
        assert told.frame["members"] == [
            {"person": grace.pk, "seq": seqs[room.pk] + 1, "role": "owner", "state": "joined"}
        ]
        assert told.out == {}
    assert ear.of_room(left.pk) == []
    (mine,) = ear.of_person(grace.pk)
    assert mine.sessions


def test_who_is_gone_takes_no_other_name() -> None:
    grace = person_of_guest(guest=(guest := new_guest(name="Grace")))
    end_guest(guest=guest)
    with pytest.raises(Forbidden):
        rename(person=grace, name="Hopper")
    assert Person.objects.get().name == "Grace"
