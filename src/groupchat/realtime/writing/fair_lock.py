"""Several processes on one SQLite file write in turn.

SQLite lets whoever asks at the right moment write, and the others ask again after a pause that grows: with four busy
processes one of them waited 0.7 s for what takes a millisecond. A lock of the system hands the turn on in the order in
which it was asked for. It is only about fairness: who writes without it (a shell, the admin) still meets SQLite's own.
"""

from __future__ import annotations

import fcntl
import os
import threading
from types import TracebackType

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, router

from groupchat.models import Message

TIMEOUT_SECONDS = 10.0


class FairWriteLock:
    """A context manager for the writing thread. Without a file (PostgreSQL, memory) it does nothing."""

    def __init__(self, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._file: int | None = None
        self._path: str | None = None

    def __enter__(self) -> None:
        if self._path is None:
            self._path = _path()
        if not self._path:
            return
        if self._file is None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:
                return  # a full or read-only disk: the database will say so itself
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(self._file)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _wait(self, file: int) -> None:
        """Queue up. A waiting lock can't be given a limit, so another thread waits, and is left behind if need be."""
        have = threading.Event()
        guard = threading.Lock()
        is_left = False

        def queue() -> None:
            fcntl.flock(file, fcntl.LOCK_EX)
            with guard:
                if is_left:
                    os.close(file)  # and with it goes the lock
                else:
                    have.set()

        threading.Thread(target=queue, name="groupchat-turn", daemon=True).start()
        if have.wait(self._timeout_seconds):
            return
        with guard:
            if have.is_set():
                return
            is_left = True
            self._file = None
        raise OperationalError("database is locked: another process keeps its turn")


def _path() -> str:
    """Beside the database file, as SQLite's own `-wal` and `-shm` are; empty where there is no file."""
    connection = connections[router.db_for_write(Message) or DEFAULT_DB_ALIAS]
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or ":memory:" in name or "mode=memory" in name:
        return ""
    return f"{name.removeprefix('file:').partition('?')[0]}-turn"
