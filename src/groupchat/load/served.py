"""Servers as processes of their own: started, waited for, stopped by their process id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from groupchat.load import measure

HOST = "127.0.0.1"
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


class NotStarted(Exception):
    """A server that should have come up did not; the message ends with what it printed last."""


class Served:
    """One running server. `companions` (its broker, say) are stopped with it and measured apart."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        *,
        port: int,
        log: Path,
        host: str = HOST,
        companions: Sequence[Served] = (),
    ) -> None:
        self.process = process
        self.host = host
        self.port = port
        self.log = log
        self.companions = tuple(companions)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pids(self) -> list[int]:
        return measure.family(self.process.pid)

    def cpu_seconds(self) -> float:
        return measure.cpu_seconds(self.pids)

    def stop(self, *, seconds: float = _STOP_SECONDS) -> None:
        """Asks to end, then makes it end. Only processes that were started here, by their id."""
        members = self.pids
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in members:  # children that outlived it
            if pid != self.process.pid:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        if self.process.stdout is not None:
            self.process.stdout.close()
        for companion in self.companions:
            companion.stop()

    def last_words(self) -> str:
        with contextlib.suppress(OSError):
            return self.log.read_text(errors="replace")[-2000:]
        return ""


def start(
    command: Sequence[str],
    *,
    log: Path,
    port: int,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    seconds: float = _START_SECONDS,
    companions: Sequence[Served] = (),
) -> Served:
    """Starts a server on a known port and waits until it takes connections."""
    process = spawn(command, log=log, environment=environment, folder=folder)
    served = Served(process, port=port, log=log, companions=companions)
    try:
        wait_for_port(served, seconds=seconds)
    except BaseException:
        served.stop()
        raise
    return served


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None,
    folder: Path | None = None,
    announce: bool = False,
) -> subprocess.Popen[bytes]:
    """The process alone; what it prints goes to the log, or to its `stdout` where it is to `announce` something."""
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if announce else output,
            stderr=output,
            env={**clean_environment(), **(environment or {})},
            cwd=folder,
        )


def wait_for_port(served: Served, *, seconds: float = _START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if served.process.poll() is not None:
            raise NotStarted(f"it ended with {served.process.returncode}: {served.last_words()}")
        with contextlib.suppress(OSError), socket.create_connection((served.host, served.port), timeout=1):
            return
        time.sleep(0.02)
    raise NotStarted(f"it took no connection within {seconds:.0f} s: {served.last_words()}")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """Ours, without anything that names an operator's own server: its database and broker are never touched."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GROUPCHAT_") and name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
