"""`groupchat selftest`: the whole command on a real database, and its verdict where a promise is broken."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.chaos.conftest import SECRET_KEY
from tests.server.served import command, environment

from groupchat.load.swarm import Swarm
from groupchat.load.trial import Trial

ROOM = 7


def test_it_keeps_its_promises_here_and_leaves_nothing_behind(prepared: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    done = subprocess.run(
        command("selftest", "--sockets", "64"),
        env=environment(GROUPCHAT_DATA=str(data), GROUPCHAT_SECRET_KEY=SECRET_KEY),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every promise was kept." in done.stdout
    with closing(sqlite3.connect(data / "groupchat.sqlite3")) as connection:
        for table in ("room", "person", "message", "membership"):
            assert connection.execute(f"SELECT count(*) FROM groupchat_{table}").fetchone() == (0,)


class Stored:
    """What a database says that the trial finds in the end."""

    def __init__(self, *messages: tuple[int, int]) -> None:
        """Pairs of number and stamp."""
        self.large = ROOM
        self._rows = [(ROOM, number, f"b{stamp}") for number, stamp in messages]

    def stored(self) -> list[tuple[int, int, str]]:
        return self._rows

    def seq(self, room: int) -> int:
        return 3


@pytest.fixture
def swarm() -> Iterator[Swarm]:
    with Swarm() as swarm:
        yield swarm


def trial(swarm: Swarm, stored: Stored) -> Trial:
    """One sender posted at 10, 20 and 30, and was told the numbers 1, 2 and 3."""
    rooms: Any = stored
    server: Any = None
    trial = Trial(rooms, server, swarm, most_sockets=64, say=lambda text: None)
    for number, stamp in enumerate((10, 20, 30), 1):
        trial._voice.sender_of[stamp] = "ada"
        trial._voice.acknowledged[stamp] = number
    return trial


def test_all_is_well(swarm: Swarm) -> None:
    findings = trial(swarm, Stored((1, 10), (2, 20), (3, 30))).judge()
    assert findings.holds
    assert findings.posted == 3


def test_a_lost_message_is_found(swarm: Swarm) -> None:
    findings = trial(swarm, Stored((1, 10), (2, 20))).judge()
    assert findings.lost == 1
    assert not findings.holds


def test_a_doubled_message_is_found(swarm: Swarm) -> None:
    findings = trial(swarm, Stored((1, 10), (2, 20), (3, 30), (4, 30))).judge()
    assert findings.doubled == 1
    assert not findings.holds


def test_messages_in_another_order_are_found(swarm: Swarm) -> None:
    findings = trial(swarm, Stored((1, 20), (2, 10), (3, 30))).judge()
    assert findings.reordered == 1
    assert not findings.holds


def test_a_hole_in_the_numbers_is_found(swarm: Swarm) -> None:
    findings = trial(swarm, Stored((1, 10), (2, 20), (4, 30))).judge()
    assert findings.reordered == 1


def test_what_a_socket_saw_wrong_is_counted(swarm: Swarm) -> None:
    swarm.troubles["gap"] += 2
    swarm.troubles["repeated"] += 1
    findings = trial(swarm, Stored((1, 10), (2, 20), (3, 30))).judge()
    assert (findings.lost, findings.doubled, findings.reordered) == (0, 1, 2)
