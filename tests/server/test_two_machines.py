"""Two servers with a data folder each, on one PostgreSQL and one broker: as two machines would be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from tests.chaos.stack import Postgres, Valkey
from tests.server.served import DEADLINE_SECONDS, Served, run
from websockets.sync.client import connect


@pytest.fixture
def services(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The two addresses, as variables of the environment."""
    with ExitStack() as stack:
        postgres = Postgres(tmp_path)
        stack.callback(postgres.remove)
        postgres.start()
        postgres.create("chat")
        valkey = Valkey(log=tmp_path / "valkey.log")
        valkey.start()
        stack.callback(valkey.kill)
        yield {"DATABASE_URL": postgres.url("chat"), "REDIS_URL": valkey.url}


def epoch(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT epoch FROM groupchat_serverstate").fetchone()
        assert row
        return str(row[0])


def test_they_start_at_once_and_chat(services: dict[str, str], tmp_path: Path) -> None:
    with ExitStack() as stack:
        machines = []
        for name in ("one", "two"):
            machines.append(Served(tmp_path / name, log=tmp_path / f"{name}.log", **services))
            stack.callback(machines[-1].stop)
        for machine in machines:
            assert machine.port
            assert "Warning" not in machine.output
        here, there = (
            stack.enter_context(connect(f"ws://127.0.0.1:{machine.port}/ws/chat/hall/", open_timeout=DEADLINE_SECONDS))
            for machine in machines
        )
        here.send('{"message": "hello"}')
        assert "hello" in there.recv(timeout=DEADLINE_SECONDS)
        assert "hello" in here.recv(timeout=DEADLINE_SECONDS)

    before = epoch(services["DATABASE_URL"])
    for name in ("one", "two", "one"):
        machine = Served(tmp_path / name, log=tmp_path / f"{name}-again.log", **services)
        try:
            assert machine.port
        finally:
            machine.stop()
    assert epoch(services["DATABASE_URL"]) == before, "a restart ends no life"


def test_the_files_of_sqlite_are_not_copied_from_postgres(services: dict[str, str], tmp_path: Path) -> None:
    refused = run("backup", str(tmp_path / "copy"), GROUPCHAT_DATA=str(tmp_path / "data"), **services)
    assert refused.returncode == 2
    assert "pg_dump" in refused.stderr
