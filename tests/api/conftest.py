"""A program at both doors of HTTP: the API mounted beside Django on a real server, and the same as a view."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from tests.accounts import new_person
from tests.realtime.conftest import life, options, server, servers
from tests.serving import DEADLINE_SECONDS, ThreadServer

from groupchat.actions import rooms, tokens
from groupchat.models import Person, Room

__all__ = ["life", "options", "server", "servers"]


@dataclass(frozen=True)
class Told:
    """What a program is answered."""

    status: int
    headers: dict[str, str]  # by name in lower case
    content: bytes

    @property
    def json(self) -> Any:
        assert self.headers["content-type"] == "application/json", (self.status, self.content[:200])
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The code of the error, which every refusal has beside words that say what to do."""
        assert set(self.json) == {"error"}
        error = self.json["error"]
        assert error["message"]
        return str(error["code"])


Call = Callable[..., Told]


def over_a_server(address: str) -> Call:
    host, _, port = address.partition(":")

    def call(method: str, path: str, content: Any = b"", *, chunked: bool = False, **headers: str) -> Told:
        connection = http.client.HTTPConnection(host, int(port), timeout=DEADLINE_SECONDS)
        try:
            sent = iter([content[:1], content[1:]]) if chunked else content
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, sent, named, encode_chunked=chunked)
            response = connection.getresponse()
            answered = {name.lower(): value for name, value in response.getheaders()}
            return Told(response.status, answered, response.read())
        finally:
            connection.close()

    return call


def by_the_view(method: str, path: str, content: Any = b"", *, chunked: bool = False, **headers: str) -> Told:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = named.pop("Content-Type", "application/json")
    answer = Client(raise_request_exception=False).generic(method, path, content, kind, headers=named)
    return Told(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, b"".join(answer))


@pytest.fixture(params=["beside Django", "as a view"])
def call(request: pytest.FixtureRequest, life: None) -> Call:
    """Sends a request: method, path, content, and headers with `_` for `-`."""
    if request.param == "as a view":
        return by_the_view
    server: ThreadServer = request.getfixturevalue("server")
    return over_a_server(server.address)


@pytest.fixture(autouse=True)
def _unlimited(options: Any) -> None:
    """The limits have tests of their own."""


@pytest.fixture
def ada(life: None) -> Person:
    return new_person("ada")


@pytest.fixture
def grace(life: None) -> Person:
    return new_person("grace")


@pytest.fixture
def lobby(ada: Person) -> Room:
    return rooms.create(person=ada, name="Lobby")


@pytest.fixture
def bearer(ada: Person) -> dict[str, str]:
    """Ada's token, as a header."""
    return bearer_of(ada)


def bearer_of(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue(person=person, name='test')}"}


def messages_of(room: int | str) -> str:
    """The address of a room's messages, by its id or its name."""
    return f"{room_at(room)}/messages"


def room_at(room: int | str) -> str:
    return f"/api/v1/rooms/{room}" if isinstance(room, int) else f"/api/v1/rooms/by-name/{quote(room, safe='')}"
