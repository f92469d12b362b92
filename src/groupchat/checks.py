"""System checks: what in a site's database settings would break the chat's promises.

What can be read from the settings is always checked; what only the database knows (`manage.py check --database
default`, and every start of `groupchat serve`) is asked for where the check may open a connection.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, router

TAG = "groupchat"
FULL = 2  # SQLite's number for synchronous=FULL; EXTRA is 3


@register(TAG)
def check_settings(**_: Any) -> list[CheckMessage]:
    """What the settings say of the database that holds the messages."""
    alias = DEFAULT_DB_ALIAS
    connection = connections[alias]
    found = _routes(alias) + _requests(alias, connection.settings_dict)
    if connection.vendor == "sqlite":
        found += _sqlite_settings(alias, connection.settings_dict)
    elif connection.vendor == "postgresql":
        found += _postgres_settings(alias, connection.settings_dict)
    else:
        found.append(
            Warning(
                f"The chat is made for SQLite and PostgreSQL; DATABASES[{alias!r}] is another database.",
                hint="Make one of these two the site's default database.",
                id="groupchat.W006",
            )
        )
    return found


@register(Tags.database)
def check_database(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """What the database says itself."""
    alias = DEFAULT_DB_ALIAS
    connection = connections[alias]
    ask = {"sqlite": _sqlite_asked, "postgresql": _postgres_asked}.get(connection.vendor)
    if ask is None or alias not in (databases or ()):
        return []
    try:
        with connection.cursor() as cursor:
            return ask(alias, cursor)
    except DatabaseError:
        return []  # that it cannot be reached, others say


def _routes(alias: str) -> list[CheckMessage]:
    """An action is one transaction of the default database. Whoever writes beside it, or reads from a copy that lags
    behind it, breaks every promise at once.
    """
    elsewhere = {
        other
        for model in apps.get_app_config("groupchat").get_models()
        for other in (router.db_for_write(model), router.db_for_read(model))
        if other != alias
    }
    if not elsewhere:
        return []
    return [
        Error(
            f"A database router sends the chat to {', '.join(sorted(elsewhere))}: its transactions are in {alias!r}.",
            hint="Let the router return None, or 'default', for the app groupchat, for reading and for writing.",
            id="groupchat.E001",
        )
    ]


def _requests(alias: str, settings: dict[str, Any]) -> list[CheckMessage]:
    if not settings.get("ATOMIC_REQUESTS"):
        return []
    return [
        Warning(
            f"ATOMIC_REQUESTS is on in DATABASES[{alias!r}]: a room stays locked until the whole request ends.",
            hint="Switch it off, or put @transaction.non_atomic_requests on the views that write to the chat.",
            id="groupchat.W001",
        )
    ]


def _sqlite_settings(alias: str, settings: dict[str, Any]) -> list[CheckMessage]:
    if str(settings["OPTIONS"].get("transaction_mode") or "").upper() in ("IMMEDIATE", "EXCLUSIVE"):
        return []
    return [
        Warning(
            f"SQLite in DATABASES[{alias!r}] takes its write lock late: a post fails where it should wait.",
            hint='Set "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10}.',
            id="groupchat.W002",
        )
    ]


def _postgres_settings(alias: str, settings: dict[str, Any]) -> list[CheckMessage]:
    level = settings["OPTIONS"].get("isolation_level")
    named = re.search(r"default_transaction_isolation\s*=\s*([\w\\ ]+)", str(settings["OPTIONS"].get("options", "")))
    is_other = level is not None and getattr(level, "name", str(level)).upper() not in ("READ_COMMITTED", "2")
    is_named_other = named is not None and not named[1].replace("\\", "").strip().startswith("read committed")
    return [_isolation(alias)] if is_other or is_named_other else []


def _sqlite_asked(alias: str, cursor: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if _value(cursor, "PRAGMA journal_mode") not in ("wal", "memory"):
        found.append(
            Warning(
                f"SQLite in DATABASES[{alias!r}] has no write-ahead log: who reads and who writes wait for each other.",
                hint='Set "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"}.',
                id="groupchat.W003",
            )
        )
    if int(_value(cursor, "PRAGMA synchronous")) < FULL:
        found.append(
            Warning(
                f"SQLite in DATABASES[{alias!r}] may lose acknowledged messages when the power fails.",
                hint='Add "PRAGMA synchronous=FULL" to the "init_command" in its OPTIONS.',
                id="groupchat.W004",
            )
        )
    return found


def _postgres_asked(alias: str, cursor: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if _value(cursor, "SHOW default_transaction_isolation") != "read committed":
        found.append(_isolation(alias))
    if _value(cursor, "SHOW fsync") == "off" or _value(cursor, "SHOW synchronous_commit") == "off":
        found.append(
            Warning(
                f"PostgreSQL in DATABASES[{alias!r}] may lose acknowledged messages in a crash.",
                hint="Switch fsync and synchronous_commit on, for the chat's user at least.",
                id="groupchat.W004",
            )
        )
    return found


def _isolation(alias: str) -> CheckMessage:
    return Warning(
        f"PostgreSQL in DATABASES[{alias!r}] runs another isolation level than READ COMMITTED.",
        hint="Posting waits for a room's lock and must then see what the one before it wrote: use READ COMMITTED.",
        id="groupchat.W005",
    )


def _value(cursor: Any, statement: str) -> Any:
    cursor.execute(statement)
    return cursor.fetchone()[0]
