"""The way in: a room's name, one's own name, Enter."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client

from groupchat.actions.people import person_of_guest, person_of_user, set_active
from groupchat.actions.people import rename as be_called
from groupchat.actions.rooms import enter, rename
from groupchat.identity import GUEST_COOKIE, new_guest, read_guest, sign_guest
from groupchat.models import Membership, Person, Room

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _guests(settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": True}  # type: ignore[attr-defined]


def test_a_stranger_enters_and_is_a_guest(client: Client) -> None:
    response = client.post("/", {"room": " The  Lounge ", "name": "Ada"})
    assert response.status_code == 302
    assert response["Location"] == "/rooms/the_lounge/#made"
    guest = read_guest(client.cookies[GUEST_COOKIE].value)
    assert guest is not None
    person = Person.objects.get(guest_id=guest.id)
    assert (person.name, person.kind) == ("Ada", "guest")
    made = Membership.objects.get(person=person)
    assert (made.room.name, made.role) == ("The Lounge", Membership.Role.OWNER)
    assert client.cookies[GUEST_COOKIE]["httponly"]
    assert client.cookies[GUEST_COOKIE]["samesite"] == "Lax"
    # The second time it is the same guest, who is in already.
    assert client.get("/")["Location"] == "/rooms/"
    assert client.post("/", {"room": "the lounge"})["Location"] == "/rooms/the_lounge/"
    assert Person.objects.count() == 1


@pytest.mark.parametrize("name", ["Ada", "\u0410da", "ada.king"])
def test_a_stranger_can_not_be_called_as_somebody_with_an_account(
    name: str, client: Client, django_user_model: type
) -> None:
    user = django_user_model._default_manager.create_user("ada.king", password="x")  # type: ignore[attr-defined]
    be_called(person=person_of_user(user=user), name="Ada")
    response = client.post("/", {"room": "lounge", "name": name})
    assert response.status_code == 409
    text = unescape(response.content.decode())
    assert "Choose another name, or sign in if it is you." in text
    assert re.search(r'id="name"[^>]* aria-invalid="true"', text)
    assert GUEST_COOKIE not in client.cookies
    assert Person.objects.count() == 1
    assert client.post("/", {"room": "lounge", "name": "Ada King"}).status_code == 302


def test_an_account_that_comes_later_locks_no_guest_out(client: Client, django_user_model: type) -> None:
    guest = new_guest(name="Ada")
    client.cookies[GUEST_COOKIE] = sign_guest(guest)
    user = django_user_model._default_manager.create_user("ada.king", password="x")  # type: ignore[attr-defined]
    be_called(person=person_of_user(user=user), name="Ada")
    assert client.post("/", {"room": "lounge", "name": "Ada"}).status_code == 302
    assert Person.objects.get(guest_id=guest.id).name == "Ada (@ada)"


def test_looking_writes_nothing(client: Client) -> None:
    client.get("/")
    client.get("/rooms/general/")
    client.get("/public-rooms.json")
    assert not Person.objects.exists()
    assert not Room.objects.exists()


@pytest.mark.parametrize(
    ("room", "name", "wrong"),
    [
        ("", "Ada", "room"),
        ("a/b", "Ada", "room"),
        ("..", "Ada", "room"),
        ("x" * 81, "Ada", "room"),
        ("fine", " ", "name"),
        ("fine", "x" * 51, "name"),
        ("fine", "\u200b", "name"),
    ],
)
def test_a_refused_field_is_named_and_nothing_is_written(client: Client, room: str, name: str, wrong: str) -> None:
    response = client.post("/", {"room": room, "name": name})
    assert response.status_code in (413, 422)
    assert response.context["wrong"] == wrong
    assert b'aria-invalid="true"' in response.content
    assert GUEST_COOKIE not in response.cookies
    assert not Person.objects.exists()
    assert not Room.objects.exists()


def told(response: HttpResponse) -> str:
    """What the page says was wrong."""
    (said,) = re.findall(r'<p class="form-error" role="alert"[^>]*>(.*?)</p>', response.content.decode())
    return unescape(said)


@pytest.mark.parametrize(
    ("room", "name", "english", "german"),
    [
        ("x" * 81, "Ada", "at most 80 characters. Choose", "höchstens 80 Zeichen. Wähle"),
        ("fine", "x" * 51, "at most 50 characters. Choose", "höchstens 50 Zeichen. Wähle"),
        ("", "Ada", "Type the name of a room.", "Gib den Namen eines Raums ein."),
        ("a/b", "Ada", "neither / nor \\.", "weder / noch \\."),
        ("..", "Ada", "can't be a room's name", "So kann kein Raum heißen"),
        ("k3y", "Ada", "Choose a different one.", "Wähle einen anderen."),
        ("fine", "", "by which others know you", "an dem dich andere erkennen"),
        ("fine", "a\x07", "That can't be a name.", "Das kann kein Name sein."),
    ],
)
def test_a_refusal_says_in_the_readers_language_what_to_do(
    client: Client, room: str, name: str, english: str, german: str
) -> None:
    Room.objects.create(name="Secret", slug="k3y", kind=Room.Kind.PRIVATE)
    for language, words in (("en", english), ("de", german)):
        response = client.post("/", {"room": room, "name": name}, headers={"Accept-Language": language})
        assert words in told(response)
    assert not Person.objects.exists(), "a guest who was refused leaves no trace"


def test_too_many_newcomers_are_told_to_wait(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "MAX_NEW_GUESTS_PER_MINUTE": 2}  # type: ignore[attr-defined]
    for number, language, words in ((1, "en", "Wait a minute"), (2, "de", "Warte eine Minute")):
        address = {"REMOTE_ADDR": f"192.0.2.{number}", "headers": {"Accept-Language": language}}
        for _ in range(2):
            assert Client().post("/", {"room": "hall", "name": "Ada"}, **address).status_code == 302
        response = client.post("/", {"room": "hall", "name": "Ada"}, **address)
        assert response.status_code == 429
        assert words in told(response)
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert b"aria-invalid" not in response.content
    assert Person.objects.count() == 4


def test_who_made_many_rooms_is_told_to_wait(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "MAX_GUEST_ROOMS_PER_HOUR": 2}  # type: ignore[attr-defined]
    for number in range(2):
        assert client.post("/", {"room": f"hall {number}", "name": "Ada"}).status_code == 302
    for language, words in (("en", "Use one of them, or wait"), ("de", "Nimm einen davon, oder warte")):
        response = client.post("/", {"room": "one more", "name": "Ada"}, headers={"Accept-Language": language})
        assert response.status_code == 429
        assert words in told(response)
        assert 60 <= int(response.headers["Retry-After"]) <= 1800
    assert client.post("/", {"room": "hall 1", "name": "Ada"}).status_code == 302
    assert Room.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Team Lunch", "team_lunch"),
        ("front-end", "front-end"),
        ("snake_case", "snake~_case"),
        ("~home _ sweet~_", "~~home_~__sweet~~~_"),
        ("C++", "c++"),
        ("C#", "c%23"),
        ("Tee für zwei", "tee_f%C3%BCr_zwei"),
        ("🎉 party", "%F0%9F%8E%89_party"),
    ],
)
def test_an_address_can_be_read_and_pasted(client: Client, name: str, address: str) -> None:
    assert client.post("/", {"room": name, "name": "Ada"})["Location"] == f"/rooms/{address}/#made"
    room = Room.objects.get()
    assert room.get_absolute_url() == f"/rooms/{address}/"
    assert client.get(f"/rooms/{address}/").status_code == 200
    assert client.get(f"/rooms/{address}/17/").status_code == 200
    # as it was before, with the name as it is
    before = quote(room.slug, safe="")
    for path, now in ((f"/rooms/{before}/", f"/rooms/{address}/"), (f"/rooms/{before}/17/", f"/rooms/{address}/17/")):
        answer = client.get(path)
        assert (answer.status_code, answer.get("Location", now)) in ((200, now), (302, now))
    assert Client().get(f"/rooms/{address}/").status_code == 200


def test_two_rooms_of_which_one_has_a_space_have_two_addresses(client: Client) -> None:
    client.post("/", {"room": "a_b", "name": "Ada"})
    assert client.get("/rooms/a_b/")["Location"] == "/rooms/a~_b/", "of before: nothing else is there"
    client.post("/", {"room": "a b"})
    assert client.get("/rooms/a_b/").status_code == client.get("/rooms/a~_b/").status_code == 200


def test_what_is_no_name_stands_in_its_address_as_it_is(client: Client) -> None:
    client.post("/", {"room": "kr3-x 9", "name": "Ada"})
    cellar = Room.objects.create(name="Cellar", slug="kR3-x_9", kind=Room.Kind.PRIVATE)
    Membership.objects.create(room=cellar, person=Person.objects.get())
    assert cellar.get_absolute_url() == "/rooms/kR3-x_9/"
    assert client.get("/rooms/kR3-x_9/").status_code == 200
    assert client.get("/rooms/KR3-x 9/")["Location"] == "/rooms/kr3-x_9/"


def test_an_address_of_a_room_that_is_not_there_offers_its_name(client: Client) -> None:
    assert 'value="team lunch"' in client.get("/rooms/team_lunch/").content.decode()
    client.post("/", {"room": "general", "name": "Ada"})
    assert 'value="team lunch"' in client.get("/rooms/team_lunch/").content.decode()


def test_whoever_may_not_enter_is_told_why(client: Client) -> None:
    client.post("/", {"room": "somewhere", "name": "Ada"})
    Membership.objects.update(state=Membership.State.BANNED)
    assert "Choose another one." in told(client.post("/", {"room": "somewhere"}))
    Person.objects.update(is_active=False)
    assert "switched off" in told(client.post("/", {"room": "elsewhere"}))


def test_names_are_text_in_the_page(client: Client) -> None:
    enter(person=person_of_guest(guest=new_guest(name="Eve")), name="<script>alert(1)<")
    for path in ("/", f"/rooms/{quote('<script>alert(1)<', safe='')}/", f"/rooms/{quote('<i>new', safe='')}/"):
        body = client.get(path).content.decode()
        assert "<script>alert" not in body
        assert "<i>new" not in body
    assert "&lt;script&gt;alert" in client.get("/").content.decode()


def test_a_form_without_the_token_changes_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/", {"room": "general", "name": "Ada"})
    assert response.status_code == 403
    assert "Please send that again" in response.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["C++", "C#", "what? why", "100 % & more", "🎉", "größe"])
def test_every_name_has_an_address(client: Client, name: str) -> None:
    address = client.post("/", {"room": name, "name": "Ada"})["Location"].removesuffix("#made")
    assert client.get(address).status_code == 200
    assert "groupchat/app.html" in [template.name for template in client.get(address).templates]


def test_an_old_name_leads_to_the_room(client: Client) -> None:
    user_room = enter(person=person_of_guest(guest=new_guest(name="Ada")), name="before").room
    owner = Person.objects.create(name="Owner", handle="owner", is_owner=True)
    rename(person=owner, room_id=user_room.pk, name="After All")
    assert client.get("/rooms/before/")["Location"] == "/rooms/after_all/"
    assert client.get("/rooms/before/17/")["Location"] == "/rooms/after_all/17/"
    assert client.get("/rooms/AFTER%20all/")["Location"] == "/rooms/after_all/"


def test_a_room_that_is_not_there(client: Client) -> None:
    assert client.get("/rooms/nowhere/").status_code == 200  # a stranger may make it
    client.post("/", {"room": "somewhere", "name": "Ada"})
    response = client.get("/rooms/nowhere/")
    assert response.status_code == 404
    assert "Make this room" in response.content.decode()


def test_private_rooms_look_like_none(client: Client) -> None:
    client.post("/", {"room": "somewhere", "name": "Ada"})
    Room.objects.create(name="Secret", slug="k3y", kind=Room.Kind.PRIVATE)
    response = client.get("/rooms/k3y/")
    assert response.status_code == 404
    assert "Secret" not in response.content.decode()
    assert "Secret" not in client.get("/public-rooms.json").content.decode()


def test_who_was_banned_stays_out(client: Client) -> None:
    client.post("/", {"room": "somewhere", "name": "Ada"})
    Membership.objects.update(state=Membership.State.BANNED)
    assert client.get("/rooms/somewhere/").status_code == 403
    assert client.post("/", {"room": "somewhere"}).status_code == 403


def test_signing_out_ends_the_guest(client: Client) -> None:
    client.post("/", {"room": "somewhere", "name": "Ada"})
    assert client.get("/sign-out/")["Location"] == "/"
    response = client.post("/sign-out/")
    assert response["Location"] == "/"
    assert response.cookies[GUEST_COOKIE].value == ""
    assert client.get("/").status_code == 200
    assert client.get("/rooms/")["Location"] == "/"


def test_the_session_names_the_pages_of_ones_account(client: Client, django_user_model: type) -> None:
    assert client.get("/session.json").json()["account"] == {}
    client.post("/", {"room": "somewhere", "name": "Ada"})
    assert client.get("/session.json").json()["account"] == {}, "a guest has none"
    client.force_login(django_user_model.objects.create_user("ada"))  # type: ignore[attr-defined]
    pages = client.get("/session.json").json()["account"]
    assert pages == {"password": "/accounts/password/change/", "email": "/accounts/email/"}


def test_signing_out_ends_the_session(client: Client, django_user_model: type) -> None:
    client.force_login(django_user_model.objects.create_user("ada"))  # type: ignore[attr-defined]
    assert client.get("/")["Location"] == "/rooms/"
    client.post("/sign-out/")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/rooms/", "/rooms/general/", "/rooms/nowhere/"])
def test_whoever_is_switched_off_sees_no_room(client: Client, django_user_model: type, path: str) -> None:
    user = django_user_model.objects.create_user("ada")  # type: ignore[attr-defined]
    client.force_login(user)
    client.post("/", {"room": "general"})
    set_active(person=Person.objects.get(user=user), is_active=False)
    answer = client.get(path)
    assert answer.status_code == 403
    assert "Your account is switched off." in answer.content.decode()
    assert client.get("/public-rooms.json").status_code == 401


def test_without_guests_one_signs_in_first(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": False}  # type: ignore[attr-defined]
    body = client.get("/").content.decode()
    assert 'name="room"' not in body
    assert "/accounts/login/" in body
    assert client.get("/rooms/general/")["Location"] == "/accounts/login/?next=/rooms/general/"
    assert client.get("/public-rooms.json").status_code == 401
    assert client.post("/", {"room": "general", "name": "Ada"})["Location"].startswith("/accounts/login/")
    assert not Person.objects.exists()
