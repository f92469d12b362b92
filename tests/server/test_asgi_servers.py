"""One suite over every server that a site may run on: what a client is promised holds on each."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from pytest_django.plugin import DjangoDbBlocker
from tests.accounts import cookies_of, new_person
from tests.raw import Raw
from tests.server.asgi_servers import DAPHNE, GRANIAN, HYPERCORN, KINDS, OURS, AsgiServer
from tests.servers import Databases, attached
from tests.sockets import DEADLINE_SECONDS, Client, Gone, status_of
from websockets.exceptions import ConnectionClosed

from groupchat.actions import messages, rooms, tokens
from groupchat.actions.messages import Post
from groupchat.errors import Close
from groupchat.identity import GUEST_COOKIE
from groupchat.models import Message, Person
from groupchat.server.addresses import database_settings

MAX_CONNECTIONS = 3
VARIABLES = {
    "GROUPCHAT_MAX_COMMANDS_PER_SECOND": "0",
    "GROUPCHAT_MAX_CONNECTIONS_PER_USER": str(MAX_CONNECTIONS),
    "GROUPCHAT_MAX_OUTBOX_BYTES": "100000",
    "GROUPCHAT_SWEEP_MILLISECONDS": "100",
    "GROUPCHAT_LOG_LEVEL": "warning",
}
PAGES = 150  # of some 50 kB, to one who does not read: more than the kernel takes
Come = Callable[..., Client]


@pytest.fixture(scope="module")
def all_servers(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, AsgiServer]]:
    """Started all at once: most of their start is spent on importing, and one would wait for the other."""
    folder = tmp_path_factory.mktemp("servers")
    key = {"GROUPCHAT_SECRET_KEY": settings.SECRET_KEY}  # sessions are signed here
    servers = {
        kind: AsgiServer(
            kind,
            data=databases.sqlite_folder(folder / kind.replace(" ", "-")),
            log=folder / f"{kind}.log",
            **VARIABLES,
            **key,
        ).start()
        for kind in KINDS
    }
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="module", params=KINDS)
def each(
    request: pytest.FixtureRequest, all_servers: dict[str, AsgiServer], django_db_blocker: DjangoDbBlocker
) -> Iterator[AsgiServer]:
    """Each in turn; the domain of this process works on its database."""
    found = all_servers[request.param]
    with attached(django_db_blocker, database_settings("", data=found.data)):
        yield found


@pytest.fixture
def server(each: AsgiServer) -> AsgiServer:
    """This one, running."""
    return each if each.is_running else each.start()


@pytest.fixture
def ada(server: AsgiServer) -> Person:
    return new_person(f"ada-{uuid4().hex[:8]}")


@pytest.fixture
def come(server: AsgiServer, ada: Person) -> Iterator[Come]:
    """Another socket of ada's, or with these credentials; hello is said unless `greets` is False."""
    with ExitStack() as ends:

        def connect(*, greets: bool = True, **of_client: Any) -> Client:
            if not {"token", "cookies"} & of_client.keys():
                of_client["cookies"] = cookies_of(ada)
            client = Client(server.address, **of_client)
            ends.callback(client.close)
            client.connect()
            return client.greet() if greets else client

        yield connect


# --- the handshake ------------------------------------------------------------------------------------------------


def test_the_origin_is_asked_for(server: AsgiServer, ada: Person) -> None:
    cookies = cookies_of(ada)
    assert status_of(server.address, "/ws/", cookies=cookies, origin=f"http://{server.address}") == 101
    assert status_of(server.address, "/ws/", cookies=cookies, origin="http://evil.example") == 403
    assert status_of(server.address, "/ws/nowhere/") == 403


def test_a_guest_gets_a_cookie(server: AsgiServer, come: Come) -> None:
    guest = come(cookies={})
    if not guest.cookies:
        assert server.kind in (DAPHNE, GRANIAN)
        pytest.skip(f"{server.kind} sends no header with a handshake: guests get their cookie from the page")
    assert GUEST_COOKIE in guest.cookies
    room = guest.call("room.enter", name=f"Hall {uuid4()}")["room"]["id"]
    guest.close()
    again = come(cookies=guest.cookies)
    assert room in again.state.rooms


def test_who_may_not_come_in_is_told_by_a_code(come: Come) -> None:
    assert come(token="gct_guess", greets=False).closed_with() == Close.SIGN_IN


# --- words --------------------------------------------------------------------------------------------------------


def test_what_one_says_the_other_hears(server: AsgiServer, come: Come, ada: Person) -> None:
    desk = come()
    program = come(token=tokens.issue(person=ada, name="program"))
    tutorial_name = f"hall-{uuid4()}"
    room = desk.call("room.enter", name=tutorial_name)["room"]["id"]
    program.wait(lambda: room in program.state.rooms)
    for index in range(20):
        desk.call("message.post", room=room, body=f"word {index} ä🎉", client_message_id=f"m{index}")
    program.wait(lambda: program.state.rooms[room].last_number == 20)
    desk.close()
    classic = come(path=f"/ws/chat/{tutorial_name}/", greets=False)
    classic.raw(json.dumps({"message": "from the tutorial"}))
    program.wait(lambda: program.state.rooms[room].last_number == 21)
    assert Message.objects.filter(room_id=room).count() == 21


def test_what_is_written_elsewhere_is_heard(come: Come, ada: Person) -> None:
    """From this process, which has no hub: the server's sweep finds it."""
    desk = come()
    room = rooms.enter(person=ada, name=f"Hall {uuid4()}").room
    messages.post([Post(room.pk, ada, "from elsewhere", "m1")])
    desk.wait(lambda: room.pk in desk.state.rooms and desk.state.rooms[room.pk].last_number == 1)


@pytest.mark.parametrize("deflate", [False, True])
def test_compression_is_the_clients_choice(deflate: bool, server: AsgiServer, ada: Person) -> None:
    room = rooms.enter(person=ada, name=f"Hall {uuid4()}").room
    messages.post([Post(room.pk, ada, "x" * 8000, f"m{index}") for index in range(5)])
    one = Raw(server.address, cookies_of(ada), deflate=deflate)
    with contextlib.closing(one.socket):
        one.send(type="hello", ref=0, protocol=1)
        one.send(type="messages", ref=1, room=room.pk)
        frames = one.read_until(lambda frames: any(frame.get("ref") == 1 for frame in frames))
        compressed = bool(one.protocol.extensions)
    (page,) = [frame["result"] for frame in frames if frame.get("ref") == 1]
    assert len(page["messages"]) == 5  # type: ignore[index]
    assert (one.received < 20_000) == compressed
    assert not compressed or deflate
    if deflate and not compressed:
        assert server.kind != OURS
        pytest.skip(f"{server.kind} offers no compression")


# --- close codes --------------------------------------------------------------------------------------------------


def test_whoever_is_switched_off_is_told_so(come: Come, ada: Person) -> None:
    """On each door; a socket that stayed open would be deaf and dumb."""
    secret = tokens.issue(person=ada, name="program")
    room = rooms.enter(person=ada, name=f"hall-{uuid4()}").room
    everyone = [come(), come(token=secret), come(path=f"/ws/chat/{room.slug}/", greets=False)]
    user = get_user_model()._default_manager.get(pk=ada.user_id)
    user.is_active = False
    user.save()
    assert [one.closed_with() for one in everyone] == [Close.SIGNED_OUT] * 3
    assert come(token=secret, greets=False).closed_with() == Close.SIGN_IN


def test_a_frame_that_breaks_the_protocol(come: Come) -> None:
    one = come()
    one.raw(b"binary")
    assert one.closed_with() == Close.BROKEN_FRAME


def test_a_frame_that_is_too_large(server: AsgiServer, come: Come) -> None:
    """Refused by the server where it has such a limit, else by us."""
    one = come()
    one.raw(json.dumps({"type": "ping", "ref": "x" * 70_000}))
    sends_no_code_of_the_standard = server.kind == DAPHNE
    assert one.closed_with() == (Close.BROKEN_FRAME if sends_no_code_of_the_standard else Close.TOO_LARGE)


def test_a_client_of_another_version(come: Come) -> None:
    one = come(greets=False)
    for ref in range(20):
        one.raw(json.dumps({"type": "ping", "ref": ref}))
    one.raw(json.dumps({"type": "hello", "ref": 99, "protocol": 77}))
    assert one.closed_with() == Close.RELOAD
    assert [frame["ref"] for frame in one.frames if frame["type"] == "reply"] == list(range(20))
    assert one.frames[-1]["error"]["code"] == "wrong_version"


def test_a_client_that_does_not_read_is_dropped(server: AsgiServer, come: Come, ada: Person) -> None:
    if server.kind == DAPHNE:
        pytest.skip("daphne takes all that it is given, and tells nobody how much of it is unsent")
    room = rooms.enter(person=ada, name=f"Hall {uuid4()}").room
    messages.post([Post(room.pk, ada, "x" * 8000, f"m{index}") for index in range(10)])
    slow = Raw(server.address, cookies_of(ada), receive_buffer_bytes=4096)
    with contextlib.closing(slow.socket):
        slow.send(type="hello", ref=0, protocol=1)
        with contextlib.suppress(ConnectionError):
            for ref in range(1, PAGES):
                slow.send(type="messages", ref=ref, room=room.pk)
        # Its place is free again, while it has read nothing.
        held = [come() for _ in range(MAX_CONNECTIONS - 1)]
        _comes_in_the_end(come)
        for one in held:
            one.drain()
        # What is unsent is thrown away, and the code with it; some servers have one of their own for our end.
        assert slow.read_all() in (None, Close.SLOW, 1005, 1011)
        assert slow.received < PAGES * 50_000


def test_a_client_that_vanishes_leaves_its_place(server: AsgiServer, come: Come, ada: Person) -> None:
    room = rooms.enter(person=ada, name=f"Hall {uuid4()}").room
    everyone = [come() for _ in range(MAX_CONNECTIONS)]
    assert come(greets=False).closed_with() == Close.TOO_MANY_CONNECTIONS
    for one in everyone:
        assert one._socket is not None
        # A reset, and no close frame: what a broken line leaves.
        one._socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        messages.post([Post(room.pk, ada, "to somebody who is not there", uuid4().hex) for _ in range(20)])
        one.cut()
    _comes_in_the_end(come)
    _complains_of_nothing(server)


def _comes_in_the_end(come: Come) -> None:
    """One who is turned away as long as all places are taken."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            come()
            return
        except (Gone, ConnectionClosed):
            assert time.monotonic() < deadline
            time.sleep(0.05)


# --- the end ------------------------------------------------------------------------------------------------------


def test_a_server_that_stops(server: AsgiServer, come: Come, ada: Person) -> None:
    """Nobody is left hanging, and what was acknowledged is there."""
    desk = come()
    room = desk.call("room.enter", name=f"Hall {uuid4()}")["room"]["id"]
    desk.call("message.post", room=room, body="before the end", client_message_id="m1")
    waits = server.kind == HYPERCORN and sys.version_info >= (3, 12)  # for the last socket: see docs/embedding.md
    if waits:
        desk.cut()
    code = server.stop()
    assert code is not None, server.log.read_text()
    if not waits:
        desk.closed_with()
    assert Message.objects.filter(room_id=room).count() == 1
    _complains_of_nothing(server)


def _complains_of_nothing(server: AsgiServer) -> None:
    """At least we don't, but of what the tests did: a server may have words, and tracebacks, of its own."""
    log = re.sub(r".* Sockets (or requests are refused|are closed) \(.*", "", server.log.read_text())
    assert not re.search(r"(WARNING|ERROR|CRITICAL) +groupchat|groupchat/realtime", log), log
