"""Accounts: sign up, in and out, a lost password; and pages that need nothing the policy forbids."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from groupchat.actions.people import person_of_user
from groupchat.actions.profiles import set_look
from groupchat.server.addresses import mailer

pytestmark = pytest.mark.django_db
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
NEW = {"username": "ada", "email": "ada@example.org", "password1": "correct horse battery"}


@pytest.fixture(autouse=True)
def there_is_a_mail_server(settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mailer=mailer("smtp://127.0.0.1"))


@pytest.fixture
def ada(client: Client) -> object:
    """Signed up, and out again."""
    assert client.post("/accounts/signup/", NEW).status_code == 302
    assert client.post("/accounts/logout/").status_code == 302
    return get_user_model().objects.get(username="ada")


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_up_signs_in(client: Client) -> None:
    answer = client.post("/accounts/signup/", NEW)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert is_signed_in(client)
    user = get_user_model().objects.get(username="ada")
    assert not user.is_staff
    assert mail.outbox == []


def test_a_mail_address_is_not_needed(client: Client) -> None:
    client.post("/accounts/signup/", NEW | {"email": ""})
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "a"}, "username"),
        ({"username": "a b"}, "username"),
        ({"email": "nothing"}, "email"),
        ({"password1": "password"}, "password1"),
        ({"password1": "12345678"}, "password1"),
        ({"password1": ""}, "password1"),
    ],
)
def test_a_wrong_sign_up_says_where(change: dict[str, str], field: str, client: Client) -> None:
    answer = client.post("/accounts/signup/", NEW | change)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert f'id="id_{field}_error"' in answer.content.decode() or "errorlist" in answer.content.decode()
    assert not get_user_model().objects.exists()


def test_a_name_is_taken_whatever_its_case(ada: object, client: Client) -> None:
    answer = client.post("/accounts/signup/", NEW | {"username": "ADA", "email": "other@example.org"})
    assert "username" in answer.context["form"].errors


@pytest.mark.parametrize("login", ["ada", "ada@example.org", "ADA@Example.org"])
def test_sign_in_by_name_or_mail(login: str, ada: object, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": login, "password": NEW["password1"]})
    assert answer.status_code == 302
    assert is_signed_in(client)


def test_the_language_of_the_account_comes_with_signing_in(ada: object, client: Client, settings: Any) -> None:
    person = person_of_user(user=ada)
    set_look(person=person, theme="", more_contrast=False, language="de")
    client.post("/accounts/login/", {"login": "ada", "password": NEW["password1"]})
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"
    assert 'lang="de"' in client.get("/settings/").content.decode()


def test_a_wrong_password(ada: object, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "ada", "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not is_signed_in(client)


def test_sign_in_leads_back_but_not_away(ada: object, client: Client) -> None:
    form = {"login": "ada", "password": NEW["password1"]}
    assert client.post("/accounts/login/", form | {"next": "/rooms/general/"})["Location"] == "/rooms/general/"
    client.post("/accounts/logout/")
    assert client.post("/accounts/login/", form | {"next": "https://evil.example/"})["Location"] == "/"


def test_sign_out_takes_a_post(ada: object, client: Client) -> None:
    client.force_login(ada)  # type: ignore[arg-type]
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_a_lost_password(ada: object, client: Client) -> None:
    assert client.post("/accounts/password/reset/", {"email": "ada@example.org"}).status_code == 302
    (letter,) = mail.outbox
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(letter.body))
    assert link, letter.body
    form = client.get(link[1], follow=True)
    address = form.redirect_chain[-1][0]
    changed = client.post(address, {"password1": "another good one", "password2": "another good one"}, follow=True)
    assert changed.status_code == 200
    assert not client.login(username="ada", password=NEW["password1"])
    assert client.login(username="ada", password="another good one")
    assert b'name="password1"' not in Client().get(link[1], follow=True).content, "the link works once"


def test_a_stranger_learns_nothing_from_a_lost_password(client: Client) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert answer.status_code == 302
    assert all("reset/key" not in str(letter.body) for letter in mail.outbox)


def test_names_in_a_mail_turn_no_sentence_around(client: Client) -> None:
    client.post("/accounts/signup/", NEW | {"username": "עדה"})
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    (letter,) = mail.outbox
    assert f"{FIRST_STRONG_ISOLATE}עדה{POP_ISOLATE}" in str(letter.body)
    assert "\n" not in letter.subject


@pytest.mark.parametrize("language", ["en", "de"])
def test_mails_bear_the_name_of_the_site(language: str, ada: object, client: Client, settings: Any) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "SITE_NAME": 'Tea & "House"'}
    speaks = {"Accept-Language": language}
    for email in ("ada@example.org", "nobody@example.org"):
        client.post("/accounts/password/reset/", {"email": email}, headers=speaks)
    client.force_login(ada)  # type: ignore[arg-type]
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""}, headers=speaks)
    lost, unknown, new = mail.outbox
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"], ["nobody@example.org"], ["new@example.org"]]
    for letter in mail.outbox:
        body = str(letter.body)
        assert letter.subject.startswith('[Tea & "House"] ')
        assert body.count('Tea & "House"') == 2
        assert body.endswith('\n\n-- \nTea & "House"\nhttp://testserver/')
        assert "\n\n\n" not in body
        assert "example.com" not in body
        assert ("Dann tu nichts" in body) == (language == "de")
    assert "ada" in str(lost.body)
    assert "/accounts/signup/" in str(unknown.body)
    assert re.search(r"^http://testserver/accounts/confirm-email/\S+$", str(new.body), re.MULTILINE)


def test_where_signing_up_is_closed_no_mail_offers_it(client: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signup=False)
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    (letter,) = mail.outbox
    assert "signup" not in str(letter.body)


def test_without_a_mail_server_one_is_told_whom_to_ask(ada: object, client: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mailer=mailer(""))
    assert b"/accounts/password/reset/" not in client.get("/accounts/login/").content
    for answer in (
        client.get("/accounts/password/reset/"),
        client.get("/accounts/password/reset/done/"),
        client.post("/accounts/password/reset/", {"email": "ada@example.org"}),
    ):
        assert answer.status_code == 200
        assert b"changepassword" in answer.content
        assert b'name="email"' not in answer.content
    client.force_login(ada)  # type: ignore[arg-type]
    page = client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""}, follow=True)
    assert b"new@example.org" in page.content
    assert b"sent to" not in page.content
    assert mail.outbox == []


def test_signing_up_can_be_closed(client: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signup=False)
    assert b'name="username"' not in client.get("/accounts/signup/").content
    client.post("/accounts/signup/", NEW)
    assert not get_user_model().objects.exists()


def test_guessing_ends_soon(ada: object, client: Client) -> None:
    for _ in range(100):
        answer = client.post("/accounts/login/", {"login": "ada", "password": "wrong"})
        if answer.status_code == 429 or "too many" in answer.content.decode().lower():
            break
    right = client.post("/accounts/login/", {"login": "ada", "password": NEW["password1"]})
    assert right.status_code != 302
    assert not is_signed_in(client)


@pytest.mark.parametrize(("language", "words"), [("en", "Try again in "), ("de", "Versuch es in ")])
def test_too_many_sign_ups_are_told_to_wait(language: str, words: str, client: Client) -> None:
    for attempt in range(100):
        answer = Client().post(
            "/accounts/signup/",
            NEW | {"username": f"bot{attempt}", "email": ""},
            headers={"Accept-Language": language},
            REMOTE_ADDR="192.0.2.9",
        )
        if answer.status_code != 302:
            break
    assert answer.status_code == 429
    assert words in answer.content.decode()
    assert get_user_model().objects.count() == attempt


ENTRANCE = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/no-such-key/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-no-such-key/",
    "/accounts/password/reset/key/done/",
]
INSIDE = [
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/password/set/",
    "/accounts/reauthenticate/",
]


def enters(client: Client, user: Any, path: str) -> None:
    if path == "/accounts/password/set/":  # for whoever has none
        user.set_unusable_password()
        user.save()
    client.force_login(user)


@pytest.mark.parametrize("path", ENTRANCE + INSIDE)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_keeps_to_the_policy(path: str, language: str, ada: Any, client: Client) -> None:
    if path in INSIDE:
        enters(client, ada, path)
    answer = client.get(path, headers={"Accept-Language": language})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r'<a[^>]* href="/">(To the rooms|Zu den Räumen)<', page.partition("<main")[2]), (
        "there is a way back"
    )
    assert f'<html lang="{language}"' in page
    assert "script-src" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page), "a script without a file"
    assert not re.search(r"<style|\sstyle=|\son\w+=", page), "inline style or handler"
    assert page.count("<h1") == 1
    for field in re.findall(r'<(?:input|select)\b(?![^>]*type="(?:hidden|submit)")[^>]*\bid="([^"]+)"', page):
        assert f'for="{field}"' in page, f"{field} has no label"


def words_of(page: str) -> list[str]:
    """What there is to read, attributes included that are read out."""
    seen = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    spoken = re.findall(r'\s(?:aria-label|placeholder|title|alt)="([^"]+)"', seen)
    shown = [line.strip() for line in re.sub(r"<[^>]*>", "\n", seen).splitlines()]
    return [line for line in (*shown, *map(str.strip, spoken)) if line]


# what allauth's pages and Django's say in a form that this chat does not use
FOREIGN = re.compile(r"\b(Sie|Ihre?[mnrs]?|Anmeldename|Username and/or)\b")
NAMES = {"Group Chat", "ada@example.org"}
TRIES = [
    ("/accounts/login/", {"login": "", "password": ""}),
    ("/accounts/login/", {"login": "nobody", "password": "wrong"}),
    ("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}),
    ("/accounts/signup/", NEW),
    ("/accounts/signup/", {"username": "a b", "email": "nothing", "password1": "12345"}),
]
TRIES_INSIDE = [
    ("/accounts/email/", {"email": "ada@example.org", "action_add": ""}),
    ("/accounts/email/", {"email": "ada@example.org", "action_send": ""}),
    ("/accounts/email/", {"email": "ada@example.org", "action_remove": ""}),
    ("/accounts/email/", {"email": "new@example.org", "action_add": ""}),
    ("/accounts/password/change/", {"oldpassword": "wrong", "password1": "123", "password2": "1234"}),
    (
        "/accounts/password/change/",
        {"oldpassword": "correct horse battery", **dict.fromkeys(("password1", "password2"), "a good one, too")},
    ),
    ("/accounts/reauthenticate/", {"password": "wrong"}),
]


@pytest.mark.parametrize(
    ("path", "form"), [*((path, None) for path in ENTRANCE + INSIDE), *TRIES, *TRIES_INSIDE], ids=str
)
def test_the_pages_speak_german(path: str, form: dict[str, str] | None, ada: Any, client: Client) -> None:
    """No line of the page is the same in both languages, and none speaks as allauth does."""
    if (path in INSIDE and form is None) or (path, form) in TRIES_INSIDE:
        enters(client, ada, path)
    english, german = (
        words_of(ask(path, form or {}, headers={"Accept-Language": language}, follow=True).content.decode())
        for language in ("en", "de")
        for ask in [client.post if form is not None else client.get]
    )
    assert english
    assert {*english} & {*german} <= NAMES | {form.get("email") for form in [form or {}]}
    assert not [line for line in german if FOREIGN.search(line)]
