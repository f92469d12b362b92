"""The threads in which the domain runs: one that writes, a few that read, each with a database connection of its own.

Django's default (asgiref's thread-sensitive executor) is one thread for everything: a long read would hold up every
post.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connections

from groupchat.realtime.turns import Turn

READERS = 3

P = ParamSpec("P")
R = TypeVar("R")

# What a driver raises when the connection, not the statement, was at fault.
LOST = (OperationalError, InterfaceError)


class Database:
    """Runs synchronous functions of the domain in threads."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, "groupchat-writer")
        self._readers = ThreadPoolExecutor(READERS, "groupchat-reader")
        self._sweeper = ThreadPoolExecutor(1, "groupchat-sweeper")
        self._turn = Turn()

    async def write(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the writing thread; what fails is not tried again here."""

        def in_turn() -> R:
            with self._turn:
                return work(*args, **kwargs)

        return await self._run(self._writer, False, in_turn)

    async def read(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in a reading thread; once more where the connection was lost (a restart of the server, say)."""
        return await self._run(self._readers, True, work, *args, **kwargs)

    async def sweep(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the sweeping thread, which is the same at every call: SQLite counts foreign changes per connection."""
        return await self._run(self._sweeper, True, work, *args, **kwargs)

    async def _run(
        self, threads: ThreadPoolExecutor, again: bool, work: Callable[..., R], *args: Any, **kwargs: Any
    ) -> R:
        def run() -> R:
            try:
                return work(*args, **kwargs)
            except LOST:
                close_broken()
                if not again:
                    raise
                return work(*args, **kwargs)
            except DatabaseError:
                close_broken()
                raise

        return await asyncio.get_running_loop().run_in_executor(threads, run)

    def stop(self) -> None:
        """Let what runs end, and close every thread's connections."""
        for threads, count in ((self._writer, 1), (self._readers, READERS), (self._sweeper, 1)):
            all_there = Barrier(count)  # or one thread would do the closing of two
            for _ in range(count):
                threads.submit(_close_all, all_there)
            threads.shutdown(wait=True)


def _close_all(all_there: Barrier) -> None:
    all_there.wait()
    connections.close_all()


def close_broken() -> None:
    """Close this thread's connections that reported an error: the next question opens them anew."""
    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred and not connection.in_atomic_block:
            connection.close()
