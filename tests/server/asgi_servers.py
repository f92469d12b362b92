"""The servers that people run Django on, each as its own command starts it."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.server.served import DEADLINE_SECONDS, command, environment

APPLICATION = "groupchat.server.asgi:application"

OURS = "groupchat serve"
UVICORN = "uvicorn"
GUNICORN = "gunicorn"
HYPERCORN = "hypercorn"
GRANIAN = "granian"
DAPHNE = "daphne"
KINDS = (OURS, UVICORN, GUNICORN, HYPERCORN, GRANIAN, DAPHNE)


def _arguments(kind: str, port: int) -> list[str]:
    python = [sys.executable, "-m"]
    match kind:
        case "groupchat serve":
            return command("serve", "--port", str(port))
        case "uvicorn":
            return [*python, "uvicorn", APPLICATION, "--port", str(port), "--ws-max-size", "65536"]
        case "gunicorn":
            worker = ["--worker-class", "uvicorn_worker.UvicornWorker", "--no-control-socket"]
            return [*python, "gunicorn", APPLICATION, *worker, "--bind", f"127.0.0.1:{port}"]
        case "hypercorn":
            return [*python, "hypercorn", APPLICATION, "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1"]
        case "granian":
            return [*python, "granian", APPLICATION, "--interface", "asgi", "--port", str(port)]
        case _:
            return [*python, "daphne", APPLICATION, "--port", str(port), "--verbosity", "0"]


class AsgiServer:
    """One of them, on a free port of loopback; `start` does not wait, `address` does."""

    def __init__(self, kind: str, *, data: Path, log: Path, **variables: str) -> None:
        self.kind = kind
        self.data = data
        self.log = log
        self._variables = {
            "GROUPCHAT_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "groupchat.server.settings",
        } | variables
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._port = 0

    def start(self) -> AsgiServer:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._is_ready = False
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                _arguments(self.kind, self._port),
                env=environment(**self._variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def address(self) -> str:
        """Once it answers. Where somebody else took the port meanwhile, it starts again on another."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        starts = 1
        while not self._is_ready:
            assert time.monotonic() < deadline, self.log.read_text()
            if not self.is_running:
                assert starts < 3, self.log.read_text()
                starts += 1
                self.start()
            self._is_ready = self._answers() and self.is_running
            if not self._is_ready:
                time.sleep(0.05)
        return f"127.0.0.1:{self._port}"

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> int | None:
        """By the signal that says so; the exit code, None where it had to be killed."""
        assert self._process is not None
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None
