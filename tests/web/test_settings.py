"""The page of one's own settings: what it shows, what its forms do, and what it says where they are refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client

from groupchat.actions import tokens
from groupchat.actions.people import person_of_guest, person_of_user, set_active
from groupchat.identity import GUEST_COOKIE, new_guest, sign_guest
from groupchat.models import Device, Person

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _guests(settings: Any) -> None:
    settings.GROUPCHAT = {"GUESTS": True}


@pytest.fixture
def ada(client: Client, django_user_model: Any) -> Person:
    """Signed in."""
    user = django_user_model._default_manager.create_user("ada", password="x")
    person = person_of_user(user=user)
    client.force_login(user)
    return person


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def saves(client: Client, section: str, **fields: str) -> None:
    response = client.post("/settings/", {"section": section, **fields})
    assert response["Location"] == f"/settings/?saved={section}#{section}"
    assert "Saved." in text_of(client.get(response["Location"]))


def is_refused(client: Client, section: str, status: int, **fields: str) -> str:
    response = client.post("/settings/", {"section": section, **fields})
    assert response.status_code == status
    found = re.search(rf'role="alert" id="{section}-answer">(.*?)</p>', text_of(response))
    assert found is not None
    return found[1]


def test_who_is_nobody_is_led_home(client: Client) -> None:
    assert client.get("/settings/")["Location"] == "/"
    assert client.post("/settings/", {"section": "name", "name": "X"})["Location"] == "/"


def test_it_needs_the_token_of_its_form(ada: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert ada.user is not None
    strict.force_login(ada.user)
    assert strict.post("/settings/", {"section": "name", "name": "Countess"}).status_code == 403
    assert strict.get("/settings/")["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_name(client: Client, ada: Person) -> None:
    saves(client, "name", name="Ada King")
    assert Person.objects.get(pk=ada.pk).name == "Ada King"
    assert "nothing invisible" in is_refused(client, "name", 422, name="\u200b")
    assert "too long" in is_refused(client, "name", 413, name="x" * 51)


def test_a_handle(client: Client, ada: Person, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_HANDLES_PER_HOUR": 2}
    other = Person.objects.create(name="Bob", handle="bob", handle_skeleton="bob")
    saves(client, "handle", handle="countess")
    assert Person.objects.get(pk=ada.pk).handle == "countess"
    assert "or had this handle" in is_refused(client, "handle", 409, handle=other.handle)
    assert "for a while" in is_refused(client, "handle", 429, handle="queen")
    assert 'value="countess"' in text_of(client.get("/settings/"))


def test_pronouns_and_time_zone(client: Client, ada: Person) -> None:
    saves(client, "about", pronouns="she/her", time_zone="Asia/Kolkata")
    ada.refresh_from_db()
    assert (ada.pronouns, ada.time_zone) == ("she/her", "Asia/Kolkata")
    assert "<option selected>Asia/Kolkata</option>" in text_of(client.get("/settings/"))
    is_refused(client, "about", 422, pronouns="", time_zone="Mars/Olympus")


def test_language_and_appearance(client: Client, ada: Person) -> None:
    saves(client, "look", theme="dark", more_contrast="on", language="en")
    ada.refresh_from_db()
    assert (ada.theme, ada.more_contrast, ada.language) == ("dark", True, "en")
    assert client.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "en"
    is_refused(client, "look", 422, theme="pink")


def test_devices(client: Client, ada: Person) -> None:
    phone, tablet = Client(), Client()
    assert ada.user is not None
    for one in (phone, tablet):
        one.force_login(ada.user)
        Device.objects.filter(session_key=one.session.session_key).delete()  # that login says no browser
        one.get("/settings/", headers={"user-agent": CHROME})
    page = text_of(client.get("/settings/"))
    assert page.count("Chrome on Windows") == 2
    assert page.count("this one") == 1
    there = Device.objects.get(session_key=phone.session.session_key)
    saves(client, "device", device=str(there.pk))
    assert phone.get("/settings/")["Location"] == "/"
    assert tablet.get("/settings/").status_code == 200
    assert "gone already" in is_refused(client, "device", 404, device=str(there.pk))
    saves(client, "device", device="others")
    assert tablet.get("/settings/")["Location"] == "/"
    assert client.get("/settings/").status_code == 200


def test_a_device_of_somebody_else_stays(client: Client, ada: Person, django_user_model: Any) -> None:
    bob = django_user_model._default_manager.create_user("bob", password="x")
    person_of_user(user=bob)
    other = Client()
    other.force_login(bob)
    other.get("/settings/")
    theirs = Device.objects.get(session_key=other.session.session_key)
    is_refused(client, "device", 404, device=str(theirs.pk))
    is_refused(client, "device", 404, device="9" * 40)
    assert SessionStore().exists(theirs.session_key)


def test_signing_out_forgets_the_device(client: Client, ada: Person) -> None:
    client.get("/settings/")
    assert Device.objects.count() == 1
    client.post("/sign-out/")
    assert not Device.objects.exists()


def test_another_password_forgets_them_all(client: Client, ada: Person) -> None:
    client.get("/settings/")
    assert ada.user is not None
    ada.user.set_password("another")
    ada.user.save()
    assert not Device.objects.exists()


def test_tokens(client: Client, ada: Person) -> None:
    secret = tokens.issue(person=ada, name="a <b>robot</b>")
    page = text_of(client.get("/settings/"))
    assert "a &lt;b&gt;robot&lt;/b&gt;" in page
    (token,) = tokens.of_person(person=ada)
    saves(client, "token", token=str(token.pk))
    assert tokens.people_of(secrets=[secret]) == {}
    assert "a &lt;b&gt;" not in text_of(client.get("/settings/"))
    is_refused(client, "token", 404, token=str(token.pk))


def test_a_guest_has_a_name_and_no_account(client: Client) -> None:
    guest = new_guest(name="Grace")
    person = person_of_guest(guest=guest)
    client.cookies[GUEST_COOKIE] = sign_guest(guest)
    page = text_of(client.get("/settings/"))
    assert 'value="Grace"' in page
    assert 'id="id_handle"' not in page
    assert 'id="device"' not in page
    saves(client, "about", pronouns="they/them", time_zone="")
    assert Person.objects.get(pk=person.pk).pronouns == "they/them"
    assert client.post("/settings/", {"section": "handle", "handle": "amazing"}).status_code == 403


def test_who_is_switched_off_is_told(client: Client, ada: Person) -> None:
    set_active(person=ada, is_active=False)
    assert client.get("/settings/").status_code == 403
    assert client.post("/settings/", {"section": "name", "name": "X"}).status_code == 403
