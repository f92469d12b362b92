"""The system checks: silent for our own settings, and telling of each setting that breaks a promise."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.db import ConnectionHandler, connection
from django.db.utils import ConnectionRouter


def found(*, ask: bool = False) -> set[str]:
    """The ids of what the settings say; with `ask` also of what the database says."""
    tags = ["groupchat", checks.Tags.database] if ask else ["groupchat"]
    messages = checks.run_checks(tags=tags, databases=["default"])
    ours = [message for message in messages if str(message.id).startswith("groupchat.")]
    assert all(message.hint for message in ours)
    return {str(message.id).removeprefix("groupchat.") for message in ours}


@pytest.fixture
def database() -> Iterator[dict[str, Any]]:
    """The settings of the database in use, put back afterwards."""
    before = copy.deepcopy(connection.settings_dict)
    yield connection.settings_dict
    connection.settings_dict.clear()
    connection.settings_dict.update(before)


@pytest.mark.django_db
def test_our_own_settings_are_fine() -> None:
    assert found(ask=True) == set()


def test_atomic_requests(database: dict[str, Any]) -> None:
    database["ATOMIC_REQUESTS"] = True
    assert found() == {"W001"}


class Router:
    """Sends the models of one app elsewhere, for reading or for writing."""

    def __init__(self, app: str, *, read: str | None = None, write: str | None = None) -> None:
        self._app, self._read, self._write = app, read, write

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        return self._read if model._meta.app_label == self._app else None

    def db_for_write(self, model: Any, **_: Any) -> str | None:
        return self._write if model._meta.app_label == self._app else None


@pytest.mark.parametrize(
    ("router", "wanted"),
    [
        (Router("groupchat", read="chat", write="chat"), {"E001"}),
        (Router("groupchat", read="replica"), {"E001"}),
        (Router("groupchat", write="chat"), {"E001"}),
        (Router("groupchat", read="default", write="default"), set()),
        (Router("auth", read="people", write="people"), set()),
    ],
)
def test_a_router(router: Router, wanted: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groupchat.checks.router", ConnectionRouter([router]))
    assert found() == wanted


@pytest.mark.parametrize("mode", [None, "DEFERRED", "deferred"])
def test_late_locks(mode: str | None, database: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "sqlite", raising=False)
    database["OPTIONS"] = {"transaction_mode": mode} if mode else {}
    assert found() == {"W002"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pragma", "wanted"),
    [
        ("journal_mode=WAL; PRAGMA synchronous=FULL", set()),
        ("journal_mode=WAL; PRAGMA synchronous=EXTRA", set()),
        ("journal_mode=DELETE", {"W003"}),
        ("synchronous=NORMAL", {"W003", "W004"}),
        ("journal_mode=WAL; PRAGMA synchronous=OFF", {"W004"}),
    ],
)
def test_sqlite_is_asked(pragma: str, wanted: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": tmp_path / "site.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": f"PRAGMA {pragma}"},
    }
    handler = ConnectionHandler({"default": site})
    monkeypatch.setattr("groupchat.checks.connections", handler)
    try:
        assert found(ask=True) == wanted
        assert found() == set(), "without a question to the database nobody knows"
    finally:
        handler.close_all()


@pytest.mark.parametrize(
    "options",
    [
        {"isolation_level": 4},
        {"options": "-c default_transaction_isolation=serializable"},
        {"options": "-c lock_timeout=5s -c default_transaction_isolation=repeatable\\ read"},
    ],
)
def test_another_isolation(options: dict[str, Any], database: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql", raising=False)
    database["OPTIONS"] = options
    assert found() == {"W005"}


@pytest.mark.parametrize(
    "options", [{}, {"isolation_level": 2}, {"options": "-c default_transaction_isolation=read\\ committed"}]
)
def test_read_committed(options: dict[str, Any], database: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql", raising=False)
    database["OPTIONS"] = options
    assert found() == set()


def test_another_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "mysql", raising=False)
    assert found() == {"W006"}
