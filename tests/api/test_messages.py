"""Posting over HTTP with a token."""

from __future__ import annotations

import json

from tests.api.conftest import Call, bearer_of, messages_of
from tests.domain.says import rows

from groupchat.actions import messages, rooms, tokens
from groupchat.actions.people import person_of_guest
from groupchat.identity import new_guest
from groupchat.models import Message, Person, Room, Token


def test_a_message_is_stored_once_however_often_it_is_sent(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    content = json.dumps({"body": "hi", "client_message_id": "a1"})
    first = call("POST", messages_of(lobby.pk), content, **bearer)
    again = call("POST", messages_of("Lobby"), content, **bearer)
    assert (first.status, again.status) == (201, 200)
    assert set(first.json) == {"room", "number", "seq", "at", "duplicate"}
    assert again.json == first.json | {"duplicate": True}
    assert Message.objects.count() == 1


def test_the_idempotency_key_is_a_client_message_id(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    """In either place, or the same in both; with the quotes of the header's own draft, or without."""
    plain, named = json.dumps({"body": "deployed"}), json.dumps({"body": "deployed", "client_message_id": "deploy-7"})
    assert call("POST", messages_of(lobby.pk), plain, Idempotency_Key="deploy-7", **bearer).status == 201
    assert call("POST", messages_of(lobby.pk), plain, Idempotency_Key='"deploy-7"', **bearer).status == 200
    assert call("POST", messages_of(lobby.pk), named, **bearer).status == 200
    assert call("POST", messages_of(lobby.pk), named, Idempotency_Key="deploy-7", **bearer).status == 200
    told = call("POST", messages_of(lobby.pk), named, Idempotency_Key="deploy-8", **bearer)
    assert (told.status, told.code, told.json["error"]["field"]) == (422, "invalid", "Idempotency-Key")
    assert Message.objects.get().client_message_id == "deploy-7"


def test_another_body_under_the_same_key_is_refused(
    call: Call, lobby: Room, ada: Person, bearer: dict[str, str]
) -> None:
    key = {"Idempotency_Key": "deploy-7"}
    assert call("POST", messages_of(lobby.pk), '{"body": "deployed"}', **key, **bearer).status == 201
    before = rows()
    told = call("POST", messages_of(lobby.pk), '{"body": "rolled back"}', **key, **bearer)
    assert (told.status, told.code) == (409, "idempotency_conflict")
    assert rows() == before
    messages.edit(person=ada, room_id=lobby.pk, number=1, body="deployed, at last")
    assert call("POST", messages_of(lobby.pk), '{"body": "deployed"}', **key, **bearer).json["number"] == 1


def test_without_a_key_every_request_is_a_message(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    numbers = [call("POST", messages_of(lobby.pk), '{"body": "hi"}', **bearer).json["number"] for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_posting_joins_a_public_room(call: Call, lobby: Room, grace: Person) -> None:
    assert call("POST", messages_of("lobby"), '{"body": "hi"}', **bearer_of(grace)).status == 201
    assert grace.memberships.get().room == lobby


def test_a_retry_is_told_even_to_whoever_is_out_by_now(call: Call, ada: Person, bearer: dict[str, str]) -> None:
    """By a name as well as by an id: whether one may post there is asked behind the retry."""
    cellar = rooms.create(person=ada, name="Cellar", kind=Room.Kind.PRIVATE)
    content = '{"body": "hi", "client_message_id": "once"}'
    assert call("POST", messages_of(cellar.pk), content, **bearer).status == 201
    rooms.leave(person=ada, room_id=cellar.pk)
    for address in (cellar.pk, cellar.slug):
        assert call("POST", messages_of(address), content, **bearer).status == 200
        assert call("POST", messages_of(address), '{"body": "new"}', **bearer).code == "not_found"


def test_the_content_type_says_nothing(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data", "text/html; charset=utf-16", "nonsense", "")
    for kind in kinds:
        told = call("POST", messages_of(lobby.pk), '{"body": "grün 🎉"}'.encode(), Content_Type=kind, **bearer)
        assert told.status == 201, kind
    assert set(Message.objects.values_list("body", flat=True)) == {"grün 🎉"}


def test_what_a_body_does_not_know_is_ignored(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    content = '{"body": "hi", "attachments": [{"x": 1}], "": null, "client_message_id": null}'
    assert call("POST", messages_of(lobby.pk), content, **bearer).status == 201


def test_content_that_comes_in_chunks(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    told = call("POST", messages_of(lobby.pk), b'{"body": "hi"}', chunked=True, **bearer)
    assert told.status == 201
    told = call("POST", messages_of(lobby.pk), b'{"body": "' + b"x" * 70_000, chunked=True, **bearer)
    assert (told.status, told.code) == (413, "too_long")


def test_without_a_token_in_force_nobody_posts(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    tokens.revoke(token=Token.objects.get())
    for headers in ({}, {"Authorization": "Bearer gct_guess"}, bearer):
        told = call("POST", messages_of(lobby.pk), '{"body": "hi"}', **headers)
        assert (told.status, told.code, told.headers["www-authenticate"]) == (401, "unauthenticated", "Bearer")
    assert Message.objects.count() == 0


def test_a_guest_posts_with_a_token(call: Call, lobby: Room) -> None:
    guest = person_of_guest(guest=new_guest(name="Grace"))
    assert call("POST", messages_of(lobby.pk), '{"body": "hi"}', **bearer_of(guest)).status == 201
