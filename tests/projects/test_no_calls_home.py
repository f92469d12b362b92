"""The server opens no connection that an operator did not ask for: its process is watched while people chat."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.projects.club import SECONDS
from tests.server.served import Served, environment
from websockets.sync.client import connect

# Loaded by Python itself before anything else. uvloop connects beside Python's sockets, where no hook would see it.
WATCH = """
import os, sys

sys.modules["uvloop"] = None


def watch(event, arguments):
    if event == "socket.connect" and not isinstance(arguments[1], (str, bytes)):
        os.write(2, f"CALLS OUT: {arguments[1]}\\n".encode())
    elif event == "socket.getaddrinfo" and arguments[0] not in (None, "", "localhost", "127.0.0.1", "::1"):
        os.write(2, f"CALLS OUT: {arguments[0]}\\n".encode())


sys.addaudithook(watch)
os.write(2, b"WATCHED\\n")
"""


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH)
    return folder


@pytest.fixture
def served(tmp_path: Path, watch: Path) -> Iterator[Served]:
    served = Served(tmp_path / "data", log=tmp_path / "output", PYTHONPATH=str(watch))
    yield served
    served.stop()


def test_the_watch_sees_a_call(watch: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        code = f"import asyncio; asyncio.run(asyncio.open_connection('127.0.0.1', {listening.getsockname()[1]}))"
        told = subprocess.run(
            [sys.executable, "-c", code], env=environment(PYTHONPATH=str(watch)), capture_output=True, timeout=SECONDS
        )
    assert b"CALLS OUT: ('127.0.0.1', " in told.stderr


def test_nobody_is_called(served: Served) -> None:
    for path in ("/", "/rooms/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/admin/login/"):
        assert served.get(path)[0] in (200, 302)
    for said in ("one", "two"):
        with connect(f"ws://127.0.0.1:{served.port}/ws/chat/quiet/?name=Ada", proxy=None) as talk:
            talk.send(json.dumps({"message": said}))
            assert json.loads(talk.recv(timeout=SECONDS))["message"] == said
    assert served.stop() == 0
    assert "WATCHED" in served.output
    assert "CALLS OUT" not in served.output
