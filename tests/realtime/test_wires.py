"""The outbox contract, the same on every server: nothing waits, nothing raises, nothing grows without a limit."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator

import pytest
from tests.accounts import cookies_of, new_person
from tests.play import Actor, Stage
from tests.raw import Raw
from tests.serving import FAST, ThreadServer
from tests.sockets import DEADLINE_SECONDS
from websockets.frames import Frame, Opcode

from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post
from groupchat.errors import Close
from groupchat.models import Room

Options = Callable[..., None]


@pytest.fixture
def large_room(any_server: ThreadServer) -> Room:
    """A page of it is more than half a megabyte."""
    alice = new_person("alice")
    room = rooms.create(person=alice, name="Large")
    messages.post([Post(room.pk, alice, "x" * 8000, f"m{index}") for index in range(80)])
    return room


@pytest.fixture
def raw(any_server: ThreadServer) -> Iterator[Callable[..., Raw]]:
    with contextlib.ExitStack() as ends:

        def connect(*, deflate: bool = False) -> Raw:
            one = Raw(any_server.address, cookies_of(new_person("raw")), deflate=deflate)
            ends.callback(one.socket.close)
            one.send(type="hello", ref=0, protocol=1)
            one.read_until(lambda frames: bool(frames) and frames[-1]["type"] == "caught_up")
            return one

        yield connect


def test_who_does_not_read_is_dropped(
    any_server: ThreadServer, raw: Callable[..., Raw], large_room: Room, options: Options, stage: Stage
) -> None:
    options(max_outbox_bytes=200_000)
    slow = raw()
    other = stage.guest("other")
    other.looks_into("large")
    (slow_connection,) = any_server.ask(
        lambda runtime: [one for one in runtime.connections if one.person_id is not None]
    )
    with contextlib.suppress(ConnectionError):
        for ref in range(1, 60):
            slow.send(type="messages", ref=ref, room=large_room.pk)
    any_server.wait(lambda runtime: slow_connection not in runtime.connections)
    assert any_server.ask(lambda runtime: slow_connection.closed)
    with contextlib.suppress(ConnectionError):
        for ref in range(60, 90):  # what was on its way meanwhile
            slow.send(type="ping", ref=ref)
    # What is unsent is thrown away, so the code may not arrive; another server has a word of its own for our end.
    assert slow.read_all() in (None, Close.SLOW, 1011)
    other.posts("the others hear")
    other.sees("the others hear")


def test_who_reads_slowly_but_reads_stays(
    any_server: ThreadServer, raw: Callable[..., Raw], large_room: Room, options: Options
) -> None:
    options(max_outbox_bytes=1_000_000)
    patient = raw()
    for ref in range(1, 31):
        patient.send(type="messages", ref=ref, room=large_room.pk)
        frames = patient.read_until(lambda frames, ref=ref: any(one.get("ref") == ref for one in frames))
        assert sum(one["type"] == "reply" for one in frames) == ref
    assert patient.received > 10_000_000


@pytest.mark.parametrize("deflate", [False, True])
def test_compression_is_the_clients_choice(
    deflate: bool, any_server: ThreadServer, raw: Callable[..., Raw], large_room: Room
) -> None:
    one = raw(deflate=deflate)
    one.send(type="messages", ref=1, room=large_room.pk)
    frames = one.read_until(lambda frames: any(frame.get("ref") == 1 for frame in frames))
    (page,) = [frame["result"] for frame in frames if frame.get("ref") == 1]
    assert len(page["messages"]) == 50  # type: ignore[index]
    compressed = bool(one.protocol.extensions)
    if any_server.kind == FAST:
        assert compressed == deflate
    assert (one.received < 100_000) == compressed


def test_everything_sent_before_a_close_arrives(any_server: ThreadServer, raw: Callable[..., Raw]) -> None:
    one = raw()
    for ref in range(1, 51):
        one.send(type="ping", ref=ref)
    one.send(type="hello", ref=99, protocol=77)
    assert one.read_all() == Close.RELOAD
    frames = [json.loads(event.data) for event in one.events if event.opcode == Opcode.TEXT]
    assert [frame.get("ref") for frame in frames if frame["type"] == "reply"] == list(range(1, 51))
    assert frames[-1]["error"]["code"] == "wrong_version"


def test_frames_in_pieces_are_put_together(any_server: ThreadServer, raw: Callable[..., Raw]) -> None:
    one = raw()
    text = json.dumps({"type": "ping", "ref": "ä" * 20}).encode()
    for index in range(len(text)):
        piece, last = text[index : index + 1], index == len(text) - 1
        frame = Frame(Opcode.TEXT if index == 0 else Opcode.CONT, piece, fin=last)
        one.socket.sendall(frame.serialize(mask=True))
    frames = one.read_until(lambda frames: frames[-1]["type"] == "reply")
    assert frames[-1]["ref"] == "ä" * 20


def test_text_that_is_no_utf_8_ends_the_socket(any_server: ThreadServer, raw: Callable[..., Raw]) -> None:
    one = raw()
    one.socket.sendall(Frame(Opcode.TEXT, b'{"type": "\xff\xfe"}').serialize(mask=True))
    assert one.read_all() in (1007, None)
    any_server.wait(lambda runtime: not runtime.connections)


def test_a_frame_without_a_mask_ends_the_socket(any_server: ThreadServer, raw: Callable[..., Raw]) -> None:
    one = raw()
    one.socket.sendall(Frame(Opcode.TEXT, b'{"type": "ping"}').serialize(mask=False))
    assert one.read_all() in (1002, None)
    any_server.wait(lambda runtime: not runtime.connections)


def test_a_ping_of_the_protocol_is_answered(any_server: ThreadServer, raw: Callable[..., Raw]) -> None:
    one = raw()
    one.protocol.send_ping(b"here?")
    one._flush()
    while not any(event.opcode == Opcode.PONG for event in one.events):
        assert one.read()
        one._events()
    one.send(type="ping", ref=1)
    one.read_until(lambda frames: frames[-1].get("ref") == 1)


def test_many_come_and_go_at_once(any_server: ThreadServer, stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    failures: list[BaseException] = []

    def visit(name: str) -> None:
        try:
            for _ in range(5):
                guest = Actor(stage.client(name=name), name=name, ends=contextlib.ExitStack()).arrives()
                guest.looks_into("lobby")
                guest.goes_offline()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=visit, args=(f"guest {index}",)) for index in range(6)]
    for thread in threads:
        thread.start()
    for index in range(30):
        alice.posts(str(index))
    for thread in threads:
        thread.join(DEADLINE_SECONDS)
    assert failures == []
    alice.sees_only(*(str(index) for index in range(30)))
    any_server.wait(lambda runtime: len(runtime.connections) == 1)
