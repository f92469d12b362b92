"""People come into being, and are switched off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from tests.accounts import new_user
from tests.domain.conftest import Ear

from groupchat.actions.people import Guest, end_sessions, person_of_guest, person_of_user, set_active
from groupchat.errors import Invalid, TooLong
from groupchat.identity import made_up_guest, new_guest, read_guest, sign_guest
from groupchat.models import Person


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
