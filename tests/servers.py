"""Real databases and a real broker for the tests: a PostgreSQL and a Valkey on loopback, each started once.

`DATABASE_URL` and `REDIS_URL` from the environment are used instead where they are set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.chaos.stack import Postgres, Valkey
from tests.server.served import command, environment

SECRET_KEY = "for-the-tests-of-many-processes-271828182845904523536028747135"
PREPARE_SECONDS = 120

_numbers = count(1)


class Databases:
    """Fresh databases with all tables made, as copies of one that was made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._server = ""  # the address of the PostgreSQL's own database
        self._made: list[str] = []
        self._template: str | None = None
        self._is_given = False  # by the environment: what we made in it is taken away again

    def sqlite_folder(self, folder: Path) -> Path:
        """A data folder for a server, with an empty chat in it."""
        prepared = self._folder / "prepared"
        if not prepared.exists():
            _migrate(GROUPCHAT_DATA=str(prepared))
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        return folder

    def postgres_url(self) -> str:
        """The address of an empty chat on PostgreSQL."""
        if self._template is None:
            self._start_postgres()
            template = self._create("template1")
            _migrate(GROUPCHAT_DATA=str(self._folder / "postgres"), DATABASE_URL=self._url(template))
            self._template = template
        return self._url(self._create(self._template))

    def stop(self) -> None:
        if self._is_given:
            with psycopg.connect(self._server, autocommit=True) as connection:
                for name in reversed(self._made):
                    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        self._stack.close()

    def _start_postgres(self) -> None:
        given = os.environ.get("DATABASE_URL", "")
        if given.startswith(("postgres:", "postgresql:")):
            self._server = given
            self._is_given = True
            return
        postgres = Postgres(self._folder)
        self._stack.callback(postgres.remove)
        postgres.start()
        self._server = postgres.url("postgres")

    def _create(self, template: str) -> str:
        name = f"groupchat_tests_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        self._made.append(name)
        return name

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))


def _migrate(**variables: str) -> None:
    done = subprocess.run(
        command("migrate"),
        env=environment(GROUPCHAT_SECRET_KEY=SECRET_KEY, **variables),
        capture_output=True,
        text=True,
        timeout=PREPARE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def attached(blocker: DjangoDbBlocker, settings: dict[str, Any]) -> Iterator[None]:
    """Lets this process' domain work on another database than the tests' own, in all threads that begin meanwhile."""
    from django.db import connections
    from django.db.utils import ConnectionHandler

    from groupchat.realtime.delivery import resume

    def use(one: Any) -> None:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = one
        resume._epoch = None

    with blocker.unblock():
        own = connections.settings["default"]
        use(ConnectionHandler({"default": settings}).settings["default"])
        try:
            yield
        finally:
            use(own)


# --- fixtures -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker that nobody stops."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    valkey = Valkey(log=tmp_path_factory.mktemp("valkey") / "log")
    valkey.start()
    yield valkey.url
    valkey.stop()


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A broker to stop, start and hold."""
    valkey = Valkey(log=tmp_path / "valkey.log")
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(
    request: pytest.FixtureRequest,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """An empty chat that the domain of this process works on; once on each kind of database."""
    from groupchat.server.addresses import database_settings

    if request.param == "sqlite":
        settings = database_settings("", data=databases.sqlite_folder(tmp_path_factory.mktemp("data")))
    else:
        settings = database_settings(databases.postgres_url(), data=Path())
    with attached(django_db_blocker, settings):
        yield request.param
