"""Where scenarios run: the servers, each started once and shared, the swarm of clients, and the report."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.baselines import Absent
from benchmarks.contenders import LABELS, OURS_DEFLATE, all_contenders
from benchmarks.measure import raise_file_limit
from benchmarks.ours import OurServer, room_plan
from benchmarks.report import Report
from benchmarks.voices import unheard
from groupchat.load import wire
from groupchat.load.crowd import Crowd, gather
from groupchat.load.served import NotStarted, Served
from groupchat.load.swarm import Swarm
from groupchat.load.voices import GroupChatVoice, Voice


class Stage:
    """Use it in a `with`: at the end every process it started is gone and its folder removed."""

    def __init__(self, report: Report, *, install: bool = True, say: Callable[[str], None] = lambda text: None) -> None:
        self.report = report
        self.swarm = Swarm()
        self.say = say
        self.folder = Path(tempfile.mkdtemp(prefix="groupchat-bench-"))
        self._contenders = {contender.key: contender for contender in all_contenders(install=install)}
        self._running: dict[str, Served] = {}
        self._ours: OurServer | None = None
        self._seeds = 0
        self.most_sockets = raise_file_limit()

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.swarm.close()
        for server in self._running.values():
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def label(self, key: str) -> str:
        return LABELS.get(key) or self._contenders[key].label

    def is_heavy(self, key: str) -> bool:
        """Whether this one must be given a lighter load than the others."""
        return key in self._contenders and self._contenders[key].heavy

    def ours(self) -> tuple[OurServer, Served]:
        """Our server on SQLite, started with the first question."""
        if self._ours is None:
            self._ours = self.our_server("ours")
            self._running["ours"] = self._ours.start()
        return self._ours, self._running["ours"]

    def our_server(self, name: str, *, workers: int = 1, environment: Mapping[str, str] | None = None) -> OurServer:
        """Another server of ours with a data folder of its own, not started yet."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return OurServer(folder, workers=workers, environment=environment)

    def served(self, key: str) -> Served | None:
        """A baseline, started with the first question; None where it is absent, and the report says why."""
        if key in self._running:
            return self._running[key]
        if key in self.report.absent:
            return None
        folder = self.folder / key
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._running[key] = self._contenders[key].start(folder)
        except (Absent, NotStarted) as reason:
            self.report.absent[key] = str(reason)
            return None
        return self._running[key]

    def crowd(self, key: str, sockets: int) -> Crowd | None:
        """`sockets` clients in one room of this server, all ready; None where the server is absent."""
        self.say(f"{self.label(key)}: {sockets:,} sockets")
        if key in LABELS:
            return self._our_crowd(key, sockets)
        server = self.served(key)
        if server is None:
            return None
        voice = self._contenders[key].voice()
        clients = [self.swarm.client(voice) for _ in range(sockets)]
        gather(self.swarm, server, clients)
        return Crowd(self.swarm, server, voice, clients)

    def stop(self, key: str) -> None:
        """Ends a server that is not needed any more."""
        server = self._running.pop(key, None)
        if server is not None:
            server.stop()
        if key == "ours":
            self._ours = None

    def finish(self, scenario: str) -> None:
        """Notes what went wrong since the last scenario, and forgets it."""
        self.report.trouble(scenario, unheard(self.swarm))
        self.swarm.troubles.clear()
        self.swarm.closed.clear()

    def prefix(self) -> str:
        """A beginning of names that nobody here has yet."""
        self._seeds += 1
        return f"p{self._seeds}-"

    def _our_crowd(self, key: str, sockets: int) -> Crowd:
        ours, server = self.ours()
        name = self.prefix()
        seeded = ours.seed(people=sockets, rooms=[room_plan(f"{name}room", 0, sockets)], prefix=name)
        voice: Voice = GroupChatVoice(extensions=wire.DEFLATE if key == OURS_DEFLATE else None)
        clients = [self.swarm.client(voice, cookie=cookie) for cookie in seeded["cookies"]]
        gather(self.swarm, server, clients)
        return Crowd(self.swarm, server, voice, clients, room=seeded["rooms"][f"{name}room"])
