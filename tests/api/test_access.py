"""A token is in force as long as its person is let in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from tests.api.conftest import Call, bearer_of, messages_of

from groupchat.actions import accounts
from groupchat.actions.people import Guest, end_guest, person_of_guest, set_active
from groupchat.identity import new_guest
from groupchat.models import Message, Person, Room

HI = '{"body": "hi"}'


@pytest.mark.parametrize("how", ["saved", "updated", "deleted", "in the chat"])
def test_a_token_ends_with_the_account(call: Call, lobby: Room, ada: Person, bearer: dict[str, str], how: str) -> None:
    assert call("POST", messages_of(lobby.pk), HI, **bearer).status == 201
    switch(ada, how, is_active=False)
    for _ in range(2):
        told = call("POST", messages_of(lobby.pk), HI, **bearer)
        assert (told.status, told.code) == (401, "unauthenticated")
        assert call("GET", "/api/v1/rooms", **bearer).code == "unauthenticated"
    assert Message.objects.count() == 1


@pytest.mark.parametrize("how", ["saved", "updated", "in the chat"])
def test_a_token_is_in_force_again_with_the_account(
    call: Call, lobby: Room, ada: Person, bearer: dict[str, str], how: str
) -> None:
    switch(ada, how, is_active=False)
    assert call("POST", messages_of(lobby.pk), HI, **bearer).status == 401
    switch(ada, how, is_active=True)
    assert call("POST", messages_of(lobby.pk), HI, **bearer).status == 201


def test_a_token_ends_with_an_account_whose_switch_is_no_column(
    call: Call, lobby: Room, ada: Person, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_is_column", lambda name: False)
    assert call("POST", messages_of(lobby.pk), HI, **bearer).status == 201
    switch(ada, "updated", is_active=False)
    assert call("POST", messages_of(lobby.pk), HI, **bearer).code == "unauthenticated"


def test_a_guests_token_ends_when_they_sign_out(call: Call, lobby: Room) -> None:
    guest: Guest = new_guest(name="Grace")
    bearer = bearer_of(person_of_guest(guest=guest))
    assert call("POST", messages_of(lobby.pk), HI, **bearer).status == 201
    end_guest(guest=guest)
    assert call("POST", messages_of(lobby.pk), HI, **bearer).code == "unauthenticated"


def switch(person: Person, how: str, *, is_active: bool) -> None:
    users = get_user_model()._default_manager.filter(pk=person.user_id)
    match how:
        case "saved":
            user = users.get()
            user.is_active = is_active
            user.save()
        case "updated":  # no signal is sent
            users.update(is_active=is_active)
        case "deleted":
            users.get().delete()
        case _:
            set_active(person=person, is_active=is_active)


def test_wrong_tokens_of_an_address_are_counted(call: Call, lobby: Room, bearer: dict[str, str], options: Any) -> None:
    options(max_wrong_tokens_per_minute=3, trusted_proxies=1)
    here, there = {"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": "192.0.2.8"}
    told = [call("GET", "/api/v1/rooms", Authorization=f"Bearer guess{number}", **here) for number in range(5)]
    assert [one.status for one in told] == [401] * 3 + [429] * 2
    assert told[-1].code == "rate_limited"
    assert 1 <= int(told[-1].headers["retry-after"]) <= 20
    assert call("GET", "/api/v1/rooms", Authorization="Bearer guess", **there).status == 401
    assert call("GET", "/api/v1/rooms", **bearer, **here).status == 200, "who shows a right one is let in"
