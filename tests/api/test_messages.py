"""Posting over HTTP with a token."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from groupchat.actions import rooms, tokens
from groupchat.actions.people import person_of_guest
from groupchat.identity import new_guest
from groupchat.models import Message, Person, Token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Person:
    return person_of_guest(guest=new_guest(name="Ada"))


@pytest.fixture
def room(ada):
    return rooms.enter(person=ada, name="Lobby").room


async def _post(room_id: int, body: object, secret: str | None = None, **headers: str):
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    content = body if isinstance(body, str) else json.dumps(body)
    return await AsyncClient().post(
        f"/api/v1/rooms/{room_id}/messages", content, content_type="application/json", headers=headers
    )


async def test_a_message_is_stored_once_however_often_it_is_sent(ada, room):
    secret = await _secret(ada)
    first = await _post(room.pk, {"body": "hi", "client_message_id": "a1"}, secret)
    again = await _post(room.pk, {"body": "hi", "client_message_id": "a1"}, secret)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"] == 1
    assert again.json()["duplicate"] is True
    assert await Message.objects.acount() == 1


async def test_the_idempotency_key_is_a_client_message_id(ada, room):
    secret = await _secret(ada)
    headers = {"Idempotency-Key": "deploy-7"}
    assert (await _post(room.pk, {"body": "deployed"}, secret, **headers)).status_code == 201
    assert (await _post(room.pk, {"body": "deployed"}, secret, **headers)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "bad_frame"),
        ("[]", 400, "bad_frame"),
        ({}, 422, "invalid"),
        ({"body": 5}, 422, "invalid"),
        ({"body": "  "}, 422, "invalid"),
        ({"body": "x" * 8001}, 413, "too_long"),
        ({"body": "x", "client_message_id": "no spaces"}, 422, "invalid"),
        ("x" * 70_000, 413, "too_long"),
    ],
)
async def test_bad_input_is_told_and_stores_nothing(ada, room, body, status, code):
    answer = await _post(room.pk, body, await _secret(ada))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert await Message.objects.acount() == 0


async def test_without_a_token_in_force_nobody_posts(ada, room):
    secret = await _secret(ada)
    assert (await _post(room.pk, {"body": "hi"})).status_code == 401
    assert (await _post(room.pk, {"body": "hi"}, "gct_guess")).status_code == 401
    await _revoke()
    answer = await _post(room.pk, {"body": "hi"}, secret)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert await Message.objects.acount() == 0


async def test_an_unknown_room_is_not_found(ada, room):
    assert (await _post(room.pk + 1, {"body": "hi"}, await _secret(ada))).status_code == 404


async def _secret(person: Person) -> str:
    return await sync_to_async(tokens.issue)(person=person, name="test")


async def _revoke() -> None:
    token = await Token.objects.aget()
    await sync_to_async(tokens.revoke)(token=token)
