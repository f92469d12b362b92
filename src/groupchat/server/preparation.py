"""What `groupchat serve` does between waking Django and listening. Each step says in one line what is wrong."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.backoff import NoBackoff
from redis.retry import Retry

from groupchat.server import incarnation, static
from groupchat.server.environment import Environment
from groupchat.server.faults import CannotStart

BROKER_TIMEOUT_SECONDS = 5
_MIGRATION_LOCK = 7_309_475_598  # a number of our own among PostgreSQL's advisory locks


def prepare(environment: Environment) -> incarnation.Run:
    """Everything, in order; raises CannotStart. Whoever serves ends the run."""
    check_database()
    check_broker(environment.redis_url)
    migrate(environment.data)
    static.collect(settings.STATIC_ROOT)
    with _one_at_a_time(environment.data):
        run = incarnation.Run(environment.data)
    if run.is_another:
        say("This may not be the database that this folder last served: every client takes everything anew.")
    warn(environment)
    connection.close()
    return run


def check_database() -> None:
    """Can we reach it? Raises CannotStart."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        where = connection.settings_dict["HOST"] or connection.settings_dict["NAME"]
        raise CannotStart(f"The database at {where} is not reachable: {_one_line(error)}") from None


def check_broker(url: str | None) -> None:
    """Does it answer? Raises CannotStart."""
    if url is None:
        return
    try:
        with redis.Redis.from_url(
            url,
            socket_timeout=BROKER_TIMEOUT_SECONDS,
            socket_connect_timeout=BROKER_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        raise CannotStart(f"The server at REDIS_URL is not reachable: {_one_line(error)}") from None


def migrate(data: Path) -> None:
    """Bring the tables up to date; of several servers that start at once, one does it and the others wait."""
    with _one_at_a_time(data):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            try:
                call_command("migrate", interactive=False, verbosity=0)
            except DatabaseError as error:
                raise CannotStart(f"The tables could not be brought up to date: {_one_line(error)}") from error


def warn(environment: Environment) -> None:
    """Tell of what works but was hardly meant."""
    for name in environment.unknown:
        say(f"Warning: there is no option {name}; it is ignored.")
    for message in checks.run_checks(tags=["groupchat", checks.Tags.database], databases=["default"]):
        say(f"Warning: {message.msg} {message.hint or ''}".rstrip())


def say(line: str) -> None:
    print(f"groupchat: {line}", file=sys.stderr, flush=True)


@contextmanager
def _one_at_a_time(data: Path) -> Iterator[None]:
    with (data / "migrate.lock").open("w") as lock:  # for those who share the folder
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:  # for those who share the database
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
