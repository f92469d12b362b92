"""Taking one's data along, and deleting one's account: the forms, what they ask, and the page that says goodbye."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.utils import timezone
from tests.domain.says import say
from tests.web.test_settings import is_refused, text_of

from groupchat import own_data
from groupchat.actions import limits, messages, rooms, saving, scheduling, tokens
from groupchat.actions.messages import Post
from groupchat.actions.people import make_owner, person_of_guest, person_of_user
from groupchat.identity import GUEST_COOKIE, new_guest, sign_guest
from groupchat.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _options(settings: Any) -> Iterator[None]:
    settings.GROUPCHAT = {"GUESTS": True, "DELETE_USERS": True}
    limits.forget_refusals()
    yield
    cache.clear()
    limits.forget_refusals()


@pytest.fixture
def ada(client: Client, django_user_model: Any) -> Person:
    """Signed in."""
    user = django_user_model._default_manager.create_user("ada", email="ada@example.org", password="secret")
    person = person_of_user(user=user)
    client.force_login(user)
    return person


def exported(client: Client) -> dict[str, Any]:
    response = client.post("/settings/", {"section": "export"})
    assert isinstance(response, StreamingHttpResponse)
    assert response["Content-Disposition"] == 'attachment; filename="group-chat.json"'
    return dict(json.loads(response.getvalue()))


def test_all_that_is_ones_own(client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_data, "SLICE", 2)
    bob = Person.objects.create(name="Bob", handle="bob", handle_skeleton="bob")
    lobby = rooms.create(person=ada, name="Lobby")
    say(ada, lobby, "one")
    say(bob, lobby, "not hers")
    messages.post([Post(lobby.pk, ada, "an answer", "a", parts={"reply_to": 2})])
    gone = say(ada, lobby, "gone")
    messages.delete(person=ada, room_id=lobby.pk, number=gone.number)
    messages.edit(person=ada, room_id=lobby.pk, number=1, body='one "more"')
    tokens.issue(person=ada, name="robot")
    saving.save(person=ada, room_id=lobby.pk, number=1)
    at = timezone.now() + timedelta(hours=1)
    scheduling.schedule(person=ada, room_id=lobby.pk, body="later", at=at, client_message_id="later")

    found = exported(client)
    assert found["profile"]["handle"] == ada.handle
    assert found["account"] == {"username": "ada", "email": "ada@example.org"}
    assert [(room["name"], room["role"]) for room in found["rooms"]] == [("Lobby", "owner")]
    assert [token["name"] for token in found["tokens"]] == ["robot"]
    assert [(one["room_id"], one["number"]) for one in found["saved"]] == [(lobby.pk, 1)]
    assert [one["body"] for one in found["scheduled"]] == ["later"]
    assert len(found["devices"]) == 1
    told = [(one["room"], one["number"], one["body"], one.get("reply_to")) for one in found["messages"]]
    assert told == [("Lobby", 1, 'one "more"', None), ("Lobby", 3, "an answer", 2)]
    assert "edited_at" in found["messages"][0]


def test_it_is_taken_along_a_few_times_only(client: Client, ada: Person, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_EXPORTS_PER_HOUR": 1}
    exported(client)
    assert "Wait a while" in is_refused(client, "export", 429)


@pytest.mark.django_db(transaction=True)
async def test_it_is_sent_as_it_is_read(async_client: AsyncClient, django_user_model: Any) -> None:
    user = await django_user_model._default_manager.acreate_user("grace", password="secret")
    await async_client.aforce_login(user)
    response = await async_client.post("/settings/", {"section": "export"})
    assert isinstance(response, StreamingHttpResponse)
    assert response.is_async
    whole = b"".join([piece async for piece in response])
    assert json.loads(whole)["profile"]["handle"] == "grace"


def leaves(client: Client, **fields: str) -> None:
    response = client.post("/settings/", {"section": "delete", **fields})
    assert response["Location"] == "/goodbye/"
    assert "Goodbye" in text_of(client.get("/goodbye/"))


def test_an_account_goes(client: Client, ada: Person) -> None:
    assert "Delete my account" in text_of(client.get("/settings/"))
    leaves(client, messages="keep", password="secret")
    ada.refresh_from_db()
    assert (ada.name, ada.user_id) == ("Deleted person", None)
    assert client.get("/settings/")["Location"] == "/"


def test_what_it_asks(client: Client, ada: Person) -> None:
    assert "That is not your password." in is_refused(client, "delete", 422, messages="erase", password="x")
    assert "becomes of your messages" in is_refused(client, "delete", 422, password="secret")
    ada.refresh_from_db()
    assert ada.deleted_at is None


def test_the_password_is_not_guessed_there(client: Client, ada: Person, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_WRONG_PASSWORDS_PER_HOUR": 2}
    for _ in range(2):
        is_refused(client, "delete", 422, messages="keep", password="x")
    assert "Too many attempts" in is_refused(client, "delete", 429, messages="keep", password="secret")


def test_a_user_of_the_site_leaves_once_a_day(client: Client, ada: Person, settings: Any) -> None:
    settings.GROUPCHAT = {"DELETE_USERS": False}
    assert ada.user is not None
    leaves(client, messages="keep", password="secret")
    again = person_of_user(user=ada.user)
    assert "Try again tomorrow." in is_refused(client, "delete", 429, messages="keep", password="secret")
    again.refresh_from_db()
    assert again.deleted_at is None


def test_the_last_owner_stays(client: Client, ada: Person) -> None:
    Person.objects.update(is_owner=False)
    make_owner(person=ada)
    assert "the last owner" in is_refused(client, "delete", 403, messages="keep", password="secret")


def test_who_has_no_password_says_their_name(client: Client, ada: Person) -> None:
    assert ada.user is not None
    ada.user.set_unusable_password()
    ada.user.save()
    client.force_login(ada.user)
    assert "That is not your name" in is_refused(client, "delete", 422, messages="keep", name="bob")
    leaves(client, messages="keep", name=" ADA")


def test_a_guest_goes(client: Client) -> None:
    guest = new_guest(name="Grace")
    person = person_of_guest(guest=guest)
    client.cookies[GUEST_COOKIE] = sign_guest(guest)
    assert "Delete me" in text_of(client.get("/settings/"))
    assert exported(client)["account"] is None
    leaves(client, messages="erase", name="grace")
    assert client.cookies[GUEST_COOKIE].value == ""
    client.cookies[GUEST_COOKIE] = sign_guest(guest)
    assert client.get("/settings/")["Location"] == "/"
    person.refresh_from_db()
    assert person.deleted_at is not None
