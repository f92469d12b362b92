"""Who was a guest and signs up or in, on the real pages: they stay who they are, or are asked."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from groupchat.actions import effects, messages, rooms
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.messages import Post
from groupchat.actions.people import Guest, person_of_guest
from groupchat.identity import GUEST_COOKIE, sign_guest
from groupchat.models import Membership, Message, Person
from groupchat.server import owner

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"username": "countess", "email": "", "password1": "correct horse battery"}
LOGIN = {"login": "countess", "password": NEW["password1"]}


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    cache.clear()


@pytest.fixture
def ada(client: Client) -> Person:
    """A guest at this browser, who made a room and wrote into it."""
    guest = Guest(uuid4(), "Ada")
    client.cookies[GUEST_COOKIE] = sign_guest(guest)
    entered, person = act_as_new_guest(guest=guest, action=rooms.enter, name="Engines")
    messages.post([Post(entered.room.pk, person, "hello", "m1")])
    return person


def has_cookie(client: Client) -> bool:
    return bool(client.cookies.get(GUEST_COOKIE) and client.cookies[GUEST_COOKIE].value)


@pytest.fixture
def account() -> Person:
    """The person of an account that was made at another browser."""
    other = Client()
    assert other.post("/accounts/signup/", NEW).status_code == 302
    other.get("/")
    return Person.objects.get(user__username="countess")


def test_who_signs_up_is_the_same_person(client: Client, ada: Person) -> None:
    answer = client.post("/accounts/signup/", NEW)
    assert answer["Location"] == "/"
    person = Person.objects.get(user__username="countess")
    assert (person.pk, person.name, person.kind) == (ada.pk, "Ada", "user")
    assert not has_cookie(client)
    assert client.get("/")["Location"] == "/rooms/"
    assert Person.objects.count() == 1
    client.post("/sign-out/")
    assert Membership.objects.get(person=person).state == "joined"


def test_who_signs_out_after_it_keeps_their_rooms(client: Client, ada: Person) -> None:
    kept = client.cookies[GUEST_COOKIE].value
    client.post("/accounts/signup/", NEW)
    client.cookies[GUEST_COOKIE] = kept  # a browser that kept it nevertheless
    client.post("/sign-out/")
    assert Membership.objects.get(person=ada).state == "joined"


def test_who_signs_in_is_asked(client: Client, ada: Person, account: Person) -> None:
    answer = client.post("/accounts/login/", LOGIN | {"next": "/rooms/engines/"})
    assert answer["Location"] == "/guest/?next=%2Frooms%2Fengines%2F"
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "<bdi>Ada</bdi> before you signed in" in text
    assert "1 room, 1 of them their own" in text
    assert "1 message" in text
    assert "no-store" in page["Cache-Control"]
    answer = client.post("/guest/", {"answer": "mine", "next": "/rooms/engines/"})
    assert answer["Location"] == "/rooms/engines/"
    assert not has_cookie(client)
    effects.work_off()
    assert Message.objects.get().author == account
    assert Membership.objects.get(person=account).role == "owner"


def test_who_keeps_them_apart(client: Client, ada: Person, account: Person) -> None:
    client.post("/accounts/login/", LOGIN)
    assert client.post("/guest/", {"answer": "apart"})["Location"] == "/"
    assert not has_cookie(client)
    assert Message.objects.get().author == ada
    ada.refresh_from_db()
    assert not ada.is_admitted
    assert Membership.objects.get(person=ada).state == "left"
    assert client.get("/")["Location"] == "/rooms/"


def test_who_does_not_answer_is_asked_again(client: Client, ada: Person, account: Person) -> None:
    client.post("/accounts/login/", LOGIN)
    assert client.post("/guest/", {"answer": "perhaps"}).status_code == 200
    assert client.get("/")["Location"] == "/guest/?next=%2Frooms%2F"
    assert client.get("/guest/").status_code == 200


def test_there_is_nothing_to_ask(client: Client, account: Person) -> None:
    assert client.get("/guest/")["Location"] == "/"
    client.cookies[GUEST_COOKIE] = sign_guest(Guest(uuid4(), "Ada"))  # who did nothing
    assert client.post("/accounts/login/", LOGIN)["Location"] == "/"
    assert client.get("/guest/", {"next": "https://evil.example/"})["Location"] == "/"


def test_a_stranger_asks_for_nothing(client: Client, ada: Person) -> None:
    assert client.get("/guest/")["Location"] == "/"
    assert client.post("/guest/", {"answer": "mine"})["Location"] == "/"
    assert Message.objects.get().author == ada


def test_the_answer_takes_a_token(ada: Person, account: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get())
    strict.cookies[GUEST_COOKIE] = sign_guest(Guest(ada.guest_id or uuid4(), "Ada"))
    assert strict.post("/guest/", {"answer": "mine"}).status_code == 403


def test_the_owner_link_keeps_their_rooms(client: Client, ada: Person) -> None:
    token = owner.issue_owner_link()
    client.post(f"/owner/{token}/", NEW)
    person = Person.objects.get(user__username="countess")
    assert (person.pk, person.is_owner) == (ada.pk, True)
    assert client.get("/")["Location"] == "/rooms/"


def test_the_owner_link_that_was_used_leaves_the_guest_alone(client: Client, ada: Person, settings: Any) -> None:
    token = owner.issue_owner_link()
    Client().post(f"/owner/{token}/", NEW)
    assert client.post(f"/owner/{token}/", NEW | {"username": "second"}).status_code == 410
    assert person_of_guest(guest=Guest(ada.guest_id or uuid4(), "Ada")) == ada
    ada.refresh_from_db()
    assert ada.user is None
