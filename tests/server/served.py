"""A real `groupchat serve`, in a process of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

DEADLINE_SECONDS = 120  # for what takes a second or two on a quiet machine


def environment(**variables: str) -> dict[str, str]:
    """The environment of a child: nothing that the tests' own settings or the developer's shell said of a server."""
    ours = ("GROUPCHAT_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONUNBUFFERED": "1"} | variables


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "groupchat.server", *arguments]


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`groupchat …`, until it ends."""
    return subprocess.run(
        command(*arguments),
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


class Served:
    """A server process and what it has printed so far."""

    def __init__(self, data: Path, *arguments: str, log: Path, **variables: str) -> None:
        self.data = data
        self.log = log
        self._output = log.open("w")
        self.process = subprocess.Popen(
            command("serve", "--port", "0", *arguments),
            env=environment(GROUPCHAT_DATA=str(data), **variables),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first match in the output; fails when the process ends before."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (match := re.search(pattern, self.output)):
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.output}"
            assert time.monotonic() < deadline, f"no {pattern!r} in {self.output}"
            time.sleep(0.02)
        return match

    @property
    def port(self) -> int:
        return int(self.wait_for(r"http://127\.0\.0\.1:(\d+)\b")[1])

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """The exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self._output.close()
