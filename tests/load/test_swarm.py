"""The clients notice what must not happen: holes, repetitions, refusals, lost sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.server import ServerConnection, serve

from groupchat.load.crowd import Refused, gather
from groupchat.load.served import HOST
from groupchat.load.swarm import Client, Swarm
from groupchat.load.tally import now_ns
from groupchat.load.voices import GroupChatVoice, Voice, body_of

Script = Callable[[ServerConnection], None]


class Door:
    """An address; what `gather` wants to know of a server."""

    host = HOST

    def __init__(self, port: int) -> None:
        self.port = port

    def last_words(self) -> str:
        return ""


@contextmanager
def door(script: Script) -> Iterator[Door]:
    """A WebSocket server that follows a script with everybody."""
    with serve(script, HOST, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Door(server.socket.getsockname()[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def swarm() -> Iterator[Swarm]:
    with Swarm() as swarm:
        yield swarm


def greet(socket: ServerConnection) -> None:
    """What our server says first: a room, 4, at seq 10."""
    assert json.loads(socket.recv())["type"] == "hello"
    room = {"room": {"id": 4}, "seq": 10}
    socket.send(json.dumps({"type": "hello", "ref": 0, "epoch": "e", "rooms": [room]}))
    socket.send(json.dumps({"type": "caught_up"}))


def changes(since: int, to: int, body: str = "", *, seqs: tuple[int, ...] = ()) -> str:
    """A range whose messages have these seqs; none given: one message, at its end."""
    messages = [{"body": body, "seq": seq} for seq in seqs or (to,)]
    return json.dumps({"type": "changes", "room": 4, "since": since, "to": to, "messages": messages})


def arrive(swarm: Swarm, at: Door, voice: Voice) -> Client:
    client = swarm.client(voice)
    gather(swarm, at, [client], seconds=30)  # type: ignore[arg-type]
    return client


@pytest.mark.parametrize(
    ("ranges", "trouble", "stands"),
    [
        ([(10, 11), (11, 14)], {}, 14),
        ([(9, 12)], {}, 12),
        ([(11, 12)], {"gap": 1}, 12),
        ([(10, 11), (10, 11)], {"repeated": 1}, 11),
    ],
    ids=["joins", "overlaps", "a hole", "twice"],
)
def test_ranges_are_checked(swarm: Swarm, ranges: list[tuple[int, int]], trouble: dict[str, int], stands: int) -> None:
    voice = GroupChatVoice()
    stamp = now_ns()

    def script(socket: ServerConnection) -> None:
        greet(socket)
        socket.recv()
        for since, to in ranges:
            socket.send(changes(since, to, body_of(stamp, 100).decode()))
        socket.recv()

    with door(script) as at:
        client = arrive(swarm, at, voice)
        delays: list[int] = []
        voice.tallies[stamp] = voice.say(client, room=4, delays=delays)
        expected = len(ranges) - trouble.get("repeated", 0)
        assert swarm.run(lambda: len(delays) == expected and client.positions == {4: stands}, 30)
        assert swarm.run(lambda: sum(swarm.troubles.values()) == sum(trouble.values()), 30)
        assert client.positions == {4: stands}
        assert dict(swarm.troubles) == trouble
        assert bool(swarm.troubles) is bool(trouble)
        client.close()


def test_a_post_counts_once_where_ranges_overlap_or_run_ahead(swarm: Swarm) -> None:
    """A repair may bring what one has and what is newer than its range: both are allowed, and no delivery."""
    voice = GroupChatVoice()
    stamp = now_ns()

    def script(socket: ServerConnection) -> None:
        greet(socket)
        socket.recv()
        body = body_of(stamp, 100).decode()
        socket.send(changes(10, 12, body, seqs=(11, 12)))
        socket.send(changes(10, 13, body, seqs=(11, 12, 13, 15)))
        socket.send(changes(13, 15, body, seqs=(14, 15)))
        socket.recv()

    with door(script) as at:
        client = arrive(swarm, at, voice)
        delays: list[int] = []
        voice.tallies[stamp] = voice.say(client, room=4, delays=delays)
        assert swarm.run(lambda: client.positions == {4: 15}, 30)
        assert len(delays) == 5, "one each of the seqs 11 to 15"
        assert not swarm.troubles
        client.close()


def test_a_message_in_pieces_of_tcp_is_heard_once(swarm: Swarm) -> None:
    """Chunks are remembered by their bytes: half a frame must not be taken for a whole one, nor the rest be lost."""
    words = "x" * 200_000  # more than one read

    def script(socket: ServerConnection) -> None:
        socket.recv()
        for _ in range(3):
            socket.send(f"{words}{told[0]}")
        socket.recv()

    told: list[str] = []
    voice = Voice()
    with door(script) as at:
        client = arrive(swarm, at, voice)
        stamp = now_ns()
        told.append(body_of(stamp, 30).decode())
        delays: list[int] = []
        voice.tallies[stamp] = voice.say(client, delays=delays)
        assert swarm.run(lambda: len(delays) == 3, 30)
        assert voice.tallies[stamp].count == 3
        client.close()


def test_close_codes_are_counted_and_pings_answered(swarm: Swarm) -> None:
    answered = threading.Event()

    def script(socket: ServerConnection) -> None:
        if socket.ping().wait(30):
            answered.set()
        socket.close(4200, "too slow")

    with door(script) as at:
        client = arrive(swarm, at, Voice())
        assert swarm.run(lambda: client.state == "closed", 30)
        assert client.closed_with == 4200
        assert swarm.closed == {4200: 1}
        assert not swarm.troubles
    assert answered.is_set()


def test_a_crowd_that_does_not_get_in_says_why(swarm: Swarm) -> None:
    def script(socket: ServerConnection) -> None:
        socket.close(4101, "too many")

    with door(script) as at:
        clients = [swarm.client(GroupChatVoice()) for _ in range(3)]
        with pytest.raises(Refused, match="3 of 3 did not get in"):
            gather(swarm, at, clients, seconds=30)  # type: ignore[arg-type]


def test_errors_of_the_server_are_troubles(swarm: Swarm) -> None:
    def script(socket: ServerConnection) -> None:
        greet(socket)
        socket.recv()
        socket.send(json.dumps({"type": "error", "ref": 1, "error": {"code": "rate_limited"}}))
        socket.recv()

    voice = GroupChatVoice()
    with door(script) as at:
        client = arrive(swarm, at, voice)
        voice.say(client, room=4, delays=[])
        assert swarm.run(lambda: bool(swarm.troubles), 30)
        assert swarm.troubles == {"error rate_limited": 1}
        client.close()


def test_bodies_are_as_long_as_asked_and_no_run_of_one_letter() -> None:
    for size in (22, 100, 1_000, 8_000):
        body = body_of(1_234_567_890_123_456_789, size)
        assert len(body) == size
        assert body.startswith(b"~1234567890123456789~")
    assert len(set(body_of(now_ns(), 100))) > 15
