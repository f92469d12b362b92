"""Servers on threads, one of each kind for all tests, and people on stage before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.accounts import cookies_of, new_person
from tests.play import Actor, Stage
from tests.serving import FAST, KINDS, ThreadServer

from groupchat.models import ServerState
from groupchat.realtime.delivery import resume

EPOCH = "epoch-of-the-tests"

# Far above what a test sends; the limits have tests of their own.
UNLIMITED = {
    "GUESTS": True,
    "MAX_COMMANDS_PER_SECOND": 0,
    "MAX_CONNECTIONS_PER_USER": 0,
    "MAX_CONNECTIONS_PER_ADDRESS": 0,
    "MAX_NEW_ROOMS_PER_HOUR": 0,
    "MAX_GUEST_ROOMS_PER_HOUR": 0,
    "MAX_ROOM_RENAMES_PER_HOUR": 0,
}


@pytest.fixture(scope="session")
def servers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[str], ThreadServer]]:
    """Gives the server of a kind, started with the first question."""
    started: dict[str, ThreadServer] = {}

    def of_kind(kind: str) -> ThreadServer:
        if kind not in started:
            started[kind] = ThreadServer(kind).start()
        return started[kind]

    with django_db_blocker.unblock():
        yield of_kind
        for server in started.values():
            server.stop()


@pytest.fixture
def options(settings: Any) -> Callable[..., None]:
    """Sets options of the chat for this test."""
    settings.GROUPCHAT = dict(UNLIMITED)

    def set_options(**options: Any) -> None:
        settings.GROUPCHAT = settings.GROUPCHAT | {name.upper(): value for name, value in options.items()}

    return set_options


@pytest.fixture
def life(transactional_db: None) -> None:
    """The test before took the database's rows away, and with them the name of the counters' life."""
    ServerState.objects.update_or_create(id=ServerState.ONLY, defaults={"epoch": EPOCH})
    resume.refresh_epoch()


@pytest.fixture
def server(servers: Callable[[str], ThreadServer], life: None, options: Any) -> Iterator[ThreadServer]:
    """The server as `groupchat serve` runs it."""
    server = servers(FAST)
    yield server
    server.wait(lambda runtime: not runtime.connections)


@pytest.fixture(params=KINDS)
def any_server(
    request: pytest.FixtureRequest,
    servers: Callable[[str], ThreadServer],
    life: None,
    options: Any,
) -> Iterator[ThreadServer]:
    """Each kind of server in turn."""
    server = servers(request.param)
    yield server
    server.wait(lambda runtime: not runtime.connections)


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Before the server of this test."""
    name = "any_server" if "any_server" in request.fixturenames else "server"
    server: ThreadServer = request.getfixturevalue(name)
    with Stage(server.address) as stage:
        yield stage


@pytest.fixture
def user(stage: Stage) -> Callable[..., Actor]:
    """Brings somebody with an account on stage."""

    def arrive(name: str = "user", *, is_owner: bool = False, **of_client: Any) -> Actor:
        return stage.user(name, cookies_of(new_person(name, is_owner=is_owner)), **of_client)

    return arrive


@pytest.fixture
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine would make every flush a long one, and the next one wait; some tests want just that."""
    if "windows" not in request.fixturenames:
        monkeypatch.setattr("groupchat.realtime.fanout.hub.WINDOW_FACTOR", 0.0)


@pytest.fixture
def windows() -> None:
    """Behind a long flush the next one waits."""
