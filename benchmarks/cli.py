"""`python -m benchmarks`: what this machine gives, beside what others give on it in the same minutes."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from benchmarks import compare as comparison
from benchmarks import measure
from benchmarks.contenders import OURS
from benchmarks.documents import write_documents
from benchmarks.report import Report
from benchmarks.scenarios import arrival as arriving
from benchmarks.scenarios import bigroom, fanout, http, marks, posts, processes, scaling
from benchmarks.stage import Stage
from groupchat.load.crowd import Refused
from groupchat.load.served import NotStarted

app = typer.Typer(
    help="Measure delivery, posting, arrival and memory with real servers on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Sockets = Annotated[int, typer.Option(min=1, help="Sockets in the room.")]
Rate = Annotated[float, typer.Option(min=0.1, help="Messages a second.")]
Seconds = Annotated[float, typer.Option(min=0.1, max=120, help="Length of a window.")]
Rounds = Annotated[int, typer.Option(min=1, max=20, help="Windows; figures are their medians.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")]
Against = Annotated[
    str,
    typer.Option(
        help="Who runs beside us, by commas: floor, uvloop, node, asgi, asgi_deflate, classic, classic_uvicorn,"
        " ours_deflate; or none."
    ),
]
Install = Annotated[
    bool,
    typer.Option(help="Fetch what a baseline needs (Daphne, node's ws) into the cache folder where it is missing."),
]


@app.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    compare: Annotated[
        bool, typer.Option("--compare", help="Everything, beside every baseline, in one run of under eight minutes.")
    ] = False,
    small: Annotated[
        bool, typer.Option("--small", help="The comparison with small numbers, to see that it works.")
    ] = False,
    json: Json = None,
    write_docs: Annotated[
        Path | None, typer.Option(help="Write table and picture of the comparison into this folder (docs).")
    ] = None,
    install: Install = True,
) -> None:
    if not compare:
        return
    with _stage(json, install=install) as stage:
        comparison.compare(stage, comparison.SMALL if small else comparison.FULL)
    if write_docs is not None:
        for path in write_documents(stage.report, write_docs):
            Console(stderr=True).print(f"wrote {path}", highlight=False)
    context.exit(0)


@app.command("fanout")
def fan_out(
    sockets: Sockets = 1_000,
    rate: Rate = 20.0,
    seconds: Seconds = 4.0,
    rounds: Rounds = 3,
    size: Annotated[int, typer.Option(min=22, max=8_000, help="Characters of a message.")] = 100,
    against: Against = "floor,uvloop",
    json: Json = None,
    install: Install = True,
) -> None:
    """What one delivery costs the server."""
    with _stage(json, install=install) as stage:
        crowds = fanout.gather_crowds(stage, [OURS, *_keys(against)], sockets)
        fanout.measure(stage, crowds, rate=rate, seconds=seconds, rounds=rounds, size=size)


@app.command("posts")
def posting(
    senders: Annotated[int, typer.Option(min=1, help="Sockets that post.")] = 64,
    rooms: Annotated[int, typer.Option(min=1, help="Rooms they post into.")] = 16,
    seconds: Seconds = 6.0,
    rounds: Rounds = 3,
    baseline: Annotated[bool, typer.Option(help="Also the classic design with a row per message.")] = True,
    json: Json = None,
) -> None:
    """How many durable posts a second are acknowledged, and how fast a single one is."""
    with _stage(json) as stage:
        posts.posts(stage, senders=senders, rooms=rooms, seconds=seconds, rounds=rounds, baseline=baseline)


@app.command("marks")
def read_marks(
    people: Annotated[int, typer.Option(min=2, help="Sockets that mark as read at the same moment.")] = 64,
    turns: Annotated[int, typer.Option(min=1, help="How often they do.")] = 40,
    rounds: Rounds = 3,
    json: Json = None,
) -> None:
    """What it costs that many people mark the same message as read at once."""
    with _stage(json) as stage:
        marks.marks(stage, people=people, turns=turns, rounds=rounds)


@app.command("http")
def http_posts(
    senders: Annotated[int, typer.Option(min=1, help="Connections that post.")] = 64,
    rooms: Annotated[int, typer.Option(min=1, help="Rooms they post into.")] = 16,
    seconds: Seconds = 6.0,
    rounds: Rounds = 3,
    json: Json = None,
) -> None:
    """How many durable posts a second are taken over HTTP, each with a token."""
    with _stage(json) as stage:
        http.http_posts(stage, senders=senders, rooms=rooms, seconds=seconds, rounds=rounds)


@app.command("arrival")
def arrival(
    people: Annotated[int, typer.Option(min=1, max=15_000, help="Sockets that come back.")] = 10_000,
    in_progress: Annotated[int, typer.Option(min=1, help="How many are on their way at once.")] = 500,
    json: Json = None,
) -> None:
    """All come back after a restart; memory of idle connections first."""
    with _stage(json) as stage:
        everyone = arriving.People(stage, people)
        try:
            arriving.idle(stage, everyone)
            arriving.arrival(stage, everyone, in_progress=in_progress)
        finally:
            everyone.close()


@app.command("idle")
def idle(
    people: Annotated[int, typer.Option(min=1, max=15_000, help="Idle sockets.")] = 5_000, json: Json = None
) -> None:
    """Memory per idle authenticated connection."""
    with _stage(json) as stage:
        everyone = arriving.People(stage, people)
        try:
            arriving.idle(stage, everyone)
        finally:
            everyone.close()


@app.command("scaling")
def scale(
    steps: Annotated[str, typer.Option(help="Numbers of sockets, by commas.")] = "100,1000,10000",
    against: Against = "floor,node,classic",
    seconds: Seconds = 3.0,
    rounds: Rounds = 3,
    json: Json = None,
    install: Install = True,
) -> None:
    """What a delivery costs with few sockets and with many."""
    with _stage(json, install=install) as stage:
        numbers = [int(step) for step in steps.split(",")]
        scaling.scaling(stage, steps=numbers, contenders=(OURS, *_keys(against)), seconds=seconds, rounds=rounds)


@app.command("bigroom")
def big_room(
    messages: Annotated[int, typer.Option(min=100, help="Messages in the big room.")] = 1_000_000,
    rounds: Rounds = 3,
    json: Json = None,
) -> None:
    """Whether a long past makes posting or opening dearer."""
    with _stage(json) as stage:
        bigroom.big_room(stage, messages=messages, rounds=rounds)


@app.command("processes")
def several_processes(
    workers: Annotated[str, typer.Option(help="Numbers of processes, by commas.")] = "1,2",
    sockets: Sockets = 1_000,
    rate: Rate = 20.0,
    seconds: Seconds = 4.0,
    rounds: Rounds = 3,
    json: Json = None,
) -> None:
    """PostgreSQL and Valkey (both private, from their wheels) under one process and under two."""
    with _stage(json) as stage:
        numbers = [int(count) for count in workers.split(",")]
        processes.processes(stage, workers=numbers, sockets=sockets, rate=rate, seconds=seconds, rounds=rounds)


@contextmanager
def _stage(json: Path | None, *, install: bool = True) -> Iterator[Stage]:
    """Runs a scenario and shows what it found, also when it was interrupted or told to end."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers it started end, too
    console = Console()
    report = Report()
    begun, everyone, own = time.monotonic(), measure.machine_seconds(), measure.own_seconds()
    with Console(stderr=True).status("starting") as status:
        say: Callable[[str], None] = status.update
        try:
            with Stage(report, install=install, say=say) as stage:
                yield stage
        except (NotStarted, Refused) as failed:
            status.stop()
            console.print(f"[red]It could not be measured:[/] {escape(str(failed))}", highlight=False)
            raise typer.Exit(1) from None
        finally:
            signal.signal(signal.SIGTERM, before)
            status.stop()
            others = measure.machine_seconds() - everyone - (measure.own_seconds() - own)
            report.others = max(0.0, others / (time.monotonic() - begun) / measure.cores())
            report.show(console)
            if json is not None:
                report.write(json)


def _keys(text: str) -> list[str]:
    keys = [key.strip() for key in text.split(",") if key.strip() and key.strip() != "none"]
    known = {"floor", "uvloop", "node", "asgi", "asgi_deflate", "classic", "classic_uvicorn", "ours_deflate"}
    for key in keys:
        if key not in known:
            raise typer.BadParameter(f"{key!r} is none of {', '.join(sorted(known))}")
    return keys
