"""The whole comparison in one run: every figure that we want, beside what it is measured against."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.contenders import OURS, OURS_DEFLATE
from benchmarks.figures import ratio
from benchmarks.report import Goal
from benchmarks.scenarios import arrival, bigroom, fanout, http, posts, processes, scaling
from benchmarks.stage import Stage
from groupchat.load.crowd import Refused
from groupchat.load.served import NotStarted


@dataclass(frozen=True, slots=True)
class Size:
    """How large a comparison is. `full` takes under eight minutes on two cores, `small` a minute."""

    sockets: int = 1_000
    seconds: float = 3.0
    rounds: int = 3
    steps: tuple[int, ...] = scaling.STEPS
    people: int = 10_000
    messages: int = 1_000_000
    senders: int = 64
    rooms: int = 16


FULL = Size()
SMALL = Size(sockets=50, seconds=0.5, rounds=1, steps=(10, 50), people=100, messages=1_000, senders=8, rooms=2)


def compare(stage: Stage, size: Size = FULL) -> None:
    """Runs everything; a scenario that fails is noted as trouble and the others go on."""
    report = stage.report
    begun = time.monotonic()
    for name, run in (
        ("fan-out", _fan_out),
        ("posts", _posts),
        (scaling.SCENARIO, _scaling),
        ("a big room", _big_room),
        ("arrival", _arrival),
        (processes.SCENARIO, _processes),
    ):
        started = time.monotonic()
        try:
            run(stage, size)
        except (Refused, NotStarted, TimeoutError) as failed:
            report.trouble(name, str(failed))
            stage.finish(name)
        report.took[name] = time.monotonic() - started
        report.seconds = time.monotonic() - begun


def _fan_out(stage: Stage, size: Size) -> None:
    goal = _goals(stage)
    keys = (*fanout.ORDINARY, *fanout.WITH_DEFLATE, *fanout.CLASSIC)
    crowds = fanout.gather_crowds(stage, keys, size.sockets)
    slow = fanout.measure(stage, crowds, rate=20, seconds=size.seconds, rounds=size.rounds)
    fast_keys = [key for key in (*fanout.ORDINARY,) if key in crowds]
    fast = fanout.measure(
        stage, {key: crowds[key] for key in fast_keys}, rate=200, seconds=size.seconds / 2, rounds=size.rounds
    )
    ours = fanout.cost(slow, OURS)
    goal("CPU per delivery : bare uvloop", ratio(ours, fanout.cost(slow, "uvloop")), 1.3)
    goal("CPU per delivery : C", ratio(ours, fanout.cost(slow, "floor")), 1.7)
    goal("classic Channels : ours", ratio(fanout.cost(slow, "classic"), ours), 25, at_least=True)
    goal(
        "CPU per delivery at 200 messages/s : C",
        ratio(fanout.cost(fast, OURS), fanout.cost(fast, "floor")),
        0.5,
    )
    goal("with permessage-deflate : plain", ratio(fanout.cost(slow, OURS_DEFLATE), ours), 1.3)
    goal(
        "post → last socket, p50, beyond twice the C server's",
        fanout.last_p50(slow, OURS) - 2 * fanout.last_p50(slow, "floor"),
        5,
        unit="ms",
    )
    for crowd in crowds.values():
        crowd.leave()
    for key in ("asgi_deflate", "uvloop"):
        stage.stop(key)
    stage.swarm.rest(0.5)


def _posts(stage: Stage, size: Size) -> None:
    goal = _goals(stage)
    posts.posts(stage, senders=size.senders, rooms=size.rooms, seconds=size.seconds, rounds=size.rounds)
    scenario = f"posts, {size.senders} senders in {size.rooms} rooms"
    label = f"{stage.label('ours')}, SQLite FULL"
    value = stage.report.value
    goal("acknowledged durable posts", value(scenario, label, "acknowledged posts"), 5_000, at_least=True, unit="/s")
    goal("post → acknowledged, p99", value(scenario, label, "post → acknowledged, p99"), 150, unit="ms")
    goal("one post when quiet, p50", value(scenario, label, "one post when quiet, p50"), 5, unit="ms")
    stage.stop("classic_uvicorn")
    http.http_posts(stage, senders=size.senders, rooms=size.rooms, seconds=size.seconds, rounds=size.rounds)
    label = stage.label("ours")
    goal("posts over HTTP", value(http.SCENARIO, label, "acknowledged posts"), 600, at_least=True, unit="/s")


def _scaling(stage: Stage, size: Size) -> None:
    scaling.scaling(stage, steps=size.steps, seconds=size.seconds / 2, rounds=size.rounds)
    _goals(stage)("CPU per delivery, dearest step : middle step", scaling.flatness(stage, size.steps), 1.2)
    for key in ("floor", "node", "classic"):
        stage.stop(key)


def _big_room(stage: Stage, size: Size) -> None:
    goal = _goals(stage)
    ratios = bigroom.big_room(stage, messages=size.messages, rounds=size.rounds)
    goal(f"posting into {size.messages:,} messages : into 100", ratios["post"], 1.2)
    goal(f"opening {size.messages:,} messages : 100", ratios["open"], 1.2)
    stage.stop("ours")


def _arrival(stage: Stage, size: Size) -> None:
    goal = _goals(stage)
    people = arrival.People(stage, size.people)
    try:
        arrival.idle(stage, people)
        arrival.arrival(stage, people)
    finally:
        people.close()
    label, value = stage.label("ours"), stage.report.value
    back = f"{size.people:,} sockets come back after a restart"
    goal("memory per idle connection", value("idle connections", label, "memory per idle authenticated connection"), 20,
         unit="KiB")  # fmt: skip
    goal("memory of the server at start", value("idle connections", label, "server without connections"), 110,
         unit="MiB")  # fmt: skip
    goal(
        f"{size.people:,} sockets are back after", value(back, label, "all are back and caught up after"), 15, unit="s"
    )
    goal("live p99 meanwhile", value(back, label, "live post → a socket meanwhile, p99"), 1_000, unit="ms")


def _processes(stage: Stage, size: Size) -> None:
    goal = _goals(stage)
    more = processes.processes(
        stage, sockets=size.sockets, seconds=size.seconds / 2, rounds=size.rounds, senders=size.senders,
        rooms=size.rooms,
    )  # fmt: skip
    label = f"{stage.label('ours')}, 2 processes"
    goal("fan-out, two processes : one", more, 1.7, at_least=True)
    goal("posts, two processes on PostgreSQL", stage.report.value(processes.SCENARIO, label, "acknowledged posts"),
         4_000, at_least=True, unit="/s")  # fmt: skip


def _goals(stage: Stage) -> Callable[..., None]:
    def add(what: str, value: float, limit: float, *, at_least: bool = False, unit: str = "×") -> None:
        stage.report.goals.append(Goal(what, value, limit, at_least, unit))

    return add
