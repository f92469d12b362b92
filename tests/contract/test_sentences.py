"""What docs/protocol.md says in words of opening, of refs, of sizes and of what closes a socket: asked of a server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import websockets.sync.client
from tests.accounts import cookies_of as session_of
from tests.accounts import new_person
from tests.contract.examples import TEXT
from tests.play import Actor, Stage
from tests.serving import KINDS, OTHER, ThreadServer
from tests.sockets import DEADLINE_SECONDS, cookies_of, status_of
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from groupchat.actions import rooms, tokens
from groupchat.errors import Close
from groupchat.identity import GUEST_COOKIE
from groupchat.models import Membership, Message, Person, Room

HELLO = '{"type": "hello", "ref": "hello", "protocol": 1}'


@pytest.fixture(params=KINDS)
def any_server(request: pytest.FixtureRequest, servers: Callable[[str], ThreadServer], life: None, options: Any) -> Any:
    server = servers(request.param)
    yield server
    server.wait(lambda runtime: not runtime.connections)


def opened(server: ThreadServer, path: str = "/ws/", **headers: str) -> websockets.sync.client.ClientConnection:
    return websockets.sync.client.connect(f"ws://{server.address}{path}", additional_headers=headers)


def heard(socket: websockets.sync.client.ClientConnection) -> dict[str, Any]:
    return json.loads(socket.recv(timeout=DEADLINE_SECONDS))  # type: ignore[no-any-return]


def closed_with(socket: websockets.sync.client.ClientConnection) -> int:
    """The close code, whatever is said before."""
    with suppress(ConnectionClosed):
        while True:
            socket.recv(timeout=DEADLINE_SECONDS)
    assert socket.close_code is not None
    return socket.close_code


# --- frames and refs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ws/", "/ws/chat/lobby/"])
def test_a_binary_message_closes_and_text_of_any_kind_does_not(path: str, any_server: ThreadServer) -> None:
    with opened(any_server, path) as socket:
        socket.send("no JSON")
        assert heard(socket)["error"]["code"] == "bad_frame"
        socket.send("[]")
        assert heard(socket)["error"]["code"] == "bad_frame"
        socket.send(b'{"type": "ping", "message": "hi"}')
        assert closed_with(socket) == Close.BROKEN_FRAME
    assert Message.objects.count() == 0


def test_text_that_is_not_utf_8(any_server: ThreadServer) -> None:
    with opened(any_server) as socket:
        with socket.send_context():
            socket.protocol.send_frame(Frame(Opcode.TEXT, b'{"type": "\xff"}'))
        code = closed_with(socket)
    assert code == 1007 or (any_server.kind == OTHER and code == 1006), "hypercorn drops it without a word"


def test_null_is_as_good_as_no_ref_and_a_push_has_none(server: ThreadServer, stage: Stage) -> None:
    with opened(server) as socket:
        for frame in ('{"type": "ping"}', '{"type": "ping", "ref": null}'):
            socket.send(frame)
            assert heard(socket) == {"type": "reply", "ref": None, "result": {}}
        for frame in ('{"type": "nonsense", "ref": null}', '{"type": "nonsense", "ref": [1]}', "no JSON"):
            socket.send(frame)
            assert heard(socket)["ref"] is None
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("hi")
    bob.sees("hi")
    pushes = [frame for frame in bob.client.frames if frame["type"] in ("changes", "people", "me", "caught_up")]
    assert pushes
    assert not any("ref" in frame for frame in pushes)


# --- who it is --------------------------------------------------------------------------------------------------------


def test_a_token_says_who_it_is_and_cookies_beside_it_nothing(server: ThreadServer) -> None:
    ada, grace = new_person("ada"), new_person("grace")
    bearer = f"Bearer {tokens.issue(person=ada, name='test')}"
    cookie = "; ".join(f"{name}={value}" for name, value in session_of(grace).items())
    origin = f"http://{server.address}"
    for headers in ({}, {"Origin": origin}, {"Origin": origin, "Cookie": cookie}):
        with opened(server, Authorization=bearer, **headers) as socket:
            assert socket.response is not None
            assert "Set-Cookie" not in socket.response.headers
            socket.send(HELLO)
            assert heard(socket)["me"]["id"] == ada.pk
    with opened(server, Authorization="Bearer gct_guess") as socket:
        assert closed_with(socket) == Close.SIGN_IN


def test_a_guest_is_whom_the_cookie_of_the_first_handshake_says(server: ThreadServer) -> None:
    room = rooms.create(person=new_person("ada"), name="Lobby")
    people = Person.objects.count()
    with opened(server, "/ws/?name=Grace") as socket:
        assert socket.response is not None
        cookies = cookies_of(socket.response.headers)
        assert len(cookies) == 1
        socket.send(HELLO)
        assert heard(socket)["me"] is None
    assert Person.objects.count() == people, "nothing is written before they write"
    (pair,) = (f"{name}={value}" for name, value in cookies.items())
    post = {"type": "message.post", "ref": 1, "room": room.pk, "body": "hi", "client_message_id": "once"}
    ids = []
    for _ in range(2):
        with opened(server, Cookie=pair, Origin=f"http://{server.address}") as socket:
            assert socket.response is not None
            assert "Set-Cookie" not in socket.response.headers
            socket.send(HELLO)
            socket.send(json.dumps(post))
            while (frame := heard(socket)).get("ref") != 1:
                pass
            assert frame["result"]["number"] == 1, "the same guest's retry"
            ids.append(Message.objects.get().author_id)
    assert len(set(ids)) == 1
    assert Person.objects.get(pk=ids[0]).name == "Grace"


@pytest.mark.parametrize("path", ["/ws/", "/ws/chat/lobby/"])
def test_the_rule_of_origin(path: str, any_server: ThreadServer, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.example.org"]
    address = any_server.address
    own, guest = f"http://{address}", {GUEST_COOKIE: "x"}
    for origin, cookies, status in (
        (own, {}, 101),
        (own, guest, 101),
        (None, {}, 101),
        (None, guest, 403),
        ("https://chat.example.org", guest, 101),
        (own.replace("http", "https"), guest, 403),
        ("http://127.0.0.1:1", {}, 403),
        ("https://evil.example", {}, 403),
        ("null", {}, 403),
    ):
        assert status_of(address, path, cookies=cookies, origin=origin) == status, (origin, cookies)
    assert status_of(address, path, host="evil.example") == 403


# --- hello, and what comes before it ----------------------------------------------------------------------------------


def test_before_hello_only_ping_is_answered(server: ThreadServer) -> None:
    room = rooms.create(person=new_person("ada"), name="Lobby")
    with opened(server) as socket:
        for command in (
            {"type": "subscribe", "room": room.pk},
            {"type": "room.enter", "name": "Attic"},
            {"type": "message.post", "room": room.pk, "body": "hi", "client_message_id": "x"},
            {"type": "changes", "since": 0},
        ):
            socket.send(json.dumps(command | {"ref": 1}))
            answer = heard(socket)
            assert (answer["type"], answer["ref"], answer["error"]["code"]) == ("error", 1, "invalid")
        socket.send('{"type": "ping", "ref": 2}')
        assert heard(socket) == {"type": "reply", "ref": 2, "result": {}}
        # And all at once, without waiting for an answer.
        socket.send(HELLO)
        socket.send('{"type": "room.enter", "ref": 3, "name": "Attic"}')
        assert [heard(socket).get("ref") for _ in range(2)] == ["hello", None]  # and caught_up
        while (answer := heard(socket)).get("ref") != 3:
            pass
        assert answer["result"]["created"]
    assert Message.objects.count() == 0


def test_a_second_hello_is_answered_as_the_first(server: ThreadServer) -> None:
    with opened(server) as socket:
        answers = []
        for _ in range(2):
            socket.send(HELLO)
            answers.append([heard(socket), heard(socket)])
        assert answers[0] == answers[1]


# --- rooms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["room.enter", "room.join"])
def test_who_enters_or_joins_a_room_hears_it(way: str, server: ThreadServer, stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    command = {"type": way, "ref": 1, **({"name": "Lobby"} if way == "room.enter" else {"room": alice.room})}
    with opened(server) as socket:
        socket.send(HELLO)
        socket.send(json.dumps(command))
        while (frame := heard(socket)).get("ref") != 1:
            pass
        assert (frame["result"]["room"]["id"], frame["result"]["me"]["state"]) == (alice.room, "joined")
        alice.posts("hi")
        while not (frame := heard(socket)).get("messages"):
            pass
        assert (frame["room"], frame["messages"][0]["body"]) == (alice.room, "hi")


def test_pages_have_the_sizes_that_are_told(
    server: ThreadServer, stage: Stage, user: Callable[..., Actor], options: Callable[..., None]
) -> None:
    alice = user("alice")
    alice.enters("lobby")
    room = Room.objects.get(pk=alice.room)
    author = Person.objects.get(pk=alice.id)
    Message.objects.bulk_create(
        Message(
            room=room,
            number=number,
            seq=number + 2,
            author=author,
            body="x",
            client_message_id=f"m{number}",
            at=room.created_at,
        )
        for number in range(1, 151)
    )
    Room.objects.filter(pk=room.pk).update(last_number=150, seq=152)
    made = Person.objects.bulk_create(Person(handle=f"h{index}", name="x", kind="bot") for index in range(250))
    Membership.objects.bulk_create(Membership(room=room, person=one, seq=3) for one in made)

    def size(what: str, **limit: int) -> int:
        return len(alice.client.call(what, room=alice.room, **limit)[what])

    limits = next(frame for frame in alice.client.frames if frame["type"] == "hello")["limits"]
    for what, most, default in (
        ("messages", "page_messages", r"`limit` is (\d+), unless\s+another one is named; more than `page_messages`"),
        ("members", "page_members", r"`limit` is (\d+), unless another one is named; more than `page_members`"),
    ):
        (told,) = re.findall(default, TEXT)
        assert size(what) == int(told)
        assert size(what, limit=7) == 7
        assert size(what, limit=limits[most] + 1) == size(what, limit=2**62) == limits[most]
        for wrong in (0, -1):
            assert alice.is_refused("invalid", what, room=alice.room, limit=wrong)["field"] == "limit"
