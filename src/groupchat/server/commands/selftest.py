"""`groupchat selftest`: does this server keep its promises on this machine, and how much does the machine hold?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from groupchat.load.crowd import Refused
from groupchat.load.served import NotStarted
from groupchat.load.swarm import Swarm
from groupchat.load.trial import Findings, Rooms, Trial, start_server
from groupchat.server.commands.options import Data
from groupchat.server.environment import Environment
from groupchat.server.listening import raise_file_limit
from groupchat.server.setup import set_up

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

PARTS = 7
WORKERS_WITH_BROKER = 2  # one process alone would never ask the broker


@app.command()
def selftest(
    sockets: Annotated[int, typer.Option(min=64, max=8_000, help="The most sockets that are opened.")] = 1_000,
    data: Data = None,
) -> None:
    """Try the configured database and broker for less than a minute; the exit code is 1 where a promise breaks.

    It starts a server of its own on loopback and works in rooms of its own, which it removes afterwards. A server that
    runs on the same database meanwhile is slower.
    """
    environment = set_up(data=data)
    raise_file_limit()
    console = Console()
    try:
        findings = _run(environment, sockets, console)
    except (NotStarted, Refused) as reason:
        console.print(f"The server could not be tried: {reason}", markup=False)
        sys.exit(1)
    _print(findings, console)
    sys.exit(0 if findings.holds else 1)


def _run(environment: Environment, sockets: int, console: Console) -> Findings:
    from groupchat.server import preparation

    workers = WORKERS_WITH_BROKER if environment.redis_url else 1
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress, tempfile.TemporaryDirectory() as folder:
        task = progress.add_task("preparing", total=PARTS)

        def say(what: str) -> None:
            progress.update(task, description=what)

        preparation.check_database()
        preparation.check_broker(environment.redis_url)
        preparation.migrate(environment.data)
        with Rooms(people=sockets) as rooms, Swarm() as swarm:
            progress.advance(task)
            say("starting a server")
            server = start_server(data=environment.data, workers=workers, log=Path(folder) / "server.log")
            with server:
                progress.advance(task)
                trial = Trial(rooms, server, swarm, most_sockets=sockets, say=say)
                for part in (trial.climb, trial.hurry, trial.post, trial.cut):
                    part()
                    progress.advance(task)
                findings = trial.judge()
                progress.advance(task)
            say("tidying up")
        return findings


def _print(findings: Findings, console: Console) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    table.add_row("sockets in one room", f"{findings.sockets:,}")
    table.add_row("deliveries a second", f"{findings.deliveries_per_second:,.0f}")
    table.add_row("  99 of 100 within", f"{findings.delivery_p99_ms:,.0f} ms")
    table.add_row("durable posts a second", f"{findings.posts_per_second:,.0f}")
    table.add_row("  99 of 100 within", f"{findings.post_p99_ms:,.0f} ms")
    table.add_row(f"{findings.returned:,} cut sockets were back in", f"{findings.return_seconds:.1f} s")
    table.add_row("messages acknowledged", f"{findings.posted:,}")
    for name in ("lost", "doubled", "reordered"):
        count = getattr(findings, name)
        table.add_row(name, f"[{'red' if count else 'green'}]{count:,}[/]")
    console.print(table)
    for note in findings.notes:
        console.print(f"- {note}", markup=False)
    if findings.holds:
        console.print("Every promise was kept.")
    else:
        console.print("[red]A promise was broken.[/] See the log of the server, and docs/operating.md.")
