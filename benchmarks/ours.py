"""The server under test: a real `groupchat serve` with a data folder of its own and no limits in the way."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.baselines import our_path
from benchmarks.seed import Plan, RoomPlan, Seeded
from groupchat.load import served
from groupchat.load.served import HOST, NotStarted, Served, free_port, python

_SEED_SECONDS = 180.0
_NO_LIMITS = {
    "GROUPCHAT_MAX_COMMANDS_PER_SECOND": "0",
    "GROUPCHAT_MAX_CONNECTIONS_PER_ADDRESS": "0",
    "GROUPCHAT_MAX_CONNECTIONS_PER_USER": "0",
    "GROUPCHAT_MAX_NEW_ROOMS_PER_HOUR": "0",
    "GROUPCHAT_MAX_GUEST_ROOMS_PER_HOUR": "0",
    "GROUPCHAT_MAX_ROOM_RENAMES_PER_HOUR": "0",
}


class OurServer:
    """A data folder, and the server that runs on it: seeded, started, stopped, started again on the same port."""

    def __init__(self, folder: Path, *, workers: int = 1, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self._log = folder / "groupchat.log"
        self._workers = workers
        self._environment = {
            "DJANGO_SETTINGS_MODULE": "groupchat.server.settings",
            "GROUPCHAT_DATA": str(folder / "data"),
            "GROUPCHAT_LOG_LEVEL": "warning",
            **_NO_LIMITS,
            **(environment or {}),
        }

    def seed(self, *, people: int, rooms: list[RoomPlan], prefix: str = "p", tokens: int = 0) -> Seeded:
        """Makes the database and fills it. Before the first start, or with another prefix while it runs."""
        plan: Plan = {"people": people, "prefix": prefix, "rooms": rooms, "tokens": tokens}
        done = subprocess.run(
            python("-m", "benchmarks.seed"),
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            env={**served.clean_environment(), **our_path(), **self._environment},
            timeout=_SEED_SECONDS,
        )
        if done.returncode:
            raise NotStarted(f"the database could not be filled: {done.stderr.strip()[-2000:]}")
        seeded: Seeded = json.loads(done.stdout)
        return seeded

    def start(self) -> Served:
        command = python("-m", "groupchat.server", "serve")
        command += ["--host", HOST, "--port", str(self.port)]
        if self._workers != 1:
            command += ["--workers", str(self._workers)]
        return served.start(command, log=self._log, port=self.port, environment=self._environment)


def room_plan(name: str, first: int, last: int, *, messages: int = 0) -> RoomPlan:
    return {"name": name, "first": first, "last": last, "messages": messages}
