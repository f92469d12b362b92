"""Servers to break, on SQLite and on PostgreSQL with Valkey."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from tests.chaos.crowd import PEOPLE, PEOPLE_LONG, Crowd
from tests.chaos.disk import Disk
from tests.chaos.stack import PROGRAM, Node, Postgres, Process, Valkey
from tests.server.served import command, environment

Nodes = Callable[..., Awaitable[list[Node]]]

# Every fault meets one process alone and three together; the short form leaves out what tells less of the two.
ALONE_AND_TOGETHER = pytest.mark.parametrize("count", [pytest.param(1, marks=pytest.mark.long), 3])

SECRET_KEY = "for-the-tests-of-faults-3141592653589793238462643383"


@pytest.fixture(scope="session", autouse=True)
def is_long(pytestconfig: pytest.Config) -> bool:
    """Whether this is the long form: more people, more rounds."""
    long = bool(pytestconfig.getoption("--long"))
    Crowd.usual_people = PEOPLE_LONG if long else PEOPLE
    return long


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of everything that is left to chance; CHAOS_SEED repeats a run."""
    given = os.environ.get("CHAOS_SEED")
    chosen = int(given) if given else Random(request.node.nodeid).randrange(1_000_000)
    print(f"CHAOS_SEED={chosen}")
    return chosen


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chaos")


@pytest.fixture(scope="session")
def prepared(folder: Path) -> Path:
    """A data folder with its tables made, to be copied: making them takes seconds."""
    data = folder / "prepared"
    migrate(GROUPCHAT_DATA=str(data), GROUPCHAT_SECRET_KEY=SECRET_KEY)
    return data


def migrate(**variables: str) -> None:
    done = subprocess.run(
        command("migrate"), env=environment(**variables), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def nodes(prepared: Path, tmp_path: Path) -> Iterator[Nodes]:
    """Makes server processes on one SQLite file, and stops them at the end."""
    with ExitStack() as stack:

        async def make(
            count: int = 1, *, disk: Disk | None = None, program: Sequence[str] = PROGRAM, **variables: str
        ) -> list[Node]:
            data = tmp_path / "data"
            if not data.exists():
                shutil.copytree(prepared, data)
            wrapper = disk.wrapper(data) if disk is not None else []
            made = [
                Node(
                    data=data,
                    log=tmp_path / f"node-{index}.log",
                    variables={"GROUPCHAT_SECRET_KEY": SECRET_KEY, **variables},
                    program=program,
                    wrapper=wrapper,
                )
                for index in range(count)
            ]
            stack.callback(stop, made)
            await start(*made)
            return made

        yield make


async def start(*processes: Process) -> None:
    """All at once. They are made in the main thread, for they end with the thread that made them."""
    for process in processes:
        process.launch()
    for process in processes:
        await asyncio.to_thread(process.wait_ready)


def stop(processes: list[Node]) -> None:
    """What is under test has been seen: no need for a leave in good order."""
    for process in processes:
        process.signal(signal.SIGCONT)
        process.signal(signal.SIGTERM if "GROUPCHAT_WORKERS" in process.variables else signal.SIGKILL)
    for process in processes:
        process.stop()


async def kill(*processes: Process) -> None:
    for process in processes:
        process.signal(signal.SIGKILL)
    for process in processes:
        await asyncio.to_thread(process.kill)


@pytest.fixture(scope="session")
def postgres(folder: Path, prepared: Path) -> Iterator[Postgres]:
    """A PostgreSQL with a database `prepared` to be copied."""
    postgres = Postgres(folder)
    try:
        postgres.start()
        postgres.create("prepared")
        migrate(
            GROUPCHAT_DATA=str(folder / "pg-prepared"),
            GROUPCHAT_SECRET_KEY=SECRET_KEY,
            DATABASE_URL=postgres.url("prepared"),
        )
        yield postgres
    finally:
        postgres.remove()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    valkey = Valkey(log=tmp_path / "valkey.log")
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def fleet(postgres: Postgres, folder: Path, tmp_path: Path) -> Iterator[Nodes]:
    """Makes server processes, each with a data folder of its own as on machines of their own, on one PostgreSQL
    and the broker behind `redis_url`.
    """
    with ExitStack() as stack:

        async def make(redis_url: str, *, count: int = 3, **variables: str) -> list[Node]:
            if not postgres.is_ready():
                await start(postgres)
            name = tmp_path.name.replace("-", "_")
            postgres.create(name, template="prepared")
            made = []
            for index in range(count):
                data = tmp_path / f"data-{index}"
                shutil.copytree(folder / "pg-prepared", data)
                made.append(
                    Node(
                        data=data,
                        log=tmp_path / f"node-{index}.log",
                        variables={
                            "GROUPCHAT_SECRET_KEY": SECRET_KEY,
                            "DATABASE_URL": postgres.url(name),
                            "REDIS_URL": redis_url,
                            **variables,
                        },
                    )
                )
            stack.callback(stop, made)
            await start(*made)
            return made

        yield make
