"""What is read from /proc, against processes that do something."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from groupchat.load import measure

_WAIT_SECONDS = 30.0


@contextmanager
def running(program: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_family_holds_children_and_their_children() -> None:
    child = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']); print(flush=True); input()"
    with running(child) as process:
        assert eventually(lambda: len(measure.family(process.pid)) == 2)
        pids = measure.family(process.pid)
        assert pids[0] == process.pid
        assert os.getpid() not in pids
    assert eventually(lambda: measure.family(process.pid) == [])


def test_cpu_time_counts_threads_and_those_who_sleep_cost_nothing() -> None:
    busy = (
        "import threading, time; print(flush=True)\n"
        "def work():\n while True: sum(range(1000))\n"
        "threading.Thread(target=work, daemon=True).start(); time.sleep(600)"
    )
    with running(busy) as process, running("import time; print(flush=True); time.sleep(600)") as asleep:
        before, rested = measure.cpu_seconds([process.pid]), measure.cpu_seconds([asleep.pid])
        assert eventually(lambda: measure.cpu_seconds([process.pid]) > before + 0.3)
        assert measure.cpu_seconds([asleep.pid]) - rested < 0.1
        both = measure.cpu_seconds([process.pid, asleep.pid])
        assert both >= measure.cpu_seconds([asleep.pid])


def test_a_process_that_is_gone_counts_nothing() -> None:
    with running("print(flush=True); input()") as process:
        pid = process.pid
    assert measure.cpu_seconds([pid]) == 0
