"""A guest who gets an account stays who they are: rooms, messages, read marks, rights; and their cookie is void."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from tests.accounts import new_user
from tests.domain.conftest import Ear
from tests.domain.says import answer, membership, say

from groupchat import identity
from groupchat.actions import accounts, memberships, messages, rooms
from groupchat.actions.adoption import adopt_guest, guest_without_account
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.people import (
    Guest,
    end_guest,
    make_owner,
    person_of_guest,
    person_of_user,
    set_active,
)
from groupchat.errors import Unavailable
from groupchat.identity import GUEST_COOKIE, NOBODY, sign_guest
from groupchat.models import Membership, Message, Person, Room

GUESTS = {"GUESTS": True}


@pytest.fixture(autouse=True)
def _guests(settings: Any) -> None:
    settings.GROUPCHAT = GUESTS


@pytest.fixture
def ada() -> Guest:
    """A guest who has written nothing yet."""
    return Guest(uuid4(), "Ada")


def by_cookie(guest: Guest) -> identity.Visitor:
    return identity.resolve(user=None, cookies={GUEST_COOKIE: sign_guest(guest)})


def test_the_guest_is_the_person_of_the_account(ada: Guest, lobby: Room, alice: Person) -> None:
    say(alice, lobby, "welcome")
    own = act_as_new_guest(guest=ada, action=rooms.enter, name="Engines")[0].room
    was = person_of_guest(guest=ada)
    first = say(was, lobby, "hello", id="m", seen=1)
    memberships.pin(person=was, room_id=own.pk, pinned=True)
    user = new_user("countess")
    adopted = adopt_guest(guest=ada, user=user)
    assert adopted == was == person_of_user(user=user)
    assert (adopted.kind, adopted.user, adopted.name, adopted.handle) == (Person.Kind.USER, user, "Ada", "ada")
    assert adopted.version == was.version + 1
    assert not adopted.is_owner
    kept, here = membership(adopted, own), membership(adopted, lobby)
    assert kept is not None
    assert here is not None
    assert (kept.role, kept.pinned, here.last_read_number) == (Membership.Role.OWNER, True, first.number)
    assert messages.edit(person=adopted, room_id=lobby.pk, number=first.number, body="hello!").body == "hello!"
    rooms.rename(person=adopted, room_id=own.pk, name="Difference Engines")


def test_a_post_of_the_guests_that_comes_again_is_the_same(ada: Guest, lobby: Room) -> None:
    first = say(ada, lobby, id="m")
    user = new_user("ada")
    adopt_guest(guest=ada, user=user)
    again = say(person_of_user(user=user), lobby, id="m")
    assert (again.number, again.duplicate) == (first.number, True)
    late = say(ada, lobby, id="m")
    assert (late.number, late.duplicate) == (first.number, True)
    assert Message.objects.count() == 1


def test_the_cookie_is_no_second_way_in(ada: Guest, lobby: Room) -> None:
    say(ada, lobby)
    adopt_guest(guest=ada, user=new_user("ada"))
    visitor = by_cookie(ada)
    assert visitor.author is None
    assert visitor.signed_up_at is not None
    assert isinstance(answer(ada, lobby), Unavailable)
    with pytest.raises(Unavailable):
        act_as_new_guest(guest=ada, action=rooms.enter, name="Lobby")
    assert Message.objects.count() == 1


def test_signing_out_with_the_old_cookie_takes_nothing_from_the_account(ada: Guest, lobby: Room) -> None:
    say(ada, lobby)
    person = adopt_guest(guest=ada, user=new_user("ada"))
    assert person is not None
    end_guest(guest=ada)
    person.refresh_from_db()
    assert person.is_admitted
    here = membership(person, lobby)
    assert here is not None
    assert here.state == Membership.State.JOINED
    assert accounts.gone_but_listed() == []


def test_everybody_hears_of_it(ada: Guest, lobby: Room, ear: Ear) -> None:
    say(ada, lobby)
    person = person_of_guest(guest=ada)
    ear.heard.clear()
    adopt_guest(guest=ada, user=new_user("ada"))
    (mine,) = ear.of_person(person.pk)
    assert mine.sessions
    (told,) = ear.of_room(lobby.pk)
    assert [(one["id"], one["kind"], one["version"]) for one in told.people] == [(person.pk, "user", 2)]


def test_a_guest_who_did_nothing_leaves_nothing(ada: Guest) -> None:
    user = new_user("ada")
    assert adopt_guest(guest=ada, user=user) is None
    assert not Person.objects.exists()
    assert by_cookie(ada).guest == ada


def test_an_account_that_is_somebody_stays_that_person(ada: Guest, lobby: Room, alice: Person) -> None:
    say(ada, lobby)
    was = person_of_guest(guest=ada)
    assert adopt_guest(guest=ada, user=alice.user) is None
    was.refresh_from_db()
    assert (was.kind, was.user, by_cookie(ada).person) == (Person.Kind.GUEST, None, was)


@pytest.mark.parametrize("end", [lambda guest: end_guest(guest=guest), lambda guest: off(guest)], ids=["out", "off"])
def test_who_is_gone_comes_back_by_no_account(end: Callable[[Guest], None], ada: Guest, lobby: Room) -> None:
    say(ada, lobby)
    end(ada)
    user = new_user("ada")
    assert adopt_guest(guest=ada, user=user) is None
    assert person_of_user(user=user) != Person.objects.get(guest_id=ada.id)
    assert guest_without_account(ada) is None


def off(guest: Guest) -> None:
    set_active(person=person_of_guest(guest=guest), is_active=False)


def test_an_owner_stays_one_and_nobody_becomes_one(ada: Guest, lobby: Room) -> None:
    say(ada, lobby)
    make_owner(person=person_of_guest(guest=ada))
    adopted = adopt_guest(guest=ada, user=new_user("ada"))
    assert adopted is not None
    assert adopted.is_owner


def test_djangos_sign_in_does_it(ada: Guest, lobby: Room) -> None:
    say(ada, lobby)
    request = HttpRequest()
    request.COOKIES[GUEST_COOKIE] = sign_guest(ada)
    user: Any = new_user("ada")
    user_logged_in.send(sender=type(user), request=request, user=user)
    assert Person.objects.get(user=user).guest_id == ada.id
    user_logged_in.send(sender=type(user), request=None, user=user)  # a site may have none


def test_without_guests_a_cookie_says_nothing(ada: Guest, lobby: Room, settings: Any) -> None:
    say(ada, lobby)
    settings.GROUPCHAT = {"GUESTS": False}
    request = HttpRequest()
    request.COOKIES[GUEST_COOKIE] = sign_guest(ada)
    assert identity.adopt_guest(request=request, user=new_user("ada")) is None
    assert by_cookie(ada) == NOBODY
