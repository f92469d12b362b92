"""Whatever a program gets wrong under /api/v1/: JSON with a known code, nothing written, never a page, never a 500."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.conftest import Call, bearer_of, messages_of, over_a_server, room_at
from tests.domain.says import rows

from groupchat import timeline
from groupchat.actions.people import set_active
from groupchat.api import requests
from groupchat.errors import ERRORS
from groupchat.models import Message, Person, Room

CODES = {error.code: error.status for error in ERRORS}


NOTHING_THERE = [
    "/api/v1/",
    "/api/v1/nothing",
    "/api/v1/rooms/lobby",
    "/api/v1/rooms/lobby/messages",
    "/api/v1/rooms/-1/messages",
    "/api/v1/rooms/%D9%A3/messages",  # a digit, but none of ours
    "/api/v1/rooms/1%2F2/messages",
    "/api/v1/rooms/by-name/",
    "/api/v1/rooms/by-name/a%2Fb",
    "/api/v1/rooms/by-name/lobby%0A/x",
    "/api/v1//rooms",
    "/api/v1/rooms//",
    "/api/v1/%00",
    "/api/v1/%ff",
    "/api/v1/a%0Ab",
]


def test_an_address_where_there_is_nothing(call: Call) -> None:
    for path in NOTHING_THERE:
        for method in ("GET", "POST", "DELETE", "OPTIONS", "PROPFIND"):
            told = call(method, path, b"{}")
            assert (told.status, told.code) == (404, "not_found"), (method, path)


OTHER_METHODS = [
    ("POST", "/api/v1/rooms", "GET, HEAD"),
    ("DELETE", "/api/v1/rooms/1", "GET, HEAD"),
    ("PUT", "/api/v1/rooms/by-name/lobby", "GET, HEAD"),
    ("GET", "/api/v1/rooms/1/messages", "POST"),
    ("OPTIONS", "/api/v1/rooms/by-name/lobby/messages", "POST"),
    ("PROPFIND", "/api/v1/rooms/1/messages/", "POST"),
]


def test_another_method_is_told_which_ones_there_are(call: Call) -> None:
    for method, path, allowed in OTHER_METHODS:
        told = call(method, path, b"{}")
        assert (told.status, told.code, told.headers["allow"]) == (405, "method_not_allowed", allowed), path
        assert allowed in told.json["error"]["message"]


def test_a_host_for_whom_we_do_not_answer(call: Call, lobby: Room, bearer: dict[str, str], settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.org"]
    settings.MIDDLEWARE = []  # which answer before a view does, each in its own way
    for host in ("evil.example", "chat.example.org.evil.example", "chat.example.org:x", "_:_"):
        for method, path in (("GET", "/api/v1/rooms"), ("POST", messages_of(lobby.pk)), ("GET", "/api/v1/nothing")):
            told = call(method, path, b'{"body": "hi"}', Host=host, **bearer)
            assert (told.status, told.code) == (400, "bad_request"), host
    assert Message.objects.count() == 0
    assert call("GET", room_at("lobby"), Host="chat.example.org:8000", **bearer).status == 200
    settings.USE_X_FORWARDED_HOST = True
    forwarded = {"Host": "backend", "X_Forwarded_Host": "chat.example.org"}
    assert call("GET", room_at("lobby"), **forwarded, **bearer).status == 200


WRONG_CONTENT: dict[str, tuple[bytes | str, int, str, str | None]] = {
    "nothing": (b"", 400, "bad_frame", None),
    "spaces": (b" \n", 400, "bad_frame", None),
    "half an object": (b'{"body": "hi"', 400, "bad_frame", None),
    "two objects": (b'{"body": "a"}{"body": "b"}', 400, "bad_frame", None),
    "a list": (b'[{"body": "hi"}]', 400, "bad_frame", None),
    "a string": (b'"hi"', 400, "bad_frame", None),
    "null": (b"null", 400, "bad_frame", None),
    "a form": (b"body=hi", 400, "bad_frame", None),
    "UTF-16": ('{"body": "hi"}'.encode("utf-16"), 400, "bad_frame", None),
    "Latin-1": ('{"body": "grün"}'.encode("latin-1"), 400, "bad_frame", None),
    "half a character": (b'{"body": "\xf0\x9f\x98"}', 400, "bad_frame", None),
    "a lone surrogate": (b'{"body": "\\ud800"}', 400, "bad_frame", None),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 400, "bad_frame", None),
    "deep": (b"[" * 30_000 + b"]" * 30_000, 400, "bad_frame", None),
    "deep where we do not look": (
        b'{"body": "hi", "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        400,
        "bad_frame",
        None,
    ),
    "more digits than anybody reads": (b'{"body": "hi", "x": ' + b"9" * 6_000 + b"}", 400, "bad_frame", None),
    "no body": (b"{}", 422, "invalid", "body"),
    "a null body": (b'{"body": null}', 422, "invalid", "body"),
    "a number": (b'{"body": 5}', 422, "invalid", "body"),
    "true": (b'{"body": true}', 422, "invalid", "body"),
    "a list of words": (b'{"body": ["hi"]}', 422, "invalid", "body"),
    "nothing to see": (b'{"body": "\\u200b"}', 422, "invalid", "body"),
    "NUL": (b'{"body": "a\\u0000b"}', 422, "invalid", "body"),
    "too long": (json.dumps({"body": "x" * 8001}), 413, "too_long", "body"),
    "too large": (json.dumps({"body": "x" * 70_000}), 413, "too_long", None),
    "an id with a space": (b'{"body": "hi", "client_message_id": "a b"}', 422, "invalid", "client_message_id"),
    "an empty id": (b'{"body": "hi", "client_message_id": ""}', 422, "invalid", "client_message_id"),
    "a number as id": (b'{"body": "hi", "client_message_id": 7}', 422, "invalid", "client_message_id"),
    "a long id": (json.dumps({"body": "hi", "client_message_id": "x" * 65}), 422, "invalid", "client_message_id"),
}


def test_wrong_content(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    before = rows()
    for what, (content, status, code, field) in WRONG_CONTENT.items():
        for room in (lobby.pk, lobby.slug):
            told = call("POST", messages_of(room), content, **bearer)
            assert (told.status, told.code, told.json["error"].get("field")) == (status, code, field), what
    assert rows() == before


def test_a_wrong_idempotency_key(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    for key in ("", " ", "a b", "x" * 65, "x" * 3000, "ä", '""', '"a', "a,b", "a\tb"):
        told = call("POST", messages_of(lobby.pk), '{"body": "hi"}', Idempotency_Key=key, **bearer)
        assert (told.status, told.code, told.json["error"]["field"]) == (422, "invalid", "Idempotency-Key"), key
    assert Message.objects.count() == 0


def test_a_header_that_is_no_token(call: Call, lobby: Room) -> None:
    for header in ("", "Bearer", "Bearer ", "Bearer äÿ", "Bearer " + "x" * 5000, "gct_x", "Bearer a\tb", "bearer,x"):
        told = call("POST", messages_of(lobby.pk), '{"body": "hi"}', Authorization=header)
        assert (told.status, told.code) == (401, "unauthenticated"), header


def test_whoever_is_switched_off_is_told_nothing(call: Call, lobby: Room, ada: Person, bearer: dict[str, str]) -> None:
    set_active(person=ada, is_active=False)
    for told in (
        call("GET", "/api/v1/rooms", **bearer),
        call("POST", messages_of("lobby"), '{"body": "hi"}', **bearer),
    ):
        assert (told.status, told.code) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("failure", "retry_after"), [(DatabaseError("gone"), "1"), (ZeroDivisionError(), "5")], ids=["database", "bug"]
)
def test_a_fault_of_ours_is_told_as_well(
    failure: Exception,
    retry_after: str,
    call: Call,
    lobby: Room,
    bearer: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(timeline, "room_by_slug", fails)
    for told in (
        call("GET", room_at("lobby"), **bearer),
        call("POST", messages_of("lobby"), '{"body": "x"}', **bearer),
    ):
        assert (told.status, told.code, told.headers["retry-after"]) == (503, "unavailable", retry_after)
    assert type(failure).__name__ in caplog.text, "and whoever runs the server reads of it"
    assert call("GET", room_at(lobby.pk), **bearer).status == 200


def test_the_allowance_is_the_same_for_all_requests(server: Any, lobby: Room, ada: Person, options: Any) -> None:
    call, bearer = over_a_server(server.address), bearer_of(ada)
    options(max_commands_per_second=1, max_commands_burst=3)
    told = [call("GET", "/api/v1/rooms", **bearer), call("POST", messages_of("lobby"), "nonsense", **bearer)]
    told += [call("POST", messages_of("lobby"), '{"body": "hi"}', **bearer) for _ in range(4)]
    assert [one.status for one in told[:3]] == [200, 400, 201]
    refused = told[-1]
    assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "rate_limited", "1")


# --- what nobody thought of -------------------------------------------------------------------------------------------

WORDS = st.one_of(
    st.sampled_from(["rooms", "by-name", "messages", "1", "lobby", "", "0", "..", "9" * 30]), st.text(max_size=8)
)
METHODS = st.sampled_from(["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
CONTENTS = st.one_of(
    st.binary(max_size=60),
    st.dictionaries(
        st.sampled_from(["body", "client_message_id", "x"]),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.text(max_size=3), max_size=2)
        ),
    ).map(lambda members: json.dumps(members).encode()),
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=70)


def test_garbage(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    @settings(
        deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
    )
    @given(METHODS, st.lists(WORDS, max_size=4), st.text(max_size=20), CONTENTS, st.one_of(st.none(), HEADER))
    def feed(method: str, words: list[str], query: str, content: bytes, key: str | None) -> None:
        headers = bearer | ({"Idempotency_Key": key} if key is not None else {})
        path = "/api/v1/" + "/".join(quote(word, safe="") for word in words) + "?" + quote(query, safe="=&")
        before = Message.objects.count()
        told = call(method, path, content, **headers)
        if method == "HEAD":
            assert told.content == b""
            return
        if told.status in (200, 201):
            assert told.json
            return
        assert CODES[told.code] == told.status
        assert told.code != "unavailable", (path, content, key)
        assert Message.objects.count() == before

    feed()


def test_an_id_has_as_many_digits_as_a_column_holds(call: Call, lobby: Room, bearer: dict[str, str]) -> None:
    for digits in (requests.MOST_ROOM_DIGITS, requests.MOST_ROOM_DIGITS + 1, 400):
        for told in (
            call("GET", f"/api/v1/rooms/{'9' * digits}", **bearer),
            call("POST", f"/api/v1/rooms/{'9' * digits}/messages", '{"body": "hi"}', **bearer),
        ):
            assert (told.status, told.code) == (404, "not_found")
    assert call("GET", f"/api/v1/rooms/{lobby.pk:018}", **bearer).json["room"]["id"] == lobby.pk
