"""The pages of a chat for invited people, and the page on which its owner says so."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from groupchat.access import access
from groupchat.actions import invites, rooms
from groupchat.actions.people import make_owner, person_of_user
from groupchat.actions.site import set_access
from groupchat.identity import GUEST_COOKIE
from groupchat.models import InviteLink, Person, Room
from groupchat.server import owner

pytestmark = pytest.mark.django_db

NEW = {"username": "grace", "email": "grace@example.org", "password1": "correct horse battery"}


@pytest.fixture(autouse=True)
def _guests(settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": True}  # type: ignore[attr-defined]


@pytest.fixture
def root() -> Person:
    person = person_of_user(user=get_user_model().objects.create_user("root", password="x"))
    make_owner(person=person)
    return person


@pytest.fixture
def lobby(root: Person) -> Room:
    return rooms.create(person=root, name="Lobby", topic="All of us")


@pytest.fixture
def invited(root: Person, lobby: Room) -> None:
    set_access(person=root, access_to="invited", strangers_see_rooms=False)


def comes(client: Client, root: Person, room: Room | None) -> HttpResponse:
    client.get(f"/join/{invites.make(person=root, room_id=room.pk if room else None).token}/")
    (link,) = re.findall(r'name="link" value="(\d+)"', client.get("/join/").content.decode())
    return client.post("/join/", {"link": link, "name": "Grace"})


@pytest.mark.parametrize("path", ["/", "/rooms/lobby/", "/rooms/nothing/", "/rooms/lobby/1/"])
def test_strangers_are_told_and_learn_nothing(path: str, client: Client, invited: None) -> None:
    text = client.get(path).content.decode()
    assert "This chat is for invited people" in text
    assert "All of us" not in text
    assert 'name="name"' not in text
    assert "/accounts/signup/" not in text
    assert client.get("/public-rooms.json").status_code == 401


def test_no_address_leads_a_stranger_on(client: Client, root: Person, lobby: Room, invited: None) -> None:
    rooms.rename(person=root, room_id=lobby.pk, name="Merger talks")
    for path in ("/rooms/lobby/", "/rooms/Merger_Talks/", "/rooms/nothing/"):
        assert client.get(path).status_code == client.get("/rooms/merger_talks/").status_code == 200


def test_no_stranger_walks_in(client: Client, invited: None) -> None:
    before = Person.objects.count()
    response = client.post("/", {"room": "lobby", "name": "Grace"})
    assert response.status_code == 403
    assert GUEST_COOKIE not in client.cookies
    assert Person.objects.count() == before


def test_a_guest_who_is_in_stays_in(client: Client, root: Person, lobby: Room) -> None:
    client.post("/", {"room": "lobby", "name": "Grace"})
    set_access(person=root, access_to="invited", strangers_see_rooms=False)
    assert client.get("/")["Location"] == "/rooms/"
    assert client.get("/rooms/lobby/").status_code == 200


def test_strangers_may_see_the_list(client: Client, root: Person, lobby: Room) -> None:
    for shows in (True, False):
        set_access(person=root, access_to="invited", strangers_see_rooms=shows)
        assert ("Lobby" in client.get("/").content.decode()) is shows
        assert (client.get("/public-rooms.json").status_code == 200) is shows


def test_a_guest_invited_into_one_room_finds_no_other(client: Client, root: Person, lobby: Room, invited: None) -> None:
    rooms.create(person=root, name="Other")
    assert comes(client, root, lobby)["Location"] == "/rooms/lobby/"
    assert client.get("/rooms/lobby/").status_code == 200
    assert client.get("/rooms/other/").status_code == 404
    assert client.get("/public-rooms.json").json() == {"rooms": []}
    assert client.post("/", {"room": "new", "name": "Grace"}).status_code == 403
    assert comes(client, root, None)["Location"] == "/rooms/"
    assert client.get("/rooms/other/").status_code == 200


def test_an_account_takes_a_link_to_the_site_and_uses_it_up(
    client: Client, root: Person, lobby: Room, invited: None
) -> None:
    closed = client.get("/accounts/signup/").content.decode()
    assert 'name="username"' not in closed
    client.post("/accounts/signup/", NEW)
    client.get(f"/join/{invites.make(person=root, room_id=lobby.pk).token}/")
    assert "/accounts/signup/" not in client.get("/join/").content.decode()
    client.post("/accounts/signup/", NEW)
    assert not get_user_model().objects.filter(username="grace").exists()
    token = invites.make(person=root, uses=1).token
    others = [Client(), Client()]
    for one in others:
        one.get(f"/join/{token}/")
        assert "/accounts/signup/?next=/join/" in one.get("/join/").content.decode()
    assert others[0].post("/accounts/signup/?next=/join/", NEW)["Location"] == "/join/"
    assert InviteLink.objects.get(room=None).uses == 1
    assert others[0].get("/rooms/lobby/").status_code == 200
    others[1].post("/accounts/signup/", NEW | {"username": "hedy", "email": "hedy@example.org"})
    assert not get_user_model().objects.filter(username="hedy").exists()


def test_a_guest_of_one_room_who_signs_up_stays_who_they_are(
    client: Client, root: Person, lobby: Room, invited: None
) -> None:
    comes(client, root, lobby)
    grace = Person.objects.get(kind="guest")
    client.get(f"/join/{invites.make(person=root).token}/")
    client.post("/accounts/signup/", NEW)
    grace.refresh_from_db()
    assert (grace.kind, grace.is_confined) == ("user", False)


def test_the_page_is_the_owners(client: Client, root: Person, lobby: Room) -> None:
    assert client.get("/site/").status_code == 403
    client.force_login(get_user_model().objects.create_user("bob", password="x"))
    assert client.post("/site/", {"do": "access", "access": "invited"}).status_code == 403
    assert root.user is not None
    client.force_login(root.user)
    assert client.post("/site/", {"do": "access", "access": "invited"}).status_code == 302
    assert (access().invited, access().strangers_see_rooms) == (True, False)
    assert 'value="invited" required checked' in client.get("/site/").content.decode()
    text = client.post("/site/", {"do": "link"}).content.decode()
    (token,) = re.findall(r"http://testserver/join/([\w-]+)/", text)
    assert token not in client.get("/site/").content.decode()
    assert Client().get(f"/join/{token}/").status_code == 302
    link = InviteLink.objects.get()
    assert client.post("/site/", {"do": "end", "link": link.pk}).status_code == 302
    assert Client().get(f"/join/{token}/").status_code == 410
    for wrong in ({"do": "end", "link": "x"}, {"do": "access", "access": "x"}):
        assert client.post("/site/", wrong).status_code == 409


def test_the_owners_link_asks_once(client: Client) -> None:
    path = f"/owner/{owner.issue_owner_link()}/"
    assert "Who may come in?" in client.get(path).content.decode()
    client.post(path, NEW | {"access": "invited"})
    assert (access().invited, access().strangers_see_rooms) == (True, False)
    second = Client()
    path = f"/owner/{owner.issue_owner_link()}/"
    assert "Who may come in?" not in second.get(path).content.decode()
    second.post(path, NEW | {"username": "hedy", "email": "h@example.org", "access": "open"})
    assert Person.objects.filter(is_owner=True).count() == 2
    assert access().invited
