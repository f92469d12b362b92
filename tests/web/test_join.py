"""The way in by an invite link."""

from __future__ import annotations

import logging
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.accounts import cookies_of, new_person

from groupchat.actions import invites, limits, members, rooms, sanctions
from groupchat.actions.people import make_owner, person_of_user
from groupchat.identity import GUEST_COOKIE, JOIN_COOKIE, read_guest
from groupchat.models import InviteLink, Membership, Person, Room
from groupchat.web.qr import qr_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _guests(settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": True}  # type: ignore[attr-defined]


@pytest.fixture
def ada(django_user_model: type) -> Person:
    return person_of_user(user=django_user_model._default_manager.create_user("ada", password="x"))  # type: ignore[attr-defined]


@pytest.fixture
def board(ada: Person) -> Room:
    return rooms.create(person=ada, name="Board", kind="private")


def link_to(room: Room | None, ada: Person, **options: object) -> str:
    return invites.make(person=ada, room_id=room.pk if room else None, **options).token  # type: ignore[arg-type]


def opens(client: Client, token: str) -> HttpResponse:
    response = client.get(f"/join/{token}/")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    return client.get(response["Location"]) if response.status_code == 302 else response


def comes_in(client: Client, page: HttpResponse, **more: str) -> HttpResponse:
    (link,) = re.findall(r'name="link" value="(\d+)"', page.content.decode())
    return client.post("/join/", {"link": link, **more})


def test_a_stranger_looks_and_walks_in_as_a_guest(client: Client, ada: Person, board: Room) -> None:
    token = link_to(board, ada)
    page = opens(client, token)
    text = page.content.decode()
    assert all(one in text for one in ("Board", "ada", "1 person is in this room", 'name="name"'))
    assert token not in text
    assert InviteLink.objects.get().uses == 0
    assert client.cookies[JOIN_COOKIE]["httponly"]
    assert (comes_in(client, page, name=" ").status_code, Person.objects.count()) == (422, 1)
    response = comes_in(client, page, name="Grace")
    assert response["Location"] == f"/rooms/{board.slug}/"
    assert client.cookies[JOIN_COOKIE].value == ""
    guest = read_guest(client.cookies[GUEST_COOKIE].value)
    assert guest is not None
    membership = Membership.objects.get(person__guest_id=guest.id)
    assert (membership.room, membership.state, InviteLink.objects.get().uses) == (board, "joined", 1)
    assert client.get(response["Location"]).status_code == 200
    assert opens(client, token)["Location"] == f"/rooms/{board.slug}/", "who is in goes there"
    assert InviteLink.objects.get().uses == 1


def test_somebody_with_an_account_comes_in_with_one_click(
    client: Client, ada: Person, board: Room, django_user_model: type
) -> None:
    user = django_user_model._default_manager.create_user("bob", password="x")  # type: ignore[attr-defined]
    page = opens(client, link_to(board, ada))
    assert "/accounts/login/?next=/join/" in page.content.decode()
    client.force_login(user)
    page = client.get("/join/")
    assert 'name="name"' not in page.content.decode()
    assert comes_in(client, page)["Location"] == f"/rooms/{board.slug}/"
    assert Membership.objects.filter(room=board, person__user=user).exists()


def test_coming_in_takes_the_token_of_the_form(ada: Person, board: Room) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = opens(strict, link_to(board, ada))
    assert comes_in(strict, page, name="Grace").status_code == 403
    (csrf,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert comes_in(strict, page, name="Grace", csrfmiddlewaretoken=csrf).status_code == 302


def test_the_form_of_another_link_asks_again(client: Client, ada: Person, board: Room) -> None:
    page = opens(client, link_to(board, ada))
    other = rooms.create(person=ada, name="Cellar", kind="private")
    opens(client, link_to(other, ada))
    again = comes_in(client, page, name="Grace")
    assert "Cellar" in again.content.decode()
    assert not Person.objects.filter(kind="guest").exists()


def test_a_link_that_holds_no_more_says_so_and_its_secret_is_in_no_log(
    client: Client, ada: Person, board: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = link_to(board, ada)
    page = opens(client, token)
    invites.end(person=ada, room_id=board.pk, link_id=InviteLink.objects.get().pk)
    assert comes_in(client, page, name="Grace").status_code == 410
    assert opens(client, token).status_code == 410
    assert client.get("/join/")["Location"] == "/"
    assert [one for one in caplog.messages if token in one] == []
    assert client.post(f"/join/{token}/").status_code == 405


def test_who_was_banned_or_sent_out_is_told(client: Client, ada: Person, board: Room) -> None:
    token = link_to(board, ada)
    comes_in(client, opens(client, token), name="Grace")
    grace = Person.objects.get(kind="guest")
    members.remove(person=ada, room_id=board.pk, target_id=grace.pk)
    refused = comes_in(client, opens(client, token))
    assert refused.status_code == 403
    assert "You were removed from this room" in refused.content.decode()
    sanctions.ban(person=ada, room_id=board.pk, target_id=grace.pk)
    assert "You were banned" in comes_in(client, opens(client, token)).content.decode()


def test_links_are_not_guessed(client: Client, ada: Person, board: Room, settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "MAX_WRONG_LINKS_PER_HOUR": 2}  # type: ignore[attr-defined]
    limits.forget_refusals()
    token = link_to(board, ada)
    for _ in range(4):
        assert client.get(f"/join/{token}/", REMOTE_ADDR="192.0.2.7").status_code == 302
    codes = [client.get("/join/wrong/", REMOTE_ADDR="192.0.2.7").status_code for _ in range(3)]
    assert codes == [410, 410, 429]


def test_without_guests_one_signs_in(client: Client, ada: Person, board: Room, settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": False}  # type: ignore[attr-defined]
    page = opens(client, link_to(board, ada))
    assert 'name="name"' not in page.content.decode()
    link = InviteLink.objects.get()
    assert client.post("/join/", {"link": link.pk, "name": "Grace"}).status_code == 403
    assert not Person.objects.filter(kind="guest").exists()


def test_a_link_to_the_site_leads_to_the_rooms(client: Client, ada: Person) -> None:
    make_owner(person=ada)
    page = opens(client, link_to(None, ada))
    assert comes_in(client, page, name="Grace")["Location"] == "/rooms/"
    assert Person.objects.filter(kind="guest").count() == 1


def test_who_is_in_already_uses_no_link_up(client: Client, ada: Person) -> None:
    make_owner(person=ada)
    link = link_to(None, ada, uses=1)
    page = opens(client, link)
    client.cookies.load(cookies_of(new_person("bob")))
    assert comes_in(client, page)["Location"] == "/rooms/"
    assert InviteLink.objects.get().uses == 0


def test_the_picture_and_the_card(client: Client, ada: Person, board: Room) -> None:
    token = link_to(board, ada)
    code = client.post("/join/qr/", {"token": token}).json()
    expected = qr_code(f"http://testserver/join/{token}/")
    assert (code["size"], code["path"]) == (expected.size, expected.path)
    text = client.post("/join/card/", {"token": token}).content.decode()
    assert f"http://testserver/join/{token}/" in text
    assert expected.path in text
    for path in ("/join/qr/", "/join/card/"):
        assert client.post(path, {"token": "wrong"}).status_code in (404, 410)
        assert client.get(path).status_code == 405


def test_the_picture_is_the_code() -> None:
    import segno

    code = qr_code("https://chat.example.org/join/abc/")
    matrix = segno.make_qr("https://chat.example.org/join/abc/", error="m").matrix
    dark = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", code.path)
        for step in range(int(width))
    }
    assert dark == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, one in enumerate(row) if one}
