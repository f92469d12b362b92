"""An older copy of the database, and a clock that jumps."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.chaos.conftest import Nodes, kill, start
from tests.chaos.crowd import Crowd, until

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="another process's limits are set by Linux alone")

CLOCK = Path(__file__).with_name("clock.c")


@pytest.mark.parametrize("count", [1, pytest.param(3, marks=pytest.mark.long)])
async def test_an_older_copy_of_the_database_is_restored(count: int, nodes: Nodes, seed: int, tmp_path: Path) -> None:
    processes = await nodes(count)
    data = processes[0].data
    file = data / "groupchat.sqlite3"
    copy = tmp_path / "copy.sqlite3"
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        await crowd.acknowledged(80)
        await crowd.rest()
        await asyncio.to_thread(_back_up, file, copy)
        copied_at = time.monotonic()
        await kill(*processes)
        await start(*processes)  # the copy is of the life before this one
        for person in crowd.people:
            await person.post(crowd.rooms_of[person][0])
        epochs = {person.screen.epoch for person in crowd.people}
        await kill(*processes)
        for leftover in data.glob("groupchat.sqlite3*"):
            leftover.unlink()
        shutil.copy(copy, file)
        crowd.forget(since=copied_at)
        await start(*processes)
        await until(lambda: all(person.online.is_set() for person in crowd.people), "everybody's return")
        crowd.begin()
        await crowd.acknowledged(80)
        await crowd.judge()
        after = {person.screen.epoch for person in crowd.people}
        assert len(after) == 1
        assert epochs.isdisjoint(after)


def _back_up(file: Path, copy: Path) -> None:
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


@linux_only
async def test_the_clock_jumps_an_hour_either_way(nodes: Nodes, seed: int, tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("the clock is bent by a few lines of C, and there is no compiler here")
    library, offset = tmp_path / "clock.so", tmp_path / "offset"
    build = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(CLOCK), "-ldl"]
    await asyncio.to_thread(subprocess.run, build, check=True)
    offset.write_text("0")
    (node,) = await nodes(LD_PRELOAD=str(library), CLOCK_OFFSET_FILE=str(offset))
    async with Crowd([node], seed=seed) as crowd:
        crowd.begin()
        await crowd.acknowledged(40)
        for hours in (1, -1, 0):
            offset.write_text(str(hours * 3600))
            began = time.monotonic()
            await crowd.acknowledged(80)
            assert crowd.ledger.p99("delays", since=began) <= 20.0  # nothing here waits for the clock to come round
            for person in crowd.people[::5]:
                person.cut()  # who comes back proves who they are by the bent clock
            await crowd.acknowledged(40)
        await crowd.judge()
        jumps = [message["at"] for person in crowd.people[:10] for message in _in_order(person)]
        assert jumps != sorted(jumps), "the server did not see the clock jump"


def _in_order(person: object) -> list[dict[str, str]]:
    rooms = person.screen.rooms.values()  # type: ignore[attr-defined]
    return [view.messages[number] for view in rooms for number in sorted(view.messages)]
