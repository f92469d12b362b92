"""Signing in with a code beside the password: asked, counted, used once; and those who must have it."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from groupchat.actions import limits
from groupchat.actions.people import make_owner, person_of_user
from groupchat.identity import HELD, NOBODY
from groupchat.realtime.admission.handshake import Credentials
from groupchat.realtime.admission.sessions import visitors_of

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
PERIOD_SECONDS = 30


@pytest.fixture(autouse=True)
def _whole() -> None:
    limits.forget_refusals()
    cache.clear()


@pytest.fixture
def user() -> Any:
    return get_user_model()._default_manager.create_user(username="ada", password=PASSWORD)


def signs_in(client: Client) -> Any:
    return client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def code_of(secret: str, *, later: int = 0) -> str:
    """What the app shows, `later` steps from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_SECONDS + later))


def switched_on(client: Client) -> str:
    """The secret; with the code of the step before, so that the present one was used by nobody."""
    page = text_of(client.get("/accounts/2fa/totp/activate/"))
    found = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page)
    assert found is not None, page
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1], later=-1)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return found[1]


@pytest.fixture
def secret(user: Any) -> str:
    """Ada's, who is signed in nowhere."""
    client = Client()
    signs_in(client)
    return switched_on(client)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def visitor(client: Client) -> Any:
    """Who a socket with this browser's cookies is, read in both ways."""
    name = django_settings.SESSION_COOKIE_NAME
    return visitors_of([Credentials({name: client.cookies[name].value}, "")])[0]


def test_the_password_alone_lets_nobody_in(secret: str, client: Client) -> None:
    answer = signs_in(client)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    assert visitor(client) == NOBODY
    assert "Your code" in text_of(client.get("/accounts/2fa/authenticate/"))
    assert "wrong" in text_of(client.post("/accounts/2fa/authenticate/", {"code": "000000"}))
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/"
    assert is_in(client)
    assert visitor(client).person is not None


def test_a_code_counts_once_in_every_process(secret: str, client: Client) -> None:
    code = code_of(secret)
    signs_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_in(client)
    cache.clear()  # another process remembers nothing of it
    other = Client()
    signs_in(other)
    for used in (code, code_of(secret, later=-1)):
        assert "used already" in text_of(other.post("/accounts/2fa/authenticate/", {"code": used}))
    assert not is_in(other)


def test_a_recovery_code_counts_once(secret: str, client: Client, user: Any) -> None:
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    for expected in (True, False):
        browser = Client()
        signs_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_in(browser) is expected


def test_codes_are_not_guessed(secret: str, client: Client, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_WRONG_CODES_PER_HOUR": 2}
    signs_in(client)
    for _ in range(2):
        assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    other = Client()
    signs_in(other)
    answer = other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Too many attempts" in text_of(answer)
    assert not is_in(other)


def test_a_copy_of_the_database_holds_no_secret(secret: str, user: Any, settings: Any) -> None:
    for one in Authenticator.objects.filter(user=user):
        assert secret not in str(one.data)
    settings.SECRET_KEY = "another-key-that-nobody-knows-0123456789"
    client = Client()
    signs_in(client)
    assert "wrong" in text_of(client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}))


def test_the_pages_in_german(user: Any, client: Client) -> None:
    signs_in(client)
    german = {"headers": {"Accept-Language": "de"}}
    assert "Anmeldung in zwei Schritten" in text_of(client.get("/accounts/2fa/", **german))
    assert "data:image/svg+xml" in text_of(client.get("/accounts/2fa/totp/activate/", **german))
    assert "/accounts/2fa/" in text_of(client.get("/settings/"))


def test_it_is_switched_off_again(secret: str, client: Client, user: Any) -> None:
    signs_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert "It is on" in text_of(client.get("/accounts/2fa/"))
    assert "Recovery codes" in text_of(client.get("/accounts/2fa/recovery-codes/"))
    assert "Switch it off" in text_of(client.get("/accounts/2fa/totp/deactivate/"))
    assert client.post("/accounts/2fa/totp/deactivate/")["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.filter(user=user).exists()
    assert signs_in(Client())["Location"] == "/"


def test_the_admin_has_no_other_door(secret: str, user: Any, client: Client) -> None:
    user.is_staff = user.is_superuser = True
    user.save()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    signs_in(client)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/admin/").status_code == 200
    page = text_of(client.get(f"/admin/mfa/authenticator/{Authenticator.objects.filter(type='totp').get().pk}/change/"))
    assert "secret" not in page


@pytest.fixture
def required(settings: Any) -> Any:
    def of(whom: str) -> None:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, require_two_factor=whom)

    return of


def test_who_must_is_held_until_it_is_on(required: Any, user: Any, client: Client) -> None:
    required("accounts")
    signs_in(client)
    assert HELD in client.session
    assert visitor(client) == NOBODY
    for path in ("/", "/rooms/", "/settings/", "/accounts/password/change/", "/session.json"):
        assert client.get(path)["Location"] == "/accounts/2fa/totp/activate/", path
    assert client.post("/settings/", {"section": "export"})["Location"] == "/accounts/2fa/totp/activate/"
    assert "Set it up, and you are in." in text_of(client.get("/accounts/2fa/totp/activate/"))
    switched_on(client)
    assert client.get("/rooms/").status_code == 200
    assert HELD not in client.session
    assert visitor(client).person is not None
    assert "so it stays on" in text_of(client.get("/accounts/2fa/totp/deactivate/"))
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_owners_only(required: Any, user: Any, client: Client) -> None:
    required("owners")
    signs_in(client)
    assert client.get("/rooms/").status_code == 200
    make_owner(person=person_of_user(user=user))
    assert visitor(client).person is not None
    assert client.get("/rooms/")["Location"] == "/accounts/2fa/totp/activate/"
    assert visitor(client) == NOBODY
    assert client.post("/sign-out/")["Location"] == "/"
    assert not is_in(client)


def test_nobody_is_held_where_it_is_asked_no_more(required: Any, user: Any, client: Client) -> None:
    required("accounts")
    signs_in(client)
    required("")
    assert client.get("/rooms/").status_code == 200
    assert visitor(client).person is not None
