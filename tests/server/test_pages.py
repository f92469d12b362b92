"""Pages that only the server has: what went wrong, in the chat's own clothes; and the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

pytestmark = pytest.mark.django_db
OURS = 'class="page-main"'


def test_a_page_that_is_not_there(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert OURS in answer.content.decode()


def test_a_form_without_its_token() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "ada", "password": "x"})
    assert answer.status_code == 403
    assert OURS in answer.content.decode()


def test_a_host_that_is_not_ours(client: Client, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.org"]  # type: ignore[attr-defined]
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_an_error_of_ours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(token: str) -> bool:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("groupchat.server.owner.is_valid", broken)
    client.raise_request_exception = False
    answer = client.get("/owner/some-token/")
    assert answer.status_code == 500
    assert "on purpose" not in answer.content.decode()
    assert OURS in answer.content.decode()


def test_the_admin_is_for_owners(client: Client) -> None:
    client.force_login(get_user_model().objects.create_user("ada"))
    assert client.get("/admin/").status_code == 302
    client.force_login(get_user_model().objects.create_superuser("grace"))
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "Group Chat</title>" in page.content.decode()
