"""Clients that read nothing, send garbage, never finish a handshake: nobody else notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psutil
import pytest
from tests.chaos.conftest import Nodes
from tests.chaos.crowd import DEADLINE_SECONDS, Crowd, until
from tests.chaos.rough import GARBAGE, HANDSHAKE, HELLO, Rough, deaf

MEBIBYTE = 1024 * 1024
LOOKS_SELDOM = ("tests.chaos.watchful", "3600", "30")  # at silent sockets


@pytest.fixture
def quit_at_the_end() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


async def test_who_reads_nothing_is_closed_as_slow_and_memory_stays_bounded(
    nodes: Nodes, seed: int, quit_at_the_end: ExitStack
) -> None:
    slow_sockets, outbox_bytes = 20, 256 * 1024
    # They answer no ping either: on a busy machine they would be gone as silent before they are slow.
    (node,) = await nodes(program=LOOKS_SELDOM, GROUPCHAT_MAX_OUTBOX_BYTES=str(outbox_bytes))
    process = psutil.Process(node.pid)
    async with Crowd([node], seed=seed, people=10, rooms=1) as crowd:
        room = crowd.rooms_of[crowd.people[0]][0]
        for _ in range(slow_sockets):
            quit_at_the_end.callback(deaf(node.port, HELLO, {"type": "subscribe", "ref": 1, "room": room}).close)
        await until(lambda: node.connections == 10 + slow_sockets, "the deaf ones")
        before = process.memory_info().rss
        most = 0
        body = "x" * 7_000
        async with asyncio.timeout(4 * DEADLINE_SECONDS):  # the system itself holds some megabytes for each of them
            while await asyncio.to_thread(node.metric, "slow_closes_total") < slow_sockets:
                await asyncio.gather(*(person.post(room, body=body) for person in crowd.people))
                most = max(most, process.memory_info().rss - before)
        await until(lambda: node.connections <= 10, "the slow sockets' end")
        assert most < slow_sockets * (outbox_bytes + 64 * 1024) + 48 * MEBIBYTE
        crowd.begin()
        await crowd.acknowledged(20)
        await crowd.judge()


async def test_garbage_is_answered_or_ends_its_own_socket(nodes: Nodes, seed: int) -> None:
    (node,) = await nodes()
    async with Crowd([node], seed=seed, people=20, rooms=2) as crowd:
        crowd.begin(think_seconds=0.3)
        for name, (data, expected) in GARBAGE.items():
            rough = await Rough.open(node.port)
            rough.say(HELLO)
            rough.send(data)
            async with asyncio.timeout(DEADLINE_SECONDS):
                found = await rough.outcome()
            rough.drop()
            assert found & expected, f"{name}: {found}"
        halves = [await Rough.open(node.port) for _ in range(50)]
        for index, half in enumerate(halves):  # a frame that never ends, and a socket that goes in the middle of one
            half.say(HELLO)
            half.send(b"\x81\xfe\xff\xff\x00\x00\x00\x00" + b"{" * index)
            if index % 2:
                half.drop()
        await crowd.acknowledged(30)
        for half in halves:
            half.drop()
        await crowd.judge()
    assert "Traceback" not in node.log.read_text()


async def test_a_thousand_handshakes_that_never_end(nodes: Nodes, seed: int) -> None:
    (node,) = await nodes()
    async with Crowd([node], seed=seed, people=50, rooms=5) as crowd:
        crowd.begin(think_seconds=0.5)
        await crowd.acknowledged(50)
        began = time.monotonic()
        await crowd.acknowledged(150)
        usual = crowd.ledger.p99("delays", since=began)
        writers = []
        for index in range(1_000):
            _, writer = await asyncio.open_connection("127.0.0.1", node.port)
            writers.append(writer)
            if index % 2:
                writer.write(HANDSHAKE.format(port=node.port).encode()[: 20 + index % 60])
        began = time.monotonic()
        await crowd.acknowledged(150)
        # The promise is twice the usual. On a machine that is busy with other things, too, what is usual changes from
        # second to second: what this holds is that nobody is kept out.
        assert crowd.ledger.p99("delays", since=began) <= max(2 * usual, 5.0)
        await crowd.judge()
        for writer in writers:
            writer.transport.abort()


async def test_a_request_that_never_ends_is_ended(nodes: Nodes, seed: int) -> None:
    """Nobody holds a socket for ever by the beginning of a request; those who wait for an answer keep theirs."""
    (node,) = await nodes(program=("tests.chaos.watchful", "25", "1"))
    whole = f"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:{node.port}\r\n\r\n".encode()
    async with Crowd([node], seed=seed, people=10, rooms=1) as crowd:
        crowd.begin()
        post = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf a body"
        for beginning in (b"", whole[:20], whole + whole[:20], post, whole + post):
            reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
            writer.write(beginning)
            async with asyncio.timeout(DEADLINE_SECONDS):
                answered = await read_to_the_end(reader)
            assert (b" 200 " in answered) == beginning.startswith(whole), beginning
            writer.transport.abort()
        assert not crowd.ledger.resumes
        await crowd.acknowledged(20)
        await crowd.judge()


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """Until the server closes, in whatever way."""
    told = b""
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            told += data
    return told
