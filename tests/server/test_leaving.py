"""The end of a server with something unfinished: in good order, before a container would be killed."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.server.conftest import Start
from tests.server.served import DEADLINE_SECONDS, Served, run
from tests.server.test_refusals import gauge
from websockets.sync.client import connect

KILLED_AFTER_SECONDS = 10.0  # what Docker and Kubernetes' usual hooks leave

EACH_COUNT = pytest.mark.parametrize("workers", ["1", "2"])


@pytest.fixture
def quit_at_the_end() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def begin(served: Served, raw: bytes, stack: ExitStack) -> socket.socket:
    one = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), DEADLINE_SECONDS))
    one.sendall(raw)
    return one


def half_a_post(path: str, sent: bytes, *more: bytes) -> bytes:
    headers = b"".join(b"%b\r\n" % header for header in more)
    return b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n%b\r\n%b" % (path.encode(), headers, sent)


def end(served: Served) -> None:
    """SIGTERM; it ends in time, and says nothing of its own mistakes."""
    began = time.monotonic()
    code = served.stop(signal.SIGTERM)
    took = time.monotonic() - began
    assert "Traceback" not in served.output
    assert "CancelledError" not in served.output
    assert "exceeded" not in served.output  # uvicorn's own word for an end that took all of its time
    assert code == 0
    assert took < 3 * KILLED_AFTER_SECONDS, took  # a busy machine has its share; "exceeded" tells the rest


@EACH_COUNT
def test_requests_that_came_half(workers: str, start: Start, quit_at_the_end: ExitStack) -> None:
    served = start("--workers", workers)
    for _ in range(4):  # enough for both workers, mostly
        for path in ("/accounts/login/", "/api/v1/rooms/1/messages", "/"):
            begin(served, half_a_post(path, b'{"bo'), quit_at_the_end)
        begin(served, b"GET / HTTP/1.1\r\nHost: 127.0", quit_at_the_end)
    assert served.get("/health/live")[0] == 200  # all of them have come in by now
    end(served)


def test_half_a_post_that_reads_like_a_whole_one_is_none(start: Start, data: Path, quit_at_the_end: ExitStack) -> None:
    served = start()
    with connect(f"ws://127.0.0.1:{served.port}/ws/chat/hall/") as writer:
        writer.send(json.dumps({"message": "hello"}))
        writer.recv(timeout=DEADLINE_SECONDS)
    handle = _ask(data, "SELECT handle FROM groupchat_person")
    room = int(_ask(data, "SELECT id FROM groupchat_room"))
    token = run("token", handle, GROUPCHAT_DATA=str(data)).stdout.strip()
    path, authorization = f"/api/v1/rooms/{room}/messages", f"Authorization: Bearer {token}".encode()
    whole = begin(served, half_a_post(path, b'{"body": "half"}' + b" " * 984, authorization), quit_at_the_end)
    assert b" 201 " in whole.recv(65536)
    one = begin(served, half_a_post(path, b'{"body": "half"}', authorization), quit_at_the_end)
    time.sleep(0.2)
    one.close()  # the network goes, too, in the middle of it
    begin(served, half_a_post(path, b'{"body": "half"}', authorization), quit_at_the_end)
    assert served.get("/health/live")[0] == 200
    end(served)
    assert int(_ask(data, "SELECT count(*) FROM groupchat_message")) == 2


@EACH_COUNT
def test_sockets_whose_people_are_gone(workers: str, start: Start, quit_at_the_end: ExitStack) -> None:
    """They take no close, and no byte."""
    served = start("--workers", workers, GROUPCHAT_MAX_OUTBOX_BYTES="0", GROUPCHAT_MAX_COMMANDS_PER_SECOND="0")
    key = base64.b64encode(os.urandom(16)).decode()
    for _ in range(6):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", served.port))
        quit_at_the_end.enter_context(one)
        one.sendall(
            b"GET /ws/chat/hall/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\n\r\n" % key.encode()
        )
        assert b" 101 " in one.recv(4096)
    with connect(f"ws://127.0.0.1:{served.port}/ws/chat/hall/") as writer:
        for _ in range(100):  # until there is more than the system takes for somebody who does not read
            for _ in range(100):
                writer.send(json.dumps({"message": "x" * 8_000}))
            for _ in range(100):
                writer.recv(timeout=DEADLINE_SECONDS)
            if gauge(served, "outbox_bytes") > 1_000_000:
                break
        else:
            pytest.fail("the system takes everything for those who read nothing")
    end(served)


def test_a_database_that_hangs(start: Start, data: Path, quit_at_the_end: ExitStack) -> None:
    """Nothing can be done about it; the process ends all the same, and says so in a line."""
    served = start(GROUPCHAT_SHUTDOWN_SECONDS="2")
    assert served.port
    with closing(sqlite3.connect(data / "groupchat.sqlite3")) as holder:
        holder.execute("BEGIN IMMEDIATE")
        body = b"username=ada&password1=correct-horse-battery&room=hall&name=ada"
        form = b"Content-Type: application/x-www-form-urlencoded"
        page = served.get("/")
        cookie = page[1]["set-cookie"].partition(";")[0]
        token = page[2].decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        body += b"&csrfmiddlewaretoken=" + token.encode()
        begin(
            served,
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %b\r\n%b\r\nContent-Length: %d\r\n\r\n%b"
            % (cookie.encode(), form, len(body), body),
            quit_at_the_end,
        )
        time.sleep(0.5)
        began = time.monotonic()
        served.stop(signal.SIGTERM)
        assert time.monotonic() - began < KILLED_AFTER_SECONDS
    assert "Traceback" not in served.output
    assert "GROUPCHAT_SHUTDOWN_SECONDS" in served.output


def _ask(data: Path, question: str) -> str:
    with closing(sqlite3.connect(data / "groupchat.sqlite3")) as connection:
        return str(connection.execute(question).fetchone()[0])
