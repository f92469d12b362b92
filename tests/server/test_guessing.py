"""Passwords and links can't be guessed, by whichever door, in however many processes; and nobody learns who is here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from tests.server.conftest import Start
from tests.server.served import Served

from groupchat.server.addresses import mailer
from groupchat.server.owner import issue_owner_link

PASSWORD = "correct horse battery"
HERE, THERE = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "192.0.2.8"}


@pytest.fixture
def few(settings: Any) -> None:
    """Small limits, and a mail server."""
    settings.GROUPCHAT = {
        "GUESTS": True,
        "MAX_WRONG_PASSWORDS_PER_HOUR": 3,
        "MAX_WRONG_PASSWORDS_PER_HOUR_OF_ADDRESS": 5,
        "MAX_WRONG_LINKS_PER_HOUR": 4,
        "MAX_ACCOUNT_MAILS_PER_HOUR": 2,
        "MAX_ACCOUNT_MAILS_PER_HOUR_OF_ADDRESS": 5,
    }
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mailer=mailer("smtp://127.0.0.1"))


@pytest.fixture
def ada(db: None, few: None) -> Any:
    user = get_user_model()._default_manager.create_user(username="ada", email="ada@example.org", password=PASSWORD)
    user.emailaddress_set.create(email="ada@example.org", primary=True)
    return user


def tries(login: str, password: str, **more: Any) -> Any:
    return Client().post("/accounts/login/", {"login": login, "password": password}, **more)


def told(answer: Any) -> str:
    return " ".join(re.findall(r'role="alert".*?</', answer.content.decode(), re.DOTALL))


def test_an_account_is_one_by_whichever_of_its_names(ada: Any) -> None:
    statuses = [tries(login, "wrong").status_code for login in ("ada", "ADA", "ada@example.org")]
    assert statuses == [200] * 3
    for login in ("ada", "Ada@example.org"):
        answer = tries(login, PASSWORD)
        assert answer.status_code == 429
        assert 1100 < int(answer["Retry-After"]) <= 1200
        assert "Try again in 20 minutes." in answer.content.decode()
    german = tries("ada", PASSWORD, headers={"Accept-Language": "de"})
    assert "Versuch es in 20 Minuten noch einmal." in german.content.decode()


def test_right_passwords_cost_nothing(ada: Any) -> None:
    assert [tries("ada", PASSWORD, **HERE).status_code for _ in range(8)] == [302] * 8


def test_an_address_is_counted_too_whoever_it_tries(ada: Any) -> None:
    assert [tries(f"nobody{number}", "wrong", **HERE).status_code for number in range(5)] == [200] * 5
    assert tries("ada", PASSWORD, **HERE).status_code == 429
    assert tries("ada", PASSWORD, **THERE).status_code == 302


def test_an_ipv6_network_is_one_address(ada: Any) -> None:
    for number in range(5):
        assert tries(f"nobody{number}", "wrong", REMOTE_ADDR=f"2001:db8::{number}").status_code == 200
    assert tries("somebody", "wrong", REMOTE_ADDR="2001:db8::ffff").status_code == 429


def test_an_open_session_does_not_tell_its_password(ada: Any) -> None:
    client = Client()
    client.force_login(ada)
    new = {"password1": "another good one", "password2": "another good one"}
    for _ in range(3):
        answer = client.post("/accounts/password/change/", {"oldpassword": "wrong", **new})
        assert answer.status_code == 200
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert answer.status_code == 429
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 429
    assert tries("ada", PASSWORD).status_code == 429


# --- one door -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/", "/admin/groupchat/room/", "/admin/login/?next=/admin/groupchat/room/"])
def test_the_admin_has_no_sign_in_of_its_own(address: str, admin_user: Any) -> None:
    client = Client()
    leads_to = client.get(address, follow=True)
    assert leads_to.redirect_chain[-1][0].startswith("/accounts/login/?next=%2Fadmin%2F")
    secrets = {"username": "admin", "password": "password", "next": "/admin/"}
    assert client.post("/admin/login/", secrets).status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_after_signing_in_one_is_where_one_wanted_to_be(admin_user: Any) -> None:
    client = Client()
    page = client.get("/admin/groupchat/room/", follow=True)
    (next_address,) = re.findall(r'name="next" value="([^"]+)"', page.content.decode())
    answer = client.post("/accounts/login/", {"login": "admin", "password": "password", "next": next_address})
    assert answer["Location"] == "/admin/groupchat/room/"
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_who_is_no_owner_is_not_let_in(ada: Any) -> None:
    client = Client()
    client.force_login(ada)
    assert client.get("/admin/", follow=True).status_code == 403


# --- links and mails ------------------------------------------------------------------------------------------------


def test_owner_links_are_not_guessed(ada: Any) -> None:
    token = issue_owner_link()
    for _ in range(8):
        assert Client().get(f"/owner/{token}/", **HERE).status_code == 200
    assert [Client().get(f"/owner/guess{number}/", **HERE).status_code for number in range(5)] == [410] * 4 + [429]
    assert Client().get(f"/owner/{token}/", **HERE).status_code == 429
    assert Client().get(f"/owner/{token}/", **THERE).status_code == 200


def test_reset_links_are_not_guessed(ada: Any) -> None:
    for number in range(4):
        assert Client().get(f"/accounts/password/reset/key/1-guess{number}/", **HERE).status_code == 200
    assert Client().get("/accounts/password/reset/key/1-guess/", **HERE).status_code == 429


def test_nobody_is_buried_in_mails(ada: Any) -> None:
    for language, address in (("en", HERE), ("de", THERE)):
        for email in ("ada@example.org", "ADA@example.org", "ada@example.org"):
            Client().post(
                "/accounts/password/reset/", {"email": email}, headers={"Accept-Language": language}, **address
            )
    assert len(mail.outbox) == 2


# --- who is here ----------------------------------------------------------------------------------------------------


def answers(known: Callable[[], Any], unknown: Callable[[], Any]) -> list[tuple[int, str]]:
    """Status and text of both, without what is random or was typed."""

    def plain(answer: Any) -> tuple[int, str]:
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", answer.content.decode())
        return answer.status_code, re.sub(r"(ada|nobody)(@example\.org)?", "…", text)

    return [plain(known()), plain(unknown())]


@pytest.mark.parametrize("attempts", [1, 3, 4])
@pytest.mark.parametrize("mail_address", ["", "@example.org"])
def test_a_wrong_sign_in_looks_the_same_whether_there_is_an_account(attempts: int, mail_address: str, ada: Any) -> None:
    for _ in range(attempts):
        known, unknown = answers(
            lambda: tries(f"ada{mail_address}", "wrong"), lambda: tries(f"nobody{mail_address}", "wrong")
        )
        assert known == unknown
    assert known[0] == (429 if attempts > 3 else 200)


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_lost_password_looks_the_same(attempts: int, ada: Any) -> None:
    def lost(email: str) -> Any:
        return Client().post("/accounts/password/reset/", {"email": email}, **HERE)

    for _ in range(attempts):
        known, unknown = answers(lambda: lost("ada@example.org"), lambda: lost("nobody@example.org"))
        assert known == unknown
    assert known[0] == (429 if attempts > 2 else 302)
    assert Client().post("/accounts/password/reset/", {"email": "ada@example.org"}, **THERE).status_code == (
        429 if attempts > 1 else 302
    )


def test_a_sign_up_with_a_known_mail_address_looks_the_same(ada: Any) -> None:
    def sign_up(username: str, email: str) -> Any:
        return Client().post("/accounts/signup/", {"username": username, "email": email, "password1": PASSWORD})

    known, unknown = answers(lambda: sign_up("eve1", "ada@example.org"), lambda: sign_up("eve2", "nobody@example.org"))
    assert known == unknown
    assert known[0] == 302
    assert tries("ada@example.org", PASSWORD).status_code == 302, "whoever has the address still signs in with it"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The passwords that were hashed: that is what takes the time."""
    passwords: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: Any, password: str, salt: Any) -> str:
        passwords.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return passwords


@pytest.mark.parametrize("login", ["ada", "ada@example.org", "nobody", "nobody@example.org"])
def test_one_password_is_hashed_whether_there_is_an_account(login: str, ada: Any, hashed: list[str]) -> None:
    hashed.clear()
    assert tries(login, "wrong").status_code == 200
    assert hashed == ["wrong"]


# --- several processes ----------------------------------------------------------------------------------------------


def post_login(served: Served, login: str, password: str, address: str = "203.0.113.7") -> tuple[int, str]:
    """Over a connection of its own, so that any of the workers may answer."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    url = f"http://127.0.0.1:{served.port}/accounts/login/"
    headers = {"X-Forwarded-For": address}
    with opener.open(Request(url, headers=headers)) as page:
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode()))
    form = urlencode({"login": login, "password": password, "csrfmiddlewaretoken": token}).encode()
    try:
        with opener.open(Request(url, data=form, headers=headers)) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_three_workers_and_a_restart_count_as_one(start: Start, data: Any) -> None:
    limits = {
        "GROUPCHAT_MAX_WRONG_PASSWORDS_PER_HOUR": "5",
        "GROUPCHAT_MAX_WRONG_PASSWORDS_PER_HOUR_OF_ADDRESS": "8",
        "GROUPCHAT_TRUSTED_PROXIES": "1",
    }
    served = start("--workers", "3", **limits)
    statuses = [post_login(served, "ada", "wrong")[0] for _ in range(9)]
    assert statuses == [200] * 5 + [429] * 4
    status, text = post_login(served, "ada", "wrong", "198.51.100.9")
    assert status == 429
    assert "Try again in 12 minutes." in text
    for number in range(3):  # the account's five counted for the address, too
        assert post_login(served, f"other{number}", "wrong")[0] == 200
    assert post_login(served, "one more", "wrong")[0] == 429
    assert served.stop() == 0
    served = start(**limits)
    assert post_login(served, "ada", "wrong", "198.51.100.10")[0] == 429
    assert post_login(served, "one more", "wrong")[0] == 429
