"""Whatever went wrong, in the reader's language, in the chat's own look, and with a way on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from groupchat.actions.accounts import follow
from groupchat.actions.people import person_of_guest, person_of_user, set_active
from groupchat.actions.rooms import enter
from groupchat.identity import GUEST_COOKIE, new_guest, sign_guest
from groupchat.models import Membership
from groupchat.web import errors


@pytest.fixture(autouse=True)
def _guests(settings: Any) -> None:
    settings.GROUPCHAT = {"GUESTS": True}


def main_of(response: HttpResponse) -> str:
    """What the page says, without what stands around it."""
    page = response.content.decode()
    assert '<link rel="stylesheet" href="/static/groupchat/css/pages/pages.css">' in page
    (main,) = re.findall(r"<main.*?</main>", page, re.DOTALL)
    assert main.count("<h1") == 1
    return main


def bad_request(client: Client) -> HttpResponse:
    return errors.bad_request(RequestFactory().get("/"))


def without_a_token(client: Client) -> HttpResponse:
    return Client(enforce_csrf_checks=True, headers={"Accept-Language": translation.get_language()}).post(
        "/", {"room": "tea", "name": "Ada"}
    )


def not_for_you(client: Client) -> HttpResponse:
    return errors.permission_denied(RequestFactory().get("/"))


def nothing_here(client: Client) -> HttpResponse:
    return client.get("/no/such/page/")


def banned(client: Client) -> HttpResponse:
    owner = person_of_guest(guest=new_guest(name="Owner"))
    grace = person_of_guest(guest=(guest := new_guest(name="Grace")))
    room = enter(person=owner, name="tea").room
    enter(person=grace, name="tea")
    Membership.objects.filter(room=room, person=grace).update(state=Membership.State.BANNED)
    client.cookies[GUEST_COOKIE] = sign_guest(guest)
    return client.get("/rooms/tea/")


def no_such_room(client: Client) -> HttpResponse:
    person_of_guest(guest=(guest := new_guest(name="Grace")))
    client.cookies[GUEST_COOKIE] = sign_guest(guest)
    return client.get("/rooms/nowhere/")


def too_many_attempts(client: Client) -> HttpResponse:
    for attempt in range(100):
        new = {"username": f"bot{attempt}", "email": "", "password1": "correct horse battery"}
        answer = Client(headers={"Accept-Language": translation.get_language()}).post(
            "/accounts/signup/", new, REMOTE_ADDR="192.0.2.9"
        )
        if answer.status_code != 302:
            break
    return answer


def used_owner_link(client: Client) -> HttpResponse:
    return client.get("/owner/nonsense/")


def our_mistake(client: Client) -> HttpResponse:
    return errors.server_error(RequestFactory().get("/"))


PAGES = {
    bad_request: (400, "That didn't make sense", "Das ergab keinen Sinn"),
    without_a_token: (403, "Please send that again", "Bitte noch einmal senden"),
    not_for_you: (403, "That is not for you", "Das ist nicht für dich"),
    nothing_here: (404, "There is nothing here", "Hier ist nichts"),
    no_such_room: (404, "There is no such room", "Diesen Raum gibt es nicht"),
    banned: (403, "You can't come in here", "Hier kommst du nicht hinein"),
    too_many_attempts: (429, "Too many attempts", "Zu viele Versuche"),
    used_owner_link: (410, "This link does not work any more", "Dieser Link gilt nicht mehr"),
    our_mistake: (500, "We made a mistake", "Wir haben einen Fehler gemacht"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("happens", PAGES, ids=lambda happens: happens.__name__)
def test_it_says_so_and_leads_home(happens: Callable[[Client], HttpResponse], language: str) -> None:
    status, *words = PAGES[happens]
    with translation.override(language):
        response = happens(Client(headers={"Accept-Language": language}))
    main = main_of(response)
    assert response.status_code == status
    assert words[language == "de"] in main.replace("&#x27;", "'")
    assert re.search(r'<a[^>]* href="/"', main), "there is a way home"
    assert ("Zu den Räumen" if language == "de" else "To the rooms") in main
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "We made a mistake"), ("de", "Wir haben einen Fehler gemacht")])
def test_a_fault_of_the_server_needs_neither_database_nor_request(language: str, words: str) -> None:
    """No mark for the database here: to ask it would fail."""
    with translation.override(language):
        response = errors.server_error(None)  # type: ignore[arg-type]
    assert response.status_code == 500
    assert words in main_of(response)


def test_where_the_database_is_away_the_page_still_says_so(client: Client, django_db_blocker: DjangoDbBlocker) -> None:
    client.raise_request_exception = False
    client.cookies[GUEST_COOKIE] = sign_guest(new_guest(name="Grace"))
    with django_db_blocker.block():  # whatever another test of this process has opened
        response = client.get("/rooms/tea/", headers={"Accept-Language": "de"})
    assert response.status_code == 500
    assert "Wir haben einen Fehler gemacht" in main_of(response)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/rooms/", "/rooms/tea/"])
def test_who_is_switched_off_is_led_out(client: Client, path: str) -> None:
    """The rooms would only say the same once more."""
    user = get_user_model().objects.create_user("ada")
    person = person_of_user(user=user)
    set_active(person=person, is_active=False)
    follow(person=person)
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 403
    assert 'href="/"' not in main_of(response)
    (address,) = re.findall(r'<form method="post" action="([^"]+)">', main_of(response))
    assert client.post(address)["Location"] == "/"
    assert client.get("/").status_code == 200
