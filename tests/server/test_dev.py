"""`make dev`: invented people, a folder of its own, a new server after every change; and its end ends everything."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.served import DEADLINE_SECONDS, environment

ROOT = Path(__file__).parents[2]
IS_AT = r"is at http://127\.0\.0\.1:(\d+)"


class Dev:
    """The running command, and what it has printed so far."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.source = folder / "source"
        self.source.mkdir()
        (self.source / "some.py").write_text("")
        (self.source / "notes.bin").write_text("")
        self._log = folder / "output"
        command = [sys.executable, str(ROOT / "tools" / "dev.py"), "--port", "0"]
        command += ["--data", str(self.data), "--watch", str(self.source)]
        # a server that is in use must not be met, whatever the shell says of it
        variables = environment(DATABASE_URL="sqlite:////nowhere/at/all.sqlite3", GROUPCHAT_DATA="/nowhere")
        with self._log.open("w") as output:
            self.process = subprocess.Popen(command, env=variables, cwd=folder, stdout=output, stderr=output)

    def waits_for(self, pattern: str, count: int = 1) -> list[str]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while len(found := re.findall(pattern, self._log.read_text())) < count:
            assert self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)
        return found


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    dev = Dev(tmp_path)
    yield dev
    dev.process.send_signal(signal.SIGTERM)
    dev.process.wait(DEADLINE_SECONDS)


def children(pid: int) -> list[int]:
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in done.stdout.split()]


def test_it_has_invented_people_and_starts_anew_after_a_change(dev: Dev, tmp_path: Path) -> None:
    dev.waits_for(IS_AT)
    (said,) = dev.waits_for(r"Sign in as (.*)")
    assert re.fullmatch(r"ada, grace, mary \(the first owns the site\), each with the password: .+", said)
    assert (dev.data / "groupchat.sqlite3").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "output", "source"]
    assert "Become its owner" not in (tmp_path / "output").read_text()

    (before,) = children(dev.process.pid)
    later = time.time_ns() + 10**9
    os.utime(dev.source / "notes.bin", ns=(later, later))  # nothing that a server reads
    os.utime(dev.source / "some.py", ns=(later, later))
    dev.waits_for(IS_AT, count=2)
    (after,) = children(dev.process.pid)
    assert after != before
    assert len(dev.waits_for("Something changed")) == 1
    dev.process.send_signal(signal.SIGINT)
    assert dev.process.wait(DEADLINE_SECONDS) == 0
    assert not Path(f"/proc/{after}").exists()
