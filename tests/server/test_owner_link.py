"""The owner's link: one visitor becomes an owner, once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.utils import timezone

from groupchat.models import Person
from groupchat.server import owner
from groupchat.server.models import OwnerLink

pytestmark = pytest.mark.django_db
NEW = {"username": "ada", "email": "ada@example.org", "password1": "correct horse battery"}


def test_a_visitor_becomes_the_owner(client: Client) -> None:
    token = owner.issue_owner_link()
    answer = client.post(f"/owner/{token}/", NEW)
    assert answer.status_code == 302
    user = get_user_model().objects.get(username="ada")
    assert user.is_staff
    assert user.is_superuser
    assert user.check_password("correct horse battery")
    assert Person.objects.get(user=user).is_owner
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not owner.needs_first_link()


def test_the_link_works_once(client: Client) -> None:
    token = owner.issue_owner_link()
    client.post(f"/owner/{token}/", NEW)
    second = Client().post(f"/owner/{token}/", NEW | {"username": "mallory", "email": "m@example.org"})
    assert second.status_code == 410
    assert b"groupchat owner-link" in second.content
    assert not get_user_model().objects.filter(username="mallory").exists()


def test_looking_uses_nothing(client: Client) -> None:
    token = owner.issue_owner_link()
    assert client.get(f"/owner/{token}/").status_code == 200
    assert client.head(f"/owner/{token}/").status_code == 405
    assert owner.is_valid(token)


def test_a_wrong_form_uses_nothing(client: Client) -> None:
    token = owner.issue_owner_link()
    answer = client.post(f"/owner/{token}/", NEW | {"password1": "123"})
    assert answer.status_code == 200
    assert "password1" in answer.context["form"].errors
    assert owner.is_valid(token)
    assert not get_user_model().objects.exists()


def test_who_is_signed_in_becomes_the_owner_with_one_click(client: Client) -> None:
    user = get_user_model().objects.create_user("grace", password="x")
    client.force_login(user)
    token = owner.issue_owner_link()
    assert b"grace" in client.get(f"/owner/{token}/").content
    assert client.post(f"/owner/{token}/").status_code == 302
    user.refresh_from_db()
    assert user.is_superuser
    assert Person.objects.get(user=user).is_owner


def test_a_link_ends_after_a_day(client: Client) -> None:
    token = owner.issue_owner_link()
    OwnerLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/owner/{token}/").status_code == 410
    assert client.post(f"/owner/{token}/", NEW).status_code == 410


def test_a_new_link_ends_the_one_before(client: Client) -> None:
    first, second = owner.issue_owner_link(), owner.issue_owner_link()
    assert client.get(f"/owner/{first}/").status_code == 410
    assert client.get(f"/owner/{second}/").status_code == 200


def test_the_token_is_not_in_the_database() -> None:
    token = owner.issue_owner_link()
    assert token not in str(list(OwnerLink.objects.values()))


def test_an_owner_is_made_where_signing_up_is_closed(client: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, signup=False)
    assert b'name="username"' not in client.get("/accounts/signup/").content
    assert client.post(f"/owner/{owner.issue_owner_link()}/", NEW).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_becomes_the_owner() -> None:
    token = owner.issue_owner_link()
    users = [get_user_model().objects.create_user(f"user{n}") for n in range(4)]
    won: list[int] = []
    together = threading.Barrier(len(users))

    def claim(user: object) -> None:
        together.wait()
        try:
            owner.claim(token=token, user=user)
            won.append(user.pk)  # type: ignore[attr-defined]
        except owner.LinkNotValid:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert list(get_user_model().objects.filter(is_superuser=True).values_list("pk", flat=True)) == won
